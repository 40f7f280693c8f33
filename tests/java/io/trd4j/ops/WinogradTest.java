package io.trd4j.ops;

import static io.trd4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.trd4j.Golden;
import io.trd4j.Needs;
import java.lang.management.ManagementFactory;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Winograd convolution from Java: equal to LibTorch's, refused arguments are exceptions, a call costs no heap. */
class WinogradTest {
    private static final int THREADS = 2;
    private int threadsBefore;

    @BeforeEach
    void needsAKernel() {
        Needs.that(Ops.winogradPackedBytes(64, 32) > 0, "AVX2");
        threadsBefore = torch.get_num_threads();
        Ops.setThreads(THREADS);
    }

    @AfterEach
    void restoreThreads() {
        if (threadsBefore > 0) {
            Ops.setThreads(threadsBefore);
        }
    }

    @Test
    void equalsLibTorchsConvolution() {
        equalsLibTorchsConvolution(1);
        equalsLibTorchsConvolution(2);
    }

    private static void equalsLibTorchsConvolution(int stride) {
        try (PointerScope scope = new PointerScope();
                OpTarget exec = OpTarget.cpu()) {
            torch.manual_seed(3);
            int n = 2;
            int h = 19;
            int w = 14;
            int outH = (h + stride - 1) / stride;
            int outW = (w + stride - 1) / stride;
            Tensor in = torch.randn(n, 64, h, w).relu();
            Tensor weights = torch.randn(32, 64, 3, 3).mul(new Scalar(Math.sqrt(2.0 / (9 * 64))));
            Tensor bias = torch.randn(32);
            Tensor sum = torch.randn(n, 32, outH, outW);
            Tensor post = torch.randn(n, 32, outH, outW);
            Tensor expected = torch.conv2d(
                            in,
                            weights,
                            new TensorOptional(bias),
                            new long[] {stride, stride},
                            new long[] {1, 1},
                            new long[] {1, 1},
                            1)
                    .add(sum.mul(new Scalar(0.7)))
                    .relu()
                    .add(post);

            long packedBytes = Ops.winogradPackedBytes(64, 32);
            long bytes = Ops.winogradWorkspaceBytes(n, h, w, 64, 32, stride, THREADS);
            Pointer packed = aligned(packedBytes);
            int count = n * outH * outW * 32;
            FloatPointer out = new FloatPointer((long) count);
            Ops.winogradPack(exec, new FloatPointer(weights.data_ptr()), packed, packedBytes, 64, 32, stride);
            Ops.winograd(
                    exec,
                    ElementType.FLOAT32,
                    channelsLast(in),
                    packed,
                    packedBytes,
                    new FloatPointer(bias.data_ptr()),
                    channelsLast(sum),
                    0.7f,
                    channelsLast(post),
                    true,
                    out,
                    aligned(bytes),
                    bytes,
                    n,
                    h,
                    w,
                    64,
                    32,
                    stride);
            float[] values = new float[count];
            out.get(values);
            // Outputs are near 1 in size; tests/native/test_winograd.cpp says what a transform of 64 channels may add.
            assertClose(
                    "winograd",
                    values,
                    Golden.floats(expected.permute(0, 2, 3, 1).contiguous()),
                    6e-5);
        }
    }

    @Test
    void refusedArgumentsAreExceptionsAndACallAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (PointerScope scope = new PointerScope();
                OpTarget exec = OpTarget.cpu()) {
            FloatPointer in = new FloatPointer(new float[4 * 4 * 32]);
            FloatPointer bias = new FloatPointer(new float[32]);
            FloatPointer weights = new FloatPointer(new float[9 * 32 * 32]);
            FloatPointer out = new FloatPointer(4 * 4 * 32L);
            out.put(0, -7f);
            long packedBytes = Ops.winogradPackedBytes(32, 32);
            long bytes = Ops.winogradWorkspaceBytes(1, 4, 4, 32, 32, 1, THREADS);
            Pointer packed = aligned(packedBytes);
            Pointer workspace = aligned(bytes);
            Ops.winogradPack(exec, weights, packed, packedBytes, 32, 32, 1);
            IllegalArgumentException e = assertThrows(
                    IllegalArgumentException.class,
                    () -> Ops.winograd(
                            exec,
                            ElementType.FLOAT32,
                            in,
                            packed,
                            packedBytes,
                            bias,
                            null,
                            1f,
                            null,
                            false,
                            out,
                            workspace,
                            bytes - 1,
                            1,
                            4,
                            4,
                            32,
                            32,
                            1));
            assertTrue(e.getMessage().contains("workspace"), e.getMessage());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Ops.winogradPack(exec, weights, packed, packedBytes, 32, 33, 1));
            assertEquals(-7f, out.get(0), "a refused call writes nothing");

            for (int i = 0; i < 20_000; i++) {
                Ops.winograd(
                        exec,
                        ElementType.FLOAT32,
                        in,
                        packed,
                        packedBytes,
                        bias,
                        null,
                        1f,
                        null,
                        false,
                        out,
                        workspace,
                        bytes,
                        1,
                        4,
                        4,
                        32,
                        32,
                        1);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                Ops.winograd(
                        exec,
                        ElementType.FLOAT32,
                        in,
                        packed,
                        packedBytes,
                        bias,
                        null,
                        1f,
                        null,
                        false,
                        out,
                        workspace,
                        bytes,
                        1,
                        4,
                        4,
                        32,
                        32,
                        1);
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            // One object per call would be 160,000 bytes.
            assertTrue(allocated < 10_000, allocated + " bytes in 10,000 calls");
            assertEquals(0f, out.get(0));
        }
    }

    @Test
    void largeLayersPayAndTinyOnesDoNot() {
        assertTrue(Ops.winogradPays(ElementType.FLOAT32, 2, 64, 64, 128, 128, 1));
        assertTrue(Ops.winogradPays(ElementType.FLOAT32, 1, 32, 32, 1024, 1024, 2));
        assertFalse(Ops.winogradPays(ElementType.FLOAT32, 1, 8, 8, 1024, 1024, 1));
    }

    private static FloatPointer channelsLast(Tensor t) {
        return new FloatPointer(t.permute(0, 2, 3, 1).contiguous().data_ptr());
    }

    private static Pointer aligned(long bytes) {
        BytePointer memory = new BytePointer(bytes + 64);
        return memory.getPointer((64 - memory.address() % 64) % 64);
    }
}
