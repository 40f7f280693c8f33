package io.trd4j.data.synthetic;

import io.trd4j.io.Keyed;

/** How alike the normal parts of a synthetic category are, and how plain its defects. */
public enum SyntheticDifficulty implements Keyed {
    /** Parts that differ little, under even light, with defects that stand out. */
    STANDARD,
    /**
     * As on a line: turned and shifted parts of varying shape and texture, light of varying strength, direction and
     * colour, noise that grows with light and slope, points missing at edges, in the projector's shadow and in glints;
     * and defects from barely visible to obvious.
     */
    HARD;

    /** The name on the command line. */
    @Override
    public String key() {
        return Keyed.hyphenated(this);
    }
}
