package io.trd4j.ops;

import io.trd4j.jni.Trd;

/** What the elements of a buffer are that an op can read or write in more than one type. */
public enum ElementType {
    FLOAT32(Trd.TRD_FLOAT32, 4),
    /** The upper half of a float32; written rounded to nearest even. */
    BFLOAT16(Trd.TRD_BFLOAT16, 2),
    /** IEEE's half precision; on CUDA only. */
    FLOAT16(Trd.TRD_FLOAT16, 2);

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
