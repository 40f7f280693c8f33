package io.trd4j.model;

import com.fasterxml.jackson.annotation.JsonValue;
import io.trd4j.io.InputException;
import io.trd4j.io.Keyed;

/** The scores that can have thresholds: three of a part with both modalities, one of a part that lacks one. */
public enum ScoreBranch implements Keyed {
    /** Maximum of the combined map: the sum of both branches', which one alone may raise. */
    COMBINED,
    RGB,
    /** The second branch, whatever its modality. */
    DEPTH,
    /** The rgb branch of a part inspected without its second modality. */
    RGB_ONLY,
    /** The second branch of a part inspected without its colour image. */
    DEPTH_ONLY;

    /** As on the command line and in results: {@code combined, rgb, depth, rgb-only, depth-only}. */
    @Override
    @JsonValue
    public String key() {
        return Keyed.hyphenated(this);
    }

    /** Whether it is a score of parts that lack a modality: of other parts than the first three. */
    public boolean alone() {
        return this == RGB_ONLY || this == DEPTH_ONLY;
    }

    /** @throws InputException for an unknown name, listing the known ones */
    public static ScoreBranch of(String key) {
        return Keyed.of(ScoreBranch.class, key, "branch");
    }
}
