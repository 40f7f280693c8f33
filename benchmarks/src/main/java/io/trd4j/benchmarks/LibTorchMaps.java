package io.trd4j.benchmarks;

import io.trd4j.ops.Owned;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * What libtrd computes (SPEC section 4), composed of LibTorch's ops as one would write it in PyTorch. Inputs are views of
 * the memory libtrd reads; constants (blur kernel, border indices, calibration) are made once. Results belong to the
 * caller's PointerScope.
 */
final class LibTorchMaps {
    private static final double SIGMA_PX = 4;
    private static final int RADIUS_PX = 16;
    private static final double EPSILON = 1e-8;

    private final long[] size;
    private final Tensor[] own = new Tensor[3];
    private final Tensor[] fused = new Tensor[3];
    private final Tensor[] distance = new Tensor[3];
    private final Tensor rgb;
    private final Tensor depth;
    private final Tensor mean;
    private final Tensor inverseStd;
    private final Tensor mirrored;
    private final Tensor blurRows;
    private final Tensor blurColumns;

    LibTorchMaps(int size, long[] side, long[] channels, FloatPointer[] own, FloatPointer[] fused, FloatPointer[] distance,
                 FloatPointer rawRgb, FloatPointer rawDepth) {
        this.size = new long[] {size, size};
        try (PointerScope scope = new PointerScope()) {
            for (int i = 0; i < 3; i++) {
                long[] channelsLast = {1, side[i], side[i], channels[i]};
                this.own[i] = Owned.of(torch.from_blob(own[i], channelsLast).permute(0, 3, 1, 2));
                this.fused[i] = Owned.of(torch.from_blob(fused[i], channelsLast).permute(0, 3, 1, 2));
                this.distance[i] = Owned.of(torch.from_blob(distance[i], 1, 1, side[i], side[i]));
            }
            rgb = Owned.of(torch.from_blob(rawRgb, 1, 1, size, size));
            depth = Owned.of(torch.from_blob(rawDepth, 1, 1, size, size));
            mean = Owned.of(Tensor.create(new float[] {0.5f, 0.4f}, 2, 1, 1, 1));
            inverseStd = Owned.of(Tensor.create(new float[] {1 / 0.25f, 1 / 0.3f}, 2, 1, 1, 1));
            mirrored = Owned.of(Tensor.create(mirrored(size)));
            float[] kernel = gaussian();
            blurRows = Owned.of(Tensor.create(kernel, 1, 1, 1, kernel.length));
            blurColumns = Owned.of(Tensor.create(kernel, 1, 1, kernel.length, 1));
        }
    }

    /** Half-sample symmetric border: … c b a | a b c …, which LibTorch's padding does not offer. */
    private static long[] mirrored(int size) {
        long[] index = new long[size + 2 * RADIUS_PX];
        for (int i = 0; i < index.length; i++) {
            int at = i - RADIUS_PX;
            index[i] = at < 0 ? -at - 1 : at >= size ? 2L * size - 1 - at : at;
        }
        return index;
    }

    private static float[] gaussian() {
        double[] weights = new double[2 * RADIUS_PX + 1];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            double x = (i - RADIUS_PX) / SIGMA_PX;
            weights[i] = Math.exp(-x * x / 2);
            sum += weights[i];
        }
        float[] kernel = new float[weights.length];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = (float) (weights[i] / sum);
        }
        return kernel;
    }

    /** Three scales of one branch: [1, side, side] each. */
    Tensor[] cosineDistance() {
        Tensor[] out = new Tensor[3];
        for (int i = 0; i < 3; i++) {
            out[i] = torch.rsub(torch.cosine_similarity(fused[i], own[i], 1, EPSILON), new Scalar(1.0));
        }
        return out;
    }

    /** One branch's raw map [1, 1, S, S]. */
    Tensor branchMap() {
        Tensor sum = torch.upsample_bilinear2d(distance[0], size, true);
        sum.add_(torch.upsample_bilinear2d(distance[1], size, true));
        return sum.add_(torch.upsample_bilinear2d(distance[2], size, true));
    }

    /** The combined map [1, 1, S, S] and the scores of it, the rgb map and the depth map [3]. */
    Tensor[] anomalyMap() {
        Tensor both = torch.cat(new TensorVector(rgb, depth), 0).sub_(mean).mul_(inverseStd);
        both = both.index_select(2, mirrored).index_select(3, mirrored);
        both = torch.conv2d(torch.conv2d(both, blurColumns), blurRows);
        Tensor sum = both.narrow(0, 0, 1).add(both.narrow(0, 1, 1));
        Tensor scores = torch.amax(torch.cat(new TensorVector(sum, both), 0), new long[] {1, 2, 3}, false);
        return new Tensor[] {sum, scores};
    }
}
