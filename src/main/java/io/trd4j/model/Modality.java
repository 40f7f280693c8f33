package io.trd4j.model;

import io.trd4j.io.Keyed;

/** Input of the second branch: a depth image or a surface-normal image, both with 3 channels (SPEC section 5). */
public enum Modality implements Keyed {
    DEPTH,
    NORMALS;

    /** The name used on the command line and in model files: {@code depth} or {@code normals}. */
    @Override
    public String key() {
        return Keyed.hyphenated(this);
    }
}
