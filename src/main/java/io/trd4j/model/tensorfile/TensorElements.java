package io.trd4j.model.tensorfile;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Raw little-endian elements to numbers. The buffers' positions are not moved. */
public final class TensorElements {
    private TensorElements() {}

    /** All elements from the buffer's position on, as floats; F64 and integers are rounded to the nearest float. */
    public static float[] floats(TensorType type, ByteBuffer raw) {
        ByteBuffer b = raw.slice().order(ByteOrder.LITTLE_ENDIAN);
        float[] out = new float[b.remaining() / type.bytes()];
        if (type == TensorType.F32) {
            b.asFloatBuffer().get(out);
            return out;
        }
        for (int i = 0; i < out.length; i++) {
            out[i] = switch (type) {
                case F64 -> (float) b.getDouble(i * 8);
                case I64 -> b.getLong(i * 8);
                default -> (float) small(type, b, i);
            };
        }
        return out;
    }

    /** All elements as doubles; only I64 beyond 2^53 is rounded. */
    public static double[] doubles(TensorType type, ByteBuffer raw) {
        ByteBuffer b = raw.slice().order(ByteOrder.LITTLE_ENDIAN);
        double[] out = new double[b.remaining() / type.bytes()];
        for (int i = 0; i < out.length; i++) {
            out[i] = switch (type) {
                case F64 -> b.getDouble(i * 8);
                case I64 -> b.getLong(i * 8);
                default -> small(type, b, i);
            };
        }
        return out;
    }

    private static double small(TensorType type, ByteBuffer b, int i) {
        return switch (type) {
            case F32 -> b.getFloat(i * 4);
            case I32 -> b.getInt(i * 4);
            case F16 -> half(b.getShort(i * 2));
            case BF16 -> Float.intBitsToFloat(b.getShort(i * 2) << 16);
            case I16 -> b.getShort(i * 2);
            case I8 -> b.get(i);
            case U8, BOOL -> b.get(i) & 0xff;
            case F64, I64 -> throw new AssertionError(type);
        };
    }

    /** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits; every value is exact as a float. */
    static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int widened = exponent == 0x1f ? 0xff : exponent - 15 + 127;
        return Float.intBitsToFloat(sign | widened << 23 | fraction << 13);
    }
}
