package io.trd4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.trd4j.model.network.Weights;
import io.trd4j.model.tensorfile.Safetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** The golden files of tests/fixtures/golden, and the generator of the weights and inputs they were made with. */
public final class Golden {
    private Golden() {}

    public static Path fixture(String name) {
        return Path.of(System.getProperty("trd.fixtures", "tests/fixtures")).resolve(name);
    }

    public static Safetensors open(String name) throws IOException {
        return Safetensors.open(fixture("golden").resolve(name));
    }

    /** Fills a state dict with the generated weights of {@code prefix + name}. */
    public static void fill(Weights dict, String prefix) {
        long largest =
                dict.entries().stream().mapToLong(Weights.Entry::elements).max().orElse(0);
        ByteBuffer memory = ByteBuffer.allocateDirect(Math.toIntExact(largest * Float.BYTES));
        for (Weights.Entry e : dict.entries()) {
            if (e.kind() == Weights.Kind.BATCHES_TRACKED) {
                continue;
            }
            // (stretch * u + shift) * factor
            double stretch = switch (e.kind()) {
                case RUNNING_VAR -> 1;
                case NORM_WEIGHT -> 0.5;
                default -> 2;
            };
            double shift = e.kind() == Weights.Kind.RUNNING_VAR || e.kind() == Weights.Kind.NORM_WEIGHT ? 0.5 : -1;
            List<Long> shape = e.shape();
            double factor = switch (e.kind()) {
                case CONVOLUTION -> Math.sqrt(6.0 / (shape.get(1) * shape.get(2) * shape.get(3)));
                case TRANSPOSED_CONVOLUTION -> Math.sqrt(6.0 / shape.get(0));
                case RUNNING_VAR, NORM_WEIGHT, BLEND -> 1;
                default -> 0.1;
            };
            ByteBuffer bytes =
                    memory.slice(0, Math.toIntExact(e.elements() * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
            generate(prefix + e.name(), bytes.asFloatBuffer(), stretch, shift, factor);
            dict.set(e.name(), bytes);
        }
    }

    /** The generated input {@code name} [n, 3, size, size], in the innermost open PointerScope. */
    public static Tensor input(String name, int n, int size) {
        float[] values = new float[3 * n * size * size];
        generate(name, FloatBuffer.wrap(values), 4, -2, 1);
        return Tensor.create(values, n, 3, size, size);
    }

    /** (stretch * u + shift) * factor for the generated numbers u of a name, which are evenly spread over [0, 1). */
    private static void generate(String name, FloatBuffer values, double stretch, double shift, double factor) {
        long seed = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            seed = (seed ^ (b & 0xFF)) * 0x100000001b3L;
        }
        for (int i = 0; i < values.capacity(); i++) {
            long z = seed + (i + 1) * 0x9E3779B97F4A7C15L;
            z ^= z >>> 30;
            z *= 0xBF58476D1CE4E5B9L;
            z ^= z >>> 27;
            z *= 0x94D049BB133111EBL;
            z ^= z >>> 31;
            values.put(i, (float) ((stretch * ((z >>> 11) * 0x1p-53) + shift) * factor));
        }
    }

    /** All values of a float tensor in row-major order. */
    public static float[] floats(Tensor tensor) {
        try (PointerScope scope = new PointerScope()) {
            ByteBuffer bytes = Weights.bytes(tensor);
            float[] values = new float[bytes.remaining() / Float.BYTES];
            bytes.asFloatBuffer().get(values);
            return values;
        }
    }

    /** |got - expected| <= tolerance everywhere; a NaN fails. */
    public static void assertClose(String what, float[] got, float[] expected, double tolerance) {
        assertEquals(expected.length, got.length, what);
        for (int i = 0; i < got.length; i++) {
            if (!(Math.abs((double) got[i] - expected[i]) <= tolerance)) {
                fail(what + "[" + i + "] is " + got[i] + ", expected " + expected[i] + " within " + tolerance);
            }
        }
    }

    public static void assertClose(String what, double got, double expected, double tolerance) {
        if (!(Math.abs(got - expected) <= tolerance)) {
            fail(what + " is " + got + ", expected " + expected + " within " + tolerance);
        }
    }

    /** Pearson's correlation of two maps. */
    public static double correlation(float[] a, float[] b) {
        double meanA = 0;
        double meanB = 0;
        for (int i = 0; i < a.length; i++) {
            meanA += a[i] / (double) a.length;
            meanB += b[i] / (double) b.length;
        }
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += (a[i] - meanA) * (b[i] - meanB);
            aa += (a[i] - meanA) * (a[i] - meanA);
            bb += (b[i] - meanB) * (b[i] - meanB);
        }
        return ab / Math.sqrt(aa * bb);
    }
}
