package io.trd4j.model;

import java.util.Locale;

/** Input of the second branch: a depth image or a surface-normal image, both with 3 channels (SPEC section 5). */
public enum Modality {
    DEPTH,
    NORMALS;

    /** The name used on the command line and in model files: {@code depth} or {@code normals}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
