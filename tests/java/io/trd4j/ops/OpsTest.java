package io.trd4j.ops;

import static io.trd4j.Golden.assertClose;
import static io.trd4j.ops.ElementType.FLOAT32;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.trd4j.Golden;
import io.trd4j.jni.NativeRuntime;
import io.trd4j.jni.Trd;
import io.trd4j.jni.TrdCalibration;
import java.lang.management.ManagementFactory;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/**
 * The boundary: every status becomes its exception, a call costs no heap, and each op equals its LibTorch composition.
 */
class OpsTest {
    @Test
    void theLoadedLibraryDescribesItself() {
        assertTrue(NativeRuntime.description().contains("cpu"), NativeRuntime.description());
        assertEquals(Trd.TRD_ABI_VERSION, Trd.trd_abi_version());
    }

    @Test
    void statusesBecomeExceptions() {
        try (PointerScope scope = new PointerScope();
                OpTarget exec = OpTarget.cpu()) {
            FloatPointer a = new FloatPointer(1f, 2f);
            FloatPointer out = new FloatPointer(-7f);
            IllegalArgumentException e = assertThrows(
                    IllegalArgumentException.class,
                    () -> Ops.fuseCosine(exec, FLOAT32, a, 1, null, 0, a, out, 1, 1, 0));
            assertTrue(e.getMessage().contains("c is not positive"), e.getMessage());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Ops.fuseCosine(exec, FLOAT32, a, 1, null, 0, null, out, 1, 1, 2));
            e = assertThrows(
                    IllegalArgumentException.class,
                    () -> Ops.fuseCosine(exec, FLOAT32, a, Float.NaN, null, 0, a, out, 1, 1, 2));
            assertTrue(e.getMessage().contains("weight is not finite"), e.getMessage());
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> Ops.fuseCosine(exec, ElementType.FLOAT16, a, 1, null, 0, a, out, 1, 1, 2));
            assertEquals(-7f, out.get(), "a refused call writes nothing");
        }
    }

    @Test
    void aCallAllocatesNothingOnTheHeap() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (PointerScope scope = new PointerScope();
                OpTarget exec = OpTarget.cpu()) {
            FloatPointer a = new FloatPointer(3f, 4f);
            FloatPointer out = new FloatPointer(1L);
            for (int i = 0; i < 20_000; i++) {
                Ops.fuseCosine(exec, FLOAT32, a, 1, null, 0, a, out, 1, 1, 2);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                Ops.fuseCosine(exec, FLOAT32, a, 1, null, 0, a, out, 1, 1, 2);
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            // The counter itself and late compilation may account for a few hundred bytes in all; one object per call
            // would be 160,000.
            assertTrue(allocated < 10_000, allocated + " bytes in 10,000 calls");
            assertEquals(0f, out.get(), 1e-6f);
        }
    }

    @Test
    void fuseCosineEqualsTheLibTorchComposition() {
        try (PointerScope scope = new PointerScope();
                OpTarget exec = OpTarget.cpu()) {
            torch.manual_seed(1);
            for (ElementType type : new ElementType[] {FLOAT32, ElementType.BFLOAT16}) {
                int n = 2;
                int c = 70;
                int side = 9;
                Tensor[] features = new Tensor[3];
                for (int i = 0; i < 3; i++) {
                    features[i] = torch.randn(n, side, side, c)
                            .to(type == FLOAT32 ? torch.ScalarType.Float : torch.ScalarType.BFloat16);
                }
                Tensor decoder = features[0].to(torch.ScalarType.Float);
                Tensor amplifier = features[1].to(torch.ScalarType.Float);
                Tensor teacher = features[2].to(torch.ScalarType.Float);
                Tensor blend = decoder.mul(new Scalar(0.75)).add(amplifier.mul(new Scalar(0.5)));
                FloatPointer out = new FloatPointer((long) n * side * side);
                Ops.fuseCosine(
                        exec,
                        type,
                        features[0].data_ptr(),
                        0.75f,
                        features[1].data_ptr(),
                        0.5f,
                        features[2].data_ptr(),
                        out,
                        n,
                        (long) side * side,
                        c);
                Tensor expected =
                        torch.cosine_similarity(blend, teacher, 3, 1e-8).neg().add(new Scalar(1.0));
                assertClose(type + " blend", floats(out, n * side * side), Golden.floats(expected), 2e-6);
                Ops.fuseCosine(
                        exec,
                        type,
                        features[0].data_ptr(),
                        0.75f,
                        null,
                        0.5f,
                        features[2].data_ptr(),
                        out,
                        n,
                        (long) side * side,
                        c);
                expected =
                        torch.cosine_similarity(decoder, teacher, 3, 1e-8).neg().add(new Scalar(1.0));
                assertClose(type + " decoder alone", floats(out, n * side * side), Golden.floats(expected), 2e-6);
            }
        }
    }

    @Test
    void theAnomalyMapEqualsTheLibTorchComposition() {
        int size = 64;
        int pixels = size * size;
        try (PointerScope scope = new PointerScope();
                OpTarget exec = OpTarget.cpu()) {
            torch.manual_seed(2);
            Tensor[][] d = new Tensor[2][3];
            Tensor[] raw = new Tensor[2];
            Distances[] distances = new Distances[2];
            FloatPointer map = new FloatPointer((long) pixels);
            for (int m = 0; m < 2; m++) {
                raw[m] = torch.zeros(1, 1, size, size);
                for (int i = 0; i < 3; i++) {
                    d[m][i] = torch.rand(1, 1, 16 >> i, 16 >> i);
                    raw[m] = raw[m].add(torch.upsample_bilinear2d(d[m][i], new long[] {size, size}, true));
                }
                distances[m] = new Distances(pointer(d[m][0]), 16, pointer(d[m][1]), 8, pointer(d[m][2]), 4);
                Ops.branchMap(exec, distances[m], map, 1, size);
                assertClose("branch map", floats(map, pixels), Golden.floats(raw[m]), 2e-6);
            }

            TrdCalibration calibration = new TrdCalibration();
            calibration.mean_rgb(1.4).std_rgb(0.3).mean_depth(1.6).std_depth(0.2);
            Tensor rgb = blur(raw[0].sub(new Scalar(1.4)).div(new Scalar(0.3)), size);
            Tensor depth = blur(raw[1].sub(new Scalar(1.6)).div(new Scalar(0.2)), size);
            Tensor sum = rgb.add(depth);
            FloatPointer mapRgb = new FloatPointer((long) pixels);
            FloatPointer mapDepth = new FloatPointer((long) pixels);
            FloatPointer scores = new FloatPointer(3L);
            MapOperators operators = new MapOperators(exec, size, 16, 8, 4);
            Ops.anomalyMap(
                    exec, distances[0], distances[1], calibration, null, operators, map, mapRgb, mapDepth, scores, 1);
            assertClose("rgb", floats(mapRgb, pixels), Golden.floats(rgb), 2e-5);
            assertClose("depth", floats(mapDepth, pixels), Golden.floats(depth), 2e-5);
            assertClose("sum", floats(map, pixels), Golden.floats(sum), 4e-5);
            assertClose("score", scores.get(0), sum.max().item_double(), 4e-5);
            assertClose("rgb score", scores.get(1), rgb.max().item_double(), 2e-5);
            assertClose("depth score", scores.get(2), depth.max().item_double(), 2e-5);

            BytePointer mask = new BytePointer((long) pixels);
            mask.zero();
            for (int row = 40; row < 48; row++) {
                for (int column = 0; column < 32; column++) {
                    mask.put((long) row * size + column, (byte) -1);
                }
            }
            Ops.anomalyMap(
                    exec, distances[0], distances[1], calibration, mask, operators, map, mapRgb, mapDepth, scores, 1);
            Tensor counted = sum.narrow(2, 40, 8).narrow(3, 0, 32);
            assertClose("masked score", scores.get(0), counted.max().item_double(), 4e-5);
            assertTrue(scores.get(0) < sum.max().item_double(), "the masked score is that of another place");
            operators.close();
            for (Distances branch : distances) {
                branch.close();
            }
        }
    }

    @Test
    void theAnomalyMapRefusesSidesThatDoNotFit() {
        try (PointerScope scope = new PointerScope();
                OpTarget exec = OpTarget.cpu();
                MapOperators operators = new MapOperators(exec, 32, 8, 4, 2);
                Distances good =
                        new Distances(new FloatPointer(64L), 8, new FloatPointer(16L), 4, new FloatPointer(4L), 2);
                Distances smaller =
                        new Distances(new FloatPointer(64L), 7, new FloatPointer(16L), 4, new FloatPointer(4L), 2)) {
            TrdCalibration calibration = new TrdCalibration();
            calibration.mean_rgb(0).std_rgb(1).mean_depth(0).std_depth(1);
            FloatPointer[] maps = {new FloatPointer(1024L), new FloatPointer(1024L), new FloatPointer(1024L)};
            FloatPointer scores = new FloatPointer(3L);
            IllegalArgumentException e = assertThrows(
                    IllegalArgumentException.class,
                    () -> Ops.anomalyMap(
                            exec, good, smaller, calibration, null, operators, maps[0], maps[1], maps[2], scores, 1));
            assertTrue(e.getMessage().contains("different sides"), e.getMessage());
            e = assertThrows(
                    IllegalArgumentException.class,
                    () -> Ops.anomalyMap(
                            exec,
                            smaller,
                            smaller,
                            calibration,
                            null,
                            operators,
                            maps[0],
                            maps[1],
                            maps[2],
                            scores,
                            1));
            assertTrue(e.getMessage().contains("operators"), e.getMessage());
            assertThrows(IllegalArgumentException.class, () -> new MapOperators(exec, 32, 33, 4, 2));
            assertThrows(IllegalArgumentException.class, () -> new MapOperators(exec, 0, 0, 0, 0));
        }
    }

    private static FloatPointer pointer(Tensor tensor) {
        return new FloatPointer(tensor.data_ptr());
    }

    /** The Gaussian of SPEC section 4 as a LibTorch user would write it: border by concatenation, two convolutions. */
    private static Tensor blur(Tensor map, int size) {
        int radius = 16;
        double[] weight = new double[2 * radius + 1];
        double total = 0;
        for (int i = -radius; i <= radius; i++) {
            total += weight[i + radius] = Math.exp(-i * i / 32.0);
        }
        float[] kernel = new float[weight.length];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = (float) (weight[i] / total);
        }
        Tensor x = map;
        for (int dimension = 2; dimension <= 3; dimension++) {
            Tensor before = x.narrow(dimension, 0, radius).flip(dimension);
            Tensor after = x.narrow(dimension, size - radius, radius).flip(dimension);
            x = torch.cat(new TensorVector(before, x, after), dimension);
            long[] shape = dimension == 2 ? new long[] {1, 1, kernel.length, 1} : new long[] {1, 1, 1, kernel.length};
            x = torch.conv2d(
                    x,
                    Tensor.create(kernel, shape),
                    new TensorOptional(),
                    new long[] {1, 1},
                    new long[] {0, 0},
                    new long[] {1, 1},
                    1);
        }
        return x;
    }

    private static float[] floats(FloatPointer pointer, int count) {
        float[] values = new float[count];
        pointer.get(values);
        return values;
    }
}
