package io.trd4j.report;

import io.trd4j.data.RgbImage;
import io.trd4j.data.dataset.SkippedPart;
import io.trd4j.data.image.ImageWriter;
import io.trd4j.inspect.Region;
import io.trd4j.io.OptionException;
import io.trd4j.metrics.CurvePoint;
import io.trd4j.metrics.Evaluation;
import io.trd4j.metrics.MetricsRow;
import io.trd4j.model.EpochLoss;
import io.trd4j.model.Sensitivity;
import io.trd4j.model.SensitivityCurve;
import io.trd4j.model.Thresholds;
import java.util.List;

/**
 * Everything an HTML report shows, as plain values. Numbers are finite (checked here, so a report never shows NaN);
 * texts may be anything, they are escaped.
 *
 * @param title what was inspected: "demo: synthetic product", a category
 * @param run what ran, for whoever wants to repeat it
 * @param teacherNote shown prominently, e.g. that the teacher has random weights; null or empty: nothing is shown
 * @param branches the official table's rows (combined, rgb, depth) with their curves; empty when undefined
 * @param metricsNote shown in place of the table when there are no branches ({@link Evaluation#missing}); else null
 * @param training losses per epoch; empty when nothing was trained
 * @param limits the model's thresholds; empty when it has none
 * @param scores every test part
 * @param skipped test parts that were left out; empty when none was
 * @param gallery the parts to show, any order
 * @param combinedScale colour scale of the combined maps in the gallery
 * @param branchScale colour scale of the single branches' maps
 * @param cycleTime milliseconds that a part may take on the line; null = nobody said
 * @param seen how small a defect would be seen; null when it was not measured
 * @param card what the model is, for whoever must answer for it
 * @param nextSteps what the reader can run next
 */
