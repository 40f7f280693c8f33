package io.trd4j.model;

import com.fasterxml.jackson.annotation.JsonValue;
import io.trd4j.io.InputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The scores that can have thresholds: three of a part with both modalities, one of a part that lacks one. */
public enum ScoreBranch {
    /** Maximum of the sum of both branches' maps. */
    COMBINED,
    RGB,
    /** The second branch, whatever its modality. */
    DEPTH,
    /** The rgb branch of a part inspected without its second modality. */
    RGB_ONLY,
    /** The second branch of a part inspected without its colour image. */
    DEPTH_ONLY;

    /** As on the command line and in results: {@code combined, rgb, depth, rgb-only, depth-only}. */
    @JsonValue
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it is a score of parts that lack a modality: of other parts than the first three. */
    public boolean alone() {
        return this == RGB_ONLY || this == DEPTH_ONLY;
    }

    /** @throws InputException for an unknown name, listing the known ones */
    public static ScoreBranch of(String key) {
        return Arrays.stream(values()).filter(b -> b.key().equals(key)).findFirst().orElseThrow(() -> new InputException(
                "unknown branch '" + key + "'; use one of "
                        + Arrays.stream(values()).map(ScoreBranch::key).collect(Collectors.joining(", "))));
    }
}
