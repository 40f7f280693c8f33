package io.trd4j.data;

import io.trd4j.ops.Conversions;

/** Type of a depth camera's pixels. A pixel is z in units that the caller names; 0 and NaN are missing points. */
public enum DepthLayout {
    FLOAT32(Float.BYTES, Conversions.FLOAT32),
    /** Unsigned. */
    UINT16(Short.BYTES, Conversions.UINT16);

    /** As ops call it. */
    final int code;

    private final int bytes;

    DepthLayout(int bytes, int code) {
        this.bytes = bytes;
        this.code = code;
    }

    /** Of a pixel. */
    public int bytes() {
        return bytes;
    }
}
