package io.trd4j.data;

/** What a depth camera writes of each pixel: its z, in units that the caller names; 0, and NaN, are a missing point. */
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
