package io.trd4j.data.prepare;

import io.trd4j.data.Part;
import io.trd4j.model.Geometry;
import io.trd4j.ops.ElementType;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * What a preparation wrote, on the Java heap.
 *
 * @param values {@code 3 * size * size}, channels-last
 * @param mask the foreground: size x size, or of the cloud's own size for normals; null when none was asked for
 */
public record Prepared(float[] values, byte[] mask) {
    public static Prepared rgb(Preparation preparation, Part part, int size) {
        try (FloatPointer out = nan(size)) {
            preparation.rgb(part, out);
            return new Prepared(array(out), null);
        }
    }

    public static Prepared second(Preparation preparation, Part part, int size) {
        try (FloatPointer out = nan(size)) {
            preparation.second(part, out);
            return new Prepared(array(out), null);
        }
    }

    /** With its mask. */
    public static Prepared second(Part part, int size, Geometry geometry) {
        int pixels = geometry.equals(Geometry.DEPTH)
                ? size * size
                : part.xyz().width() * part.xyz().height();
        try (Preparation preparation = new Preparation(size, geometry, ElementType.FLOAT32);
                FloatPointer out = nan(size);
                BytePointer foreground = new BytePointer((long) pixels)) {
            preparation.second(part, out, foreground);
            byte[] mask = new byte[pixels];
            foreground.get(mask);
            return new Prepared(array(out), mask);
        }
    }

    /** The values channel by channel. */
    float[] planes() {
        float[] planes = new float[values.length];
        int n = values.length / 3;
        for (int i = 0; i < values.length; i++) {
            planes[i % 3 * n + i / 3] = values[i];
        }
        return planes;
    }

    private static FloatPointer nan(int size) {
        FloatPointer out = new FloatPointer(3L * size * size);
        for (long i = 0; i < 3L * size * size; i++) {
            out.put(i, Float.NaN);
        }
        return out;
    }

    private static float[] array(FloatPointer out) {
        float[] values = new float[(int) out.capacity()];
        out.get(values);
        return values;
    }
}
