package io.trd4j.model.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.BinaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products of patches and weights are the convolutions, and have their gradients: compared in float32. */
class PatchProductTest {
    private static final long[] NO_DILATION = {1, 1};

    @BeforeAll
    static void load() {
        LibTorch.setThreads(2);
        torch.manual_seed(5);
    }

    private static Tensor leaf(long... shape) {
        Tensor tensor = torch.randn(shape).contiguous(Weights.FORMAT);
        tensor.set_requires_grad(true);
        return tensor;
    }

    /** Outputs, and gradients of both arguments for the same random weighting of the outputs. */
    private static void assertSame(
            Tensor x, Tensor weight, BinaryOperator<Tensor> expected, BinaryOperator<Tensor> found) {
        Tensor[] reference = run(x, weight, expected);
        Tensor[] result = run(x, weight, found);
        for (int i = 0; i < reference.length; i++) {
            assertArrayEquals(shape(reference[i]), shape(result[i]));
            double difference = reference[i].sub(result[i]).abs().max().item_double();
            assertEquals(0, difference, 1e-5 * reference[i].abs().max().item_double(), "output, input, weight: " + i);
        }
        assertTrue(result[0].is_contiguous(Weights.FORMAT), "as all features of a pass lie");
    }

    private static Tensor[] run(Tensor x, Tensor weight, BinaryOperator<Tensor> convolution) {
        Tensor y = convolution.apply(x, weight);
        torch.manual_seed(8);
        y.mul(torch.randn(shape(y))).sum().backward();
        Tensor[] results = {y.detach(), x.grad().clone(), weight.grad().clone()};
        x.mutable_grad().reset();
        weight.mutable_grad().reset();
        return results;
    }

    private static long[] shape(Tensor tensor) {
        long[] shape = new long[(int) tensor.dim()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = tensor.size(i);
        }
        return shape;
    }

    @ParameterizedTest
    @CsvSource({"2, 2, 0", "3, 2, 1", "3, 1, 1"})
    void convolutionsAgree(long kernel, long stride, long padding) {
        try (PointerScope scope = new PointerScope()) {
            assertSame(
                    leaf(3, 5, 8, 12),
                    leaf(7, 5, kernel, kernel),
                    (x, w) -> torch.conv2d(
                            x,
                            w,
                            new TensorOptional(),
                            new long[] {stride, stride},
                            new long[] {padding, padding},
                            NO_DILATION,
                            1),
                    (x, w) -> PatchProduct.convolve(x, w, stride, padding));
        }
    }

    @Test
    void transposedConvolutionsAgree() {
        try (PointerScope scope = new PointerScope()) {
            assertSame(
                    leaf(3, 6, 4, 8),
                    leaf(6, 5, 2, 2),
                    (x, w) -> torch.conv_transpose2d(
                            x,
                            w,
                            new TensorOptional(),
                            new long[] {2, 2},
                            new long[] {0, 0},
                            new long[] {0, 0},
                            1,
                            NO_DILATION),
                    PatchProduct::convolveUp);
        }
    }

    @Test
    void onlyBfloat16IsFasterAsAProduct() {
        try (PointerScope scope = new PointerScope()) {
            Tensor x = torch.zeros(1, 3, 16, 16);
            assertFalse(PatchProduct.isFaster(x, 3, 2));
            Tensor half = x.to(torch.ScalarType.BFloat16);
            assertTrue(PatchProduct.isFaster(half, 3, 2));
            assertFalse(PatchProduct.isFaster(half, 3, 1), "rows of 16");
            assertTrue(PatchProduct.isFaster(half.narrow(3, 0, 8), 3, 1), "rows of 8");
            assertFalse(PatchProduct.isFaster(half, 1, 2));
        }
    }
}
