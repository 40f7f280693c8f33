package io.trd4j.metrics;

/**
 * Every pixel of every part that counts, sorted once for P-AUROC, P-AP, P-F1 and AUPRO; and the regions AUPRO averages
 * over.
 */
final class PixelRanking {
    final Ranking ranking;
    /** 8-connected regions of all masks together. */
    final int regions;
    /** Per anomalous pixel, part after part: its score's key, and 1 / (pixels of its region). */
    final int[] regionKeys;

    final double[] regionWeights;

    private PixelRanking(Ranking ranking, int regions, int[] regionKeys, double[] regionWeights) {
        this.ranking = ranking;
        this.regions = regions;
        this.regionKeys = regionKeys;
        this.regionWeights = regionWeights;
    }

    /**
     * @param maps per part height*width scores
     * @param masks per part height*width, true = anomalous
     * @param counts height*width, true = the pixel counts; null = all do
     * @throws IllegalArgumentException for sizes that disagree, a score that is not finite, or no pixel of either kind
     */
    static PixelRanking of(float[][] maps, boolean[][] masks, boolean[] counts, int height, int width) {
        checkSizes(maps, masks, counts, height, width);
        int anomalousPixels = Math.toIntExact(count(masks, true, counts));
        int[] anomalous = new int[anomalousPixels];
        int[] normal = new int[Math.toIntExact(count(masks, false, counts))];
        double[] weights = new double[anomalousPixels];
        int regions = 0;
        int a = 0;
        int n = 0;
        for (int part = 0; part < maps.length; part++) {
            float[] map = maps[part];
            boolean[] mask = counts == null ? masks[part] : both(masks[part], counts);
            int first = a;
            for (int i = 0; i < map.length; i++) {
                if (!Float.isFinite(map[i])) {
                    throw new IllegalArgumentException("the map of part " + part + " holds " + map[i] + " at row "
                            + i / width + ", column " + i % width);
                }
                if (mask[i]) {
                    anomalous[a++] = Ranking.key(map[i]);
                } else if (counts == null || counts[i]) {
                    normal[n++] = Ranking.key(map[i]);
                }
            }
            if (a > first) {
                Components components = Components.of(mask, height, width);
                regions += components.sizes.length;
                for (int i = 0, j = first; i < mask.length; i++) {
                    if (mask[i]) {
                        weights[j++] = 1.0 / components.sizes[components.labels[i]];
                    }
                }
            }
        }
        int[] regionKeys = anomalous.clone();
        return new PixelRanking(new Ranking(normal, anomalous), regions, regionKeys, weights);
    }

    /** How many pixels that count are anomalous, or normal. */
    static long count(boolean[][] masks, boolean anomalous, boolean[] counts) {
        long count = 0;
        for (boolean[] mask : masks) {
            for (int i = 0; i < mask.length; i++) {
                count += mask[i] == anomalous && (counts == null || counts[i]) ? 1 : 0;
            }
        }
        return count;
    }

    private static boolean[] both(boolean[] a, boolean[] b) {
        boolean[] both = new boolean[a.length];
        for (int i = 0; i < both.length; i++) {
            both[i] = a[i] && b[i];
        }
        return both;
    }

    private static void checkSizes(float[][] maps, boolean[][] masks, boolean[] counts, int height, int width) {
        if (height <= 0 || width <= 0) {
            throw new IllegalArgumentException("a map cannot be " + height + "x" + width);
        }
        if (maps.length != masks.length) {
            throw new IllegalArgumentException(maps.length + " maps but " + masks.length + " masks");
        }
        if (maps.length > Integer.MAX_VALUE / ((long) height * width)) {
            throw new IllegalArgumentException(maps.length + " maps of " + height + "x" + width
                    + " hold more than 2^31 pixels; evaluate fewer parts at once or at a smaller size");
        }
        for (int part = 0; part < maps.length; part++) {
            if (maps[part].length != (long) height * width || masks[part].length != maps[part].length) {
                throw new IllegalArgumentException("part " + part + " has a map of " + maps[part].length
                        + " and a mask of " + masks[part].length + " pixels, not " + height + "x" + width);
            }
        }
        if (counts != null && counts.length != (long) height * width) {
            throw new IllegalArgumentException(
                    counts.length + " pixels that count or not, where a map has " + height + "x" + width);
        }
    }
}
