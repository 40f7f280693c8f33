package io.trd4j.ops;

import static io.trd4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.trd4j.Golden;
import io.trd4j.jni.NativeRuntime;
import io.trd4j.jni.Status;
import io.trd4j.jni.Trd;
import io.trd4j.jni.TrdCalibration;
import io.trd4j.jni.TrdExec;
import java.lang.management.ManagementFactory;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/** The boundary: every status becomes its exception, a call costs no heap, and each op equals its LibTorch composition. */
class OpsTest {
    @Test
    void theLoadedLibraryDescribesItself() {
        assertTrue(NativeRuntime.description().contains("cpu"), NativeRuntime.description());
        assertEquals(Trd.TRD_ABI_VERSION, Trd.trd_abi_version());
    }

    @Test
    void statusesBecomeExceptions() {
        try (PointerScope scope = new PointerScope(); Exec exec = Exec.cpu()) {
            FloatPointer a = new FloatPointer(1f, 2f);
            FloatPointer out = new FloatPointer(-7f);
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                    () -> Ops.cosineDistance(exec, a, a, out, 1, 1, 0));
            assertTrue(e.getMessage().contains("c is not positive"), e.getMessage());
            assertThrows(IllegalArgumentException.class, () -> Ops.cosineDistance(exec, a, null, out, 1, 1, 2));
            TrdExec cuda = new TrdExec();
            cuda.backend(Trd.TRD_BACKEND_CUDA).device(0).stream(null);
            int status = Trd.trd_cosine_distance(cuda, a, a, out, 1, 1, 2);
            assertThrows(UnsupportedOperationException.class, () -> Status.check(status));
            assertEquals(-7f, out.get(), "a refused call writes nothing");
        }
    }

    @Test
    void aCallAllocatesNothingOnTheHeap() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (PointerScope scope = new PointerScope(); Exec exec = Exec.cpu()) {
            FloatPointer a = new FloatPointer(3f, 4f);
            FloatPointer out = new FloatPointer(1L);
            for (int i = 0; i < 20_000; i++) {
                Ops.cosineDistance(exec, a, a, out, 1, 1, 2);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                Ops.cosineDistance(exec, a, a, out, 1, 1, 2);
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            // The counter itself and late compilation may account for a few hundred bytes in all; one object per call would be 160,000.
            assertTrue(allocated < 10_000, allocated + " bytes in 10,000 calls");
            assertEquals(0f, out.get(), 1e-6f);
        }
    }

    @Test
    void cosineDistanceEqualsTheLibTorchComposition() {
        try (PointerScope scope = new PointerScope(); Exec exec = Exec.cpu()) {
            torch.manual_seed(1);
            int n = 2;
            int c = 70;
            int side = 9;
            Tensor a = torch.randn(n, c, side, side);
            Tensor b = torch.randn(n, c, side, side);
            Tensor expected = torch.cosine_similarity(a, b, 1, 1e-8).neg().add(new Scalar(1.0));
            FloatPointer out = new FloatPointer((long) n * side * side);
            Ops.cosineDistance(exec, new FloatPointer(a.permute(0, 2, 3, 1).contiguous().data_ptr()),
                    new FloatPointer(b.permute(0, 2, 3, 1).contiguous().data_ptr()), out, n, (long) side * side, c);
            assertClose("cosine distance", floats(out, n * side * side), Golden.floats(expected), 2e-6);
        }
    }

    @Test
    void theAnomalyMapEqualsTheLibTorchComposition() {
        int size = 64;
        int pixels = size * size;
        try (PointerScope scope = new PointerScope(); Exec exec = Exec.cpu()) {
            torch.manual_seed(2);
            Tensor[] d = {torch.rand(1, 1, 16, 16), torch.rand(1, 1, 8, 8), torch.rand(1, 1, 4, 4)};
            Tensor raw = torch.zeros(1, 1, size, size);
            for (Tensor distance : d) {
                raw = raw.add(torch.upsample_bilinear2d(distance, new long[] {size, size}, true));
            }
            FloatPointer map = new FloatPointer((long) pixels);
            Ops.branchMap(exec, new FloatPointer(d[0].data_ptr()), 16, new FloatPointer(d[1].data_ptr()), 8,
                    new FloatPointer(d[2].data_ptr()), 4, map, 1, size);
            assertClose("branch map", floats(map, pixels), Golden.floats(raw), 2e-6);

            TrdCalibration calibration = new TrdCalibration();
            calibration.mean_rgb(1.4).std_rgb(0.3).mean_depth(1.6).std_depth(0.2);
            Tensor rgb = blur(raw.sub(new Scalar(1.4)).div(new Scalar(0.3)), size);
            Tensor depth = blur(raw.sub(new Scalar(1.6)).div(new Scalar(0.2)), size);
            FloatPointer total = new FloatPointer((long) pixels);
            FloatPointer mapRgb = new FloatPointer((long) pixels);
            FloatPointer mapDepth = new FloatPointer((long) pixels);
            FloatPointer scores = new FloatPointer(3L);
            long bytes = Ops.anomalyMapWorkspaceBytes(size);
            BytePointer memory = new BytePointer(bytes + 64);
            Pointer workspace = memory.getPointer((64 - memory.address() % 64) % 64);
            Ops.anomalyMap(exec, map, map, calibration, total, mapRgb, mapDepth, scores, workspace, bytes, 1, size);
            assertClose("rgb", floats(mapRgb, pixels), Golden.floats(rgb), 2e-5);
            assertClose("depth", floats(mapDepth, pixels), Golden.floats(depth), 2e-5);
            assertClose("sum", floats(total, pixels), Golden.floats(rgb.add(depth)), 4e-5);
            assertClose("score", scores.get(0), rgb.add(depth).max().item_double(), 4e-5);
            assertFalse(Float.isNaN(scores.get(1) + scores.get(2)));
        }
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
            x = torch.conv2d(x, Tensor.create(kernel, shape), new TensorOptional(), new long[] {1, 1}, new long[] {0, 0},
                    new long[] {1, 1}, 1);
        }
        return x;
    }

    private static float[] floats(FloatPointer pointer, int count) {
        float[] values = new float[count];
        pointer.get(values);
        return values;
    }
}
