package io.trd4j.metrics;

import java.util.List;

/**
 * The official table's row for one branch over all test parts (SPEC section 6). The pixels are sorted once for all
 * pixel metrics; 112 parts of 256x256 take well under a second and about 60 MB beside the maps.
 *
 * <p>The two levels are independent: the flag of a part decides on the image level, its mask on the pixel level.
 *
 * <p>Pixels that do not count are neither normal nor anomalous, and an anomalous region is what of it counts: one that
 * lies outside altogether is none, and one that the border divides is several. A part keeps its flag, whatever of its
 * defect counts.
 */
public final class Evaluation {
    private Evaluation() {}

    /**
     * A row and the curves behind it.
     *
     * @param roc image level, x = false and y = true positive rate
     * @param pro pixel level, x = false positive rate, y = mean overlap of the regions
     * @param precisionRecall image level, x = recall, y = precision
     */
    public record Detail(
            MetricsRow row, List<CurvePoint> roc, List<CurvePoint> pro, List<CurvePoint> precisionRecall) {}

    /**
     * As {@link #of(float[][], float[], boolean[][], boolean[], boolean[], int, int)}; all pixels count, and a part's
     * score is its map's maximum.
     */
    public static MetricsRow of(float[][] maps, boolean[][] masks, boolean[] anomalous, int height, int width) {
        return of(maps, maxima(maps), masks, anomalous, null, height, width);
    }

    /**
     * @param maps per part height*width scores, higher = more anomalous
     * @param scores per part
     * @param masks per part height*width, true = anomalous pixel
     * @param anomalous per part
     * @param counts height*width, true = the pixel counts, in every part; null = all do
     * @throws IllegalArgumentException for sizes that disagree, a value that is not finite (naming the part), or when
     *     {@link #missing} has something to say
     */
    public static MetricsRow of(
            float[][] maps,
            float[] scores,
            boolean[][] masks,
            boolean[] anomalous,
            boolean[] counts,
            int height,
            int width) {
        return detail(maps, scores, masks, anomalous, counts, height, width).row();
    }

    /** As {@link #of(float[][], float[], boolean[][], boolean[], boolean[], int, int)}, with the curves. */
    public static Detail detail(
            float[][] maps,
            float[] scores,
            boolean[][] masks,
            boolean[] anomalous,
            boolean[] counts,
            int height,
            int width) {
        if (scores.length != maps.length || anomalous.length != maps.length || masks.length != maps.length) {
            throw new IllegalArgumentException(maps.length + " maps, " + scores.length + " scores, " + masks.length
                    + " masks and " + anomalous.length + " labels; each part needs one of each");
        }
        String missing = missing(masks, anomalous, counts);
        if (missing != null) {
            throw new IllegalArgumentException(missing);
        }
        PixelRanking pixels = PixelRanking.of(maps, masks, counts, height, width);
        Ranking images = Ranking.of(scores, anomalous);
        ProCurve pro = ProCurve.of(pixels);
        MetricsRow row = new MetricsRow(
                Auroc.of(images),
                Auroc.of(pixels.ranking),
                pro.area(0.30),
                pro.area(0.10),
                pro.area(0.05),
                pro.area(0.01),
                AveragePrecision.of(images),
                AveragePrecision.of(pixels.ranking),
                MaxF1.of(images),
                MaxF1.of(pixels.ranking));
        return new Detail(row, RocCurve.of(images), pro.points(), PrecisionRecall.of(images));
    }

    /**
     * Why these parts define no row, in one line, or null when they do: the metrics need a normal and an anomalous
     * part, and a normal and an anomalous pixel among those that count.
     *
     * @param counts as in {@link #of}
     */
    public static String missing(boolean[][] masks, boolean[] anomalous, boolean[] counts) {
        int positives = 0;
        for (boolean a : anomalous) {
            positives += a ? 1 : 0;
        }
        if (anomalous.length == 0) {
            return "there are no test parts, so there is nothing to evaluate";
        }
        if (positives == 0) {
            return "none of the " + anomalous.length + " test parts is anomalous; the metrics need at least one";
        }
        if (positives == anomalous.length) {
            return "all " + anomalous.length + " test parts are anomalous; the metrics need at least one normal part";
        }
        long marked = PixelRanking.count(masks, true, counts);
        String where = counts == null ? "" : " in the region of interest";
        if (marked == 0) {
            return "no mask of the " + anomalous.length + " test parts marks a pixel" + where
                    + "; the pixel metrics need at least one";
        }
        return PixelRanking.count(masks, false, counts) > 0
                ? null
                : "every pixel of every mask" + where + " is anomalous; the pixel metrics need normal pixels";
    }

    /** Score per part = maximum of its map; a map that is not finite is refused later, by name. */
    private static float[] maxima(float[][] maps) {
        float[] scores = new float[maps.length];
        for (int part = 0; part < maps.length; part++) {
            float max = Float.NEGATIVE_INFINITY;
            for (float value : maps[part]) {
                max = Math.max(max, value);
            }
            scores[part] = max;
        }
        return scores;
    }
}
