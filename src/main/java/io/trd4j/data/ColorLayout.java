package io.trd4j.data;

import io.trd4j.ops.Conversions;

/** How a camera lays out the pixels of a colour image, 8 bits a sample. */
public enum ColorLayout {
    /** Red, green, blue: read in place. */
    RGB8(3, Conversions.RGB8),
    BGR8(3, Conversions.BGR8),
    /** A monochrome camera: red = green = blue. */
    GRAY8(1, Conversions.GRAY8),
    /** Alpha, the fourth sample, is left out, as of {@link #BGRA8}. */
    RGBA8(4, Conversions.RGBA8),
    BGRA8(4, Conversions.BGRA8);

    /** As ops call it. */
    final int code;

    private final int samples;

    ColorLayout(int samples, int code) {
        this.samples = samples;
        this.code = code;
    }

    /** Bytes of a pixel. */
    public int samples() {
        return samples;
    }
}
