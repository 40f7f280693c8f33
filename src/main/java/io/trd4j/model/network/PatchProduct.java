package io.trd4j.model.network;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Convolutions as one product of patches and weights. On a CPU, oneDNN computes the gradient of a convolution's weights
 * slowly in bfloat16 where the stride is 2 or rows are short: up to 20 times slower than in float32. Products of
 * matrices are fast in every shape. Features and weights lie channels-last, so that patches are copied in whole pixels,
 * and weights not at all.
 */
final class PatchProduct {
    /** Rows of output from which oneDNN's own gradient is the faster one, at stride 1. */
    private static final long LONG_ROW = 16;

    private PatchProduct() {}

    /** Whether training is faster this way: of a bfloat16 convolution on the CPU. */
    static boolean isFaster(Tensor x, long kernel, long stride) {
        return x.is_cpu()
                && x.scalar_type().intern() == torch.ScalarType.BFloat16
                && kernel > 1
                && (stride > 1 || x.size(3) < LONG_ROW);
    }

    /**
     * {@code [n, in, h, w]} to {@code [n, out, h / stride, w / stride]}.
     *
     * @param weight {@code [out, in, kernel, kernel]}
     */
    static Tensor convolve(Tensor x, Tensor weight, long stride, long padding) {
        long n = x.size(0);
        long kernel = weight.size(2);
        long outputs = weight.size(0);
        long height = (x.size(2) + 2 * padding - kernel) / stride + 1;
        long width = (x.size(3) + 2 * padding - kernel) / stride + 1;
        Tensor pixels = x.permute(0, 2, 3, 1);
        Tensor patches;
        if (kernel == stride) {
            patches =
                    pixels.reshape(n, height, kernel, width, kernel, x.size(1)).permute(0, 1, 3, 2, 4, 5);
        } else {
            Tensor padded = torch.constant_pad_nd(pixels, new long[] {0, 0, padding, padding, padding, padding});
            TensorVector shifted = new TensorVector();
            for (long i = 0; i < kernel; i++) {
                Tensor rows = every(padded, 1, i, stride, height);
                for (long j = 0; j < kernel; j++) {
                    shifted.push_back(every(rows, 2, j, stride, width));
                }
            }
            patches = torch.cat(shifted, 3);
        }
        Tensor matrix = patches.reshape(n * height * width, -1);
        Tensor product =
                matrix.mm(weight.permute(0, 2, 3, 1).reshape(outputs, -1).t());
        return product.reshape(n, height, width, outputs).permute(0, 3, 1, 2);
    }

    private static Tensor every(Tensor x, long dimension, long first, long step, long count) {
        return x.slice(dimension, new LongOptional(first), new LongOptional(first + step * (count - 1) + 1), step);
    }

    /**
     * The transposed convolution 2x2, stride 2: {@code [n, in, h, w]} to {@code [n, out, 2h, 2w]}.
     *
     * @param weight {@code [in, out, 2, 2]}
     */
    static Tensor convolveUp(Tensor x, Tensor weight) {
        long n = x.size(0);
        long height = x.size(2);
        long width = x.size(3);
        long outputs = weight.size(1);
        Tensor matrix = x.permute(0, 2, 3, 1).reshape(n * height * width, -1);
        Tensor product = matrix.mm(weight.permute(0, 2, 3, 1).reshape(x.size(1), -1));
        return product.reshape(n, height, width, 2, 2, outputs)
                .permute(0, 1, 3, 2, 4, 5)
                .reshape(n, 2 * height, 2 * width, outputs)
                .permute(0, 3, 1, 2);
    }
}
