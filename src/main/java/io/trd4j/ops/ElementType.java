package io.trd4j.ops;

import io.trd4j.jni.Trd;

/** Element type of a buffer that an op can read or write in more than one type. */
public enum ElementType {
    FLOAT32(Trd.TRD_FLOAT32, 4),
    /** The upper half of a float32; written rounded to nearest even. */
    BFLOAT16(Trd.TRD_BFLOAT16, 2),
    /** IEEE's half precision; on CUDA only. Written rounded to nearest even, beyond its range as infinity. */
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

    /** Values rounded to a type of 16 bits. */
    public short[] halves(float[] values) {
        if (this == FLOAT32) {
            throw new IllegalArgumentException("float32 has no 16-bit values");
        }
        short[] halves = new short[values.length];
        for (int i = 0; i < halves.length; i++) {
            int bits = Float.floatToRawIntBits(values[i]);
            halves[i] = this == FLOAT16 ? half(bits) : brain(bits);
        }
        return halves;
    }

    /** Half of the last place that stays, less one when that place is even: ties go to even. */
    private static short brain(int bits) {
        return (bits & 0x7FFFFFFF) > 0x7F800000 ? 0x7FC0 : (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }

    private static short half(int bits) {
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7FFFFFFF;
        if (magnitude >= 0x47800000) { // 65536 and beyond, infinity, NaN
            return (short) (sign | (magnitude > 0x7F800000 ? 0x7E00 : 0x7C00));
        }
        if (magnitude < 0x38800000) { // below 2^-14: multiples of 2^-24, and float32 rounds to those itself
            float shifted = Float.intBitsToFloat(magnitude) + 0.5f;
            return (short) (sign | Float.floatToRawIntBits(shifted) - Float.floatToRawIntBits(0.5f));
        }
        // The exponent's bias changes from 127 to 15; a carry out of the fraction is right, up to infinity.
        return (short) (sign | magnitude - 0x38000000 + 0xFFF + (magnitude >>> 13 & 1) >>> 13);
    }
}
