package io.trd4j.model;

import com.fasterxml.jackson.annotation.JsonValue;
import io.trd4j.io.InputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The three scores of a part, each with a map of its own. */
public enum ScoreBranch {
    /** Maximum of the sum of both branches' maps. */
    COMBINED,
    RGB,
    /** The second branch, whatever its modality. */
    DEPTH;

    /** As on the command line and in files: {@code combined, rgb, depth}. */
    @JsonValue
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws InputException for an unknown name, listing the known ones */
    public static ScoreBranch of(String key) {
        return Arrays.stream(values()).filter(b -> b.key().equals(key)).findFirst().orElseThrow(() -> new InputException(
                "unknown branch '" + key + "'; use one of "
                        + Arrays.stream(values()).map(ScoreBranch::key).collect(Collectors.joining(", "))));
    }
}
