package io.trd4j.train;

import io.trd4j.align.AlignmentBuilder;
import io.trd4j.align.CropBuilder;
import io.trd4j.align.FoundParts;
import io.trd4j.data.PartSource;
import io.trd4j.inspect.PositionCalibration;
import io.trd4j.io.InputException;
import io.trd4j.io.Progress;
import io.trd4j.model.Alignment;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * Whether a model's parts are aligned or cropped, from its normal training parts alone.
 *
 * @param alignment the mean normal part, or the crop; null = parts are seen as they lie
 * @param reason in one line, for people
 */
public record AlignmentChoice(Alignment alignment, String reason) {
    /** {@link Align#AUTO} aligns parts whose 10th percentile correlates so much with the mean one. */
    static final double ALIKE = 0.6;

    /**
     * A choice, and the parts to train on.
     *
     * @param found the normal training parts without those that are not found
     */
    record Chosen(AlignmentChoice choice, List<? extends PartSource> found) {}

    /**
     * @param validation normal parts that set its scale
     * @param size S
     * @throws InputException when {@link Align#POSE} is asked for and the parts cannot be laid over each other
     */
    static Chosen of(Align wanted, List<? extends PartSource> normal, int validation, int size, Progress progress)
            throws IOException {
        if (wanted == Align.NONE) {
            return not("not aligned, as asked for", normal);
        }
        if (wanted == Align.CROP) {
            Alignment crop = CropBuilder.of(normal, size, progress);
            String reason = String.format(
                    Locale.ROOT,
                    "cropped, as asked for: the frame is %.0f %% of the image's width",
                    100 * crop.frame()[2]);
            List<? extends PartSource> inside = FoundParts.of(crop, normal, List.of(), (part, why) -> {}, progress);
            return new Chosen(new AlignmentChoice(crop, reason), inside);
        }
        AlignmentBuilder.Built built;
        try {
            if (validation < PositionCalibration.MIN_JUDGED) {
                throw new InputException("the scale of an aligned model needs at least "
                        + PositionCalibration.MIN_JUDGED + " normal validation parts, found " + validation
                        + "; give more, or --align none");
            }
            built = AlignmentBuilder.of(normal, size, progress);
            if (!built.both()) {
                throw new InputException("some normal training parts lack colour or points; aligned models need both");
            }
        } catch (InputException e) {
            if (wanted == Align.POSE) {
                throw e;
            }
            return not("not aligned: " + e.getMessage(), normal);
        }
        if (wanted == Align.AUTO && built.agreement() < ALIKE) {
            return not(
                    String.format(
                            Locale.ROOT,
                            "not aligned: one of ten normal training parts correlates by no more than %.3f with the mean"
                                    + " one, below %.2f; --align pose aligns all the same",
                            built.agreement(),
                            ALIKE),
                    normal);
        }
        String agreement = String.format(
                Locale.ROOT,
                "nine of ten normal training parts correlate by %.2f or more with the mean one",
                built.agreement());
        // All of them, by the mean part that there is now: it was made of some, as they lay over earlier ones.
        List<? extends PartSource> found =
                FoundParts.of(built.alignment(), normal, List.of(), (part, why) -> {}, progress);
        int lost = Math.max(built.lost(), normal.size() - found.size());
        if (wanted == Align.AUTO && lost > 0) {
            return not("not aligned: " + lost + " normal training parts are not found in the mean one", normal);
        }
        AlignmentBuilder.requireEnough(found.size(), normal.size());
        return new Chosen(
                new AlignmentChoice(
                        built.alignment(),
                        String.format(
                                Locale.ROOT,
                                "aligned: %s; the frame is %.0f %% of the image's width",
                                agreement,
                                100 * built.alignment().frame()[2])),
                found);
    }

    /** The same, and what positions compare with the mean part. */
    AlignmentChoice comparing(Alignment.Positions positions) {
        String compared;
        if (positions.byColour() && positions.byRelief()) {
            compared = "colours and relief are compared with the mean part's";
        } else if (positions.byColour()) {
            compared = "colours are compared with the mean part's, relief is not: it differs from part to part";
        } else if (positions.byRelief()) {
            compared = "relief is compared with the mean part's, colours are not: they differ from part to part";
        } else {
            compared = "neither colours nor relief are compared with the mean part's: they differ from part to part";
        }
        return new AlignmentChoice(alignment, reason + "; " + compared);
    }

    private static Chosen not(String reason, List<? extends PartSource> normal) {
        return new Chosen(new AlignmentChoice(null, reason), normal);
    }
}
