package io.trd4j.model;

import com.fasterxml.jackson.annotation.JsonValue;
import io.trd4j.io.Keyed;

/** Defects that are pasted onto normal parts to measure which are seen ({@link Sensitivity}). */
public enum DefectKind implements Keyed {
    /** Points nearer to the camera. */
    BUMP,
    /** Points farther from the camera. */
    DENT,
    /** Darker colour. */
    DARK_STAIN,
    /** Lighter colour. */
    LIGHT_STAIN;

    /** {@code bump, dent, dark-stain, light-stain}. */
    @Override
    @JsonValue
    public String key() {
        return Keyed.hyphenated(this);
    }

    /** Whether it changes the points, by millimetres; else the colour image, by grey levels of 255. */
    public boolean relief() {
        return this == BUMP || this == DENT;
    }
}
