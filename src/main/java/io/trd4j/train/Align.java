package io.trd4j.train;

import io.trd4j.io.Keyed;

/** Whether parts are laid onto a mean normal part before the network sees them (specification, section 9). */
public enum Align implements Keyed {
    /** {@link #POSE} where the normal parts lie well over each other, else {@link #NONE}. */
    AUTO,
    /** Turned, shifted and slightly sheared, in a square around the part. */
    POSE,
    /** As they lie, in a square around the part. */
    CROP,
    /** Seen as they lie. */
    NONE;

    /** The name used on the command line: {@code auto}, {@code pose}, {@code crop} or {@code none}. */
    @Override
    public String key() {
        return Keyed.hyphenated(this);
    }
}
