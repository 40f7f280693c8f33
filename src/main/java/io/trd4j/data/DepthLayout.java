package io.trd4j.data;

/** Type of a depth camera's pixels. A pixel is z in units that the caller names; 0 and NaN are missing points. */
public enum DepthLayout {
    FLOAT32(Float.BYTES),
    /** Unsigned. */
    UINT16(Short.BYTES);

    private final int bytes;

    DepthLayout(int bytes) {
        this.bytes = bytes;
    }

    /** Of a pixel. */
    public int bytes() {
        return bytes;
    }
}
