package io.trd4j.train;

import io.trd4j.align.AlignmentBuilder;
import io.trd4j.align.CropBuilder;
import io.trd4j.data.PartSource;
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
    static final double ALIKE = 0.85;

    /**
     * @param size S
     * @throws InputException when {@link Align#POSE} is asked for and the parts cannot be laid over each other
     */
    static AlignmentChoice of(Align wanted, List<? extends PartSource> normal, int size, Progress progress)
            throws IOException {
        if (wanted == Align.NONE) {
            return new AlignmentChoice(null, "not aligned, as asked for");
        }
        if (wanted == Align.CROP) {
            Alignment crop = CropBuilder.of(normal, size, progress);
            return new AlignmentChoice(
                    crop,
                    String.format(
                            Locale.ROOT,
                            "cropped, as asked for: the frame is %.0f %% of the image's width",
                            100 * crop.frame()[2]));
        }
        AlignmentBuilder.Built built;
        try {
            built = AlignmentBuilder.of(normal, size, progress);
            if (!built.both()) {
                throw new InputException("some normal training parts lack colour or points; aligned models need both");
            }
        } catch (InputException e) {
            if (wanted == Align.POSE) {
                throw e;
            }
            return new AlignmentChoice(null, "not aligned: " + e.getMessage());
        }
        boolean alike = built.lost() == 0 && built.agreement() >= ALIKE;
        String agreement = String.format(
                Locale.ROOT,
                "nine of ten normal training parts correlate by %.2f or more with the mean one",
                built.agreement());
        if (wanted == Align.AUTO && !alike) {
            return new AlignmentChoice(
                    null,
                    built.lost() > 0
                            ? "not aligned: " + built.lost() + " normal training parts are not found in the mean one"
                            : "not aligned: only " + agreement + "; --align pose aligns all the same");
        }
        return new AlignmentChoice(
                built.alignment(),
                String.format(
                        Locale.ROOT,
                        "aligned: %s; the frame is %.0f %% of the image's width",
                        agreement,
                        100 * built.alignment().frame()[2]));
    }
}
