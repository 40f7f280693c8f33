package io.trd4j.data.image;

import java.nio.ByteBuffer;

/** How one number is stored in a file of points or depths. */
enum SampleType {
    INT8(1, true, "int8"),
    UINT8(1, true, "uint8"),
    INT16(2, true, "int16"),
    UINT16(2, true, "uint16"),
    INT32(4, true, "int32"),
    UINT32(4, true, "uint32"),
    INT64(8, true, "int64"),
    UINT64(8, true, "uint64"),
    FLOAT16(2, false, "float16"),
    FLOAT32(4, false, "float32"),
    FLOAT64(8, false, "float64");

    final int bytes;
    /** Integers count units that the file does not name; floats are metres. */
    final boolean integer;

    final String title;

    SampleType(int bytes, boolean integer, String title) {
        this.bytes = bytes;
        this.integer = integer;
        this.title = title;
    }

    /** @return null where there is none */
    static SampleType of(boolean isFloat, boolean signed, long bits) {
        return switch ((int) Math.min(bits, Integer.MAX_VALUE)) {
            case 8 -> isFloat ? null : signed ? INT8 : UINT8;
            case 16 -> isFloat ? FLOAT16 : signed ? INT16 : UINT16;
            case 32 -> isFloat ? FLOAT32 : signed ? INT32 : UINT32;
            case 64 -> isFloat ? FLOAT64 : signed ? INT64 : UINT64;
            default -> null;
        };
    }

    /** The number at a byte of the buffer, in its byte order. */
    double get(ByteBuffer in, int at) {
        return switch (this) {
            case INT8 -> in.get(at);
            case UINT8 -> in.get(at) & 0xFF;
            case INT16 -> in.getShort(at);
            case UINT16 -> in.getShort(at) & 0xFFFF;
            case INT32 -> in.getInt(at);
            case UINT32 -> in.getInt(at) & 0xFFFFFFFFL;
            case INT64 -> in.getLong(at);
            case UINT64 -> {
                long value = in.getLong(at);
                yield value >= 0 ? value : 2.0 * (value >>> 1);
            }
            case FLOAT16 -> half(in.getShort(at));
            case FLOAT32 -> in.getFloat(at);
            case FLOAT64 -> in.getDouble(at);
        };
    }

    /** IEEE 754 binary16: 5 bits of exponent, 10 of fraction. */
    private static float half(short bits) {
        int exponent = bits >> 10 & 0x1F;
        int fraction = bits & 0x3FF;
        float magnitude;
        if (exponent == 0x1F) {
            magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
        } else if (exponent == 0) {
            magnitude = fraction * 0x1p-24f;
        } else {
            magnitude = Float.intBitsToFloat(exponent + 112 << 23 | fraction << 13);
        }
        return bits < 0 ? -magnitude : magnitude;
    }
}
