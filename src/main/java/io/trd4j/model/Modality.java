package io.trd4j.model;

import io.trd4j.io.Keyed;

/**
 * Input of the second branch, always with 3 channels (SPEC section 5): a depth image or a surface-normal image, the
 * reference's, or slopes and relief in metric terms.
 */
public enum Modality implements Keyed {
    DEPTH,
    NORMALS,
    METRIC;

    /** The name used in model files and reports: {@code depth}, {@code normals} or {@code metric}. */
    @Override
    public String key() {
        return Keyed.hyphenated(this);
    }
}
