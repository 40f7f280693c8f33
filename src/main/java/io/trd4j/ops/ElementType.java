package io.trd4j.ops;

import io.trd4j.jni.Trd;

/** What a feature's elements are. */
public enum ElementType {
    FLOAT32(Trd.TRD_FLOAT32, 4),
    /** The upper half of a float32. */
    BFLOAT16(Trd.TRD_BFLOAT16, 2);

    final int code;
    private final int bytes;

    ElementType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }
}