public record ReportData(
        String title,
        Run run,
        String teacherNote,
        List<Branch> branches,
        String metricsNote,
        List<EpochLoss> training,
        List<Limit> limits,
        List<PartScore> scores,
        List<SkippedPart> skipped,
        List<GalleryPart> gallery,
        HeatScale combinedScale,
        HeatScale branchScale,
        Double cycleTime,
        Seen seen,
        List<CardSection> card,
        List<NextStep> nextSteps) {
    public ReportData {
        requireCycleTime(cycleTime);
        branches = List.copyOf(branches);
        training = List.copyOf(training);
        scores = List.copyOf(scores);
        skipped = List.copyOf(skipped);
        gallery = List.copyOf(gallery);
        nextSteps = List.copyOf(nextSteps);
        limits = List.copyOf(limits);
        card = List.copyOf(card);
    }

    /**
     * Refuses a cycle time that no line has.
     *
     * @param milliseconds null = nobody said
     * @throws OptionException when it is not positive and finite
     */
    public static void requireCycleTime(Double milliseconds) {
        OptionException.require(
                milliseconds == null || milliseconds > 0 && milliseconds < Double.POSITIVE_INFINITY,
                "cycleTime",
                "must be a positive number of milliseconds, not " + milliseconds);
    }

    /**
     * @param secondModality depth or normals; @param seed of the training, null when it is not known; @param finished
     *     date and time as it shall be read
     */
    public record Run(
            String version,
            String backbone,
            int size,
            String secondModality,
            Long seed,
            String device,
            String finished,
            List<Timing> timings) {
        public Run {
            timings = List.copyOf(timings);
        }
    }

    public record Timing(String stage, double seconds) {
        public Timing {
            finite("the time of " + stage, seconds);
        }
    }

    /** A row of the official table with its image-level ROC and pixel-level PRO curve. */
    public record Branch(String name, MetricsRow metrics, List<CurvePoint> roc, List<CurvePoint> pro) {
        public Branch {
            roc = List.copyOf(roc);
            pro = List.copyOf(pro);
        }

        /** From an evaluation: its measures and curves. */
        public static Branch of(String name, Evaluation.Detail detail) {
            return new Branch(name, detail.row(), detail.roc(), detail.pro());
        }
    }

    /**
     * A threshold.
     *
     * @param branch whose scores it is for: combined, rgb or depth
     * @param verdict of a part whose score is above it: NG or REVIEW
     */
    public record Limit(String branch, String verdict, double value) {
        public Limit {
            finite("the " + verdict + " threshold of " + branch, value);
        }
    }

    /**
     * @param kind the folder's name: good, or the kind of defect
     * @param verdict OK, REVIEW or NG; null when the model has no thresholds
     * @param milliseconds from the decoded images to the verdict
     */
    public record PartScore(
            String id,
            String kind,
            boolean anomalous,
            double combined,
            double rgb,
            double depth,
            String verdict,
            double milliseconds) {
        public PartScore {
            finite("the time of " + id, milliseconds);
            finite("the score of " + id, combined);
            finite("the rgb score of " + id, rgb);
            finite("the depth score of " + id, depth);
        }
    }

    /**
     * A part with its pictures, all PNG; the heats have transparency and are laid over the image.
     *
     * @param depth the second modality as a picture; null without one
     * @param truth the ground truth's outline, transparent elsewhere; null without one
     * @param size S, of the regions' pixels
     * @param regions above the NG limits
     * @param remarks how the part was inspected, where that is not as usual
     */
    public record GalleryPart(
            PartScore score,
            byte[] image,
            byte[] depth,
            byte[] heat,
            byte[] heatRgb,
            byte[] heatDepth,
            byte[] truth,
            int size,
            List<Region> regions,
            List<String> remarks) {
        /** Longer side of the pictures: 30 noisy parts stay under 5 MB. */
        private static final int IMAGE_PIXELS = 160;

        private static final int HEAT_PIXELS = 64;

        /**
         * Makes the pictures.
         *
         * @param part at any resolution
         * @param depth the second modality as a picture ({@link DepthPicture}); null without one
         * @param maps size*size each, calibrated and blurred: combined, rgb, depth
         * @param truth size*size, true = anomalous; null when unknown or the part is normal
         */
        public static GalleryPart of(
                PartScore score,
                RgbImage part,
                RgbImage depth,
                List<float[]> maps,
                boolean[] truth,
                int size,
                List<Region> regions,
                List<String> remarks,
                HeatScale combinedScale,
                HeatScale branchScale) {
            return new GalleryPart(
                    score,
                    ImageWriter.png(Images.fit(part, IMAGE_PIXELS)),
                    depth == null ? null : ImageWriter.png(Images.fit(depth, IMAGE_PIXELS)),
                    HeatMap.layer(maps.get(0), size, HEAT_PIXELS, combinedScale),
                    HeatMap.layer(maps.get(1), size, HEAT_PIXELS, branchScale),
                    HeatMap.layer(maps.get(2), size, HEAT_PIXELS, branchScale),
                    truth == null ? null : HeatMap.outline(truth, size, IMAGE_PIXELS),
                    size,
                    List.copyOf(regions),
                    List.copyOf(remarks));
        }
    }

    /**
     * How small a defect would be seen.
     *
     * @param basis of which share, on which parts, at which limits
     * @param unitMillimetres the least height that was pasted; null without points
     */
    public record Seen(String basis, Double unitMillimetres, List<SensitivityCurve> curves) {
        public Seen {
            curves = List.copyOf(curves);
        }

        /**
         * From a model.
         *
         * @param sensitivity null = not measured
         * @return null when it was not measured
         */
        public static Seen of(Sensitivity sensitivity, Thresholds thresholds) {
            return sensitivity == null
                    ? null
                    : new Seen(
                            SensitivityText.basis(sensitivity, thresholds),
                            sensitivity.unitMillimetres(),
                            sensitivity.curves(thresholds));
        }
    }

    /** A part of the model card: facts under a heading; an entry without a name is a remark. */
    public record CardSection(String title, List<CardEntry> entries) {
        public CardSection {
            entries = List.copyOf(entries);
        }
    }

    /** @param name null = none */
    public record CardEntry(String name, String value) {}

    /** A command line and what it is for. */
    public record NextStep(String purpose, String command) {}

    private static void finite(String what, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(what + " is " + value + "; a report shows finite numbers only");
        }
    }
}
