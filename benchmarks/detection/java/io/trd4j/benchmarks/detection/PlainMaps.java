package io.trd4j.benchmarks.detection;

import io.trd4j.model.network.Features;
import io.trd4j.model.network.TorchDevice;
import io.trd4j.ops.Retained;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * From features to calibrated, blurred maps (SPEC section 4) in LibTorch's ops: one path for every variant, on any
 * device. Results belong to the caller's PointerScope.
 */
public final class PlainMaps implements AutoCloseable {
    private static final double SIGMA_PX = 4;
    private static final int RADIUS_PX = 16;
    private static final double EPSILON = 1e-8;

    private final Tensor blur;
    private final Tensor blurTransposed;

    PlainMaps(int size, TorchDevice device) {
        try (PointerScope scope = new PointerScope()) {
            blur = Retained.of(device.place(Tensor.create(blurMatrix(size), size, size)));
            blurTransposed = Retained.of(blur.t().contiguous());
        }
    }

    /** Sum over the scales of 1 - cos over the channels, upsampled: [n, 1, S, S]. */
    static Tensor raw(Features reconstructed, Features own, int size) {
        List<Tensor> g = reconstructed.asList();
        List<Tensor> f = own.asList();
        Tensor map = null;
        for (int scale = 0; scale < 3; scale++) {
            Tensor distance =
                    torch.rsub(torch.cosine_similarity(g.get(scale), f.get(scale), 1, EPSILON), new Scalar(1.0));
            Tensor upsampled = torch.upsample_bilinear2d(distance.unsqueeze(1), new long[] {size, size}, true);
            map = map == null ? upsampled : map.add(upsampled);
        }
        return map;
    }

    /** (map - mean) / standard deviation. */
    static Tensor calibrated(Tensor raw, Moments moments) {
        return raw.sub(new Scalar(moments.mean())).div(new Scalar(moments.std()));
    }

    /** Gaussian blur of [n, 1, S, S]. */
    Tensor blurred(Tensor maps) {
        return torch.matmul(torch.matmul(blur, maps), blurTransposed);
    }

    /**
     * The blur of a line with its half-sample symmetric border as a matrix [size, size]. As matrix products the blur
     * takes LibTorch a fraction of the time of two convolutions of one channel, whose padding does not know this border
     * either.
     */
    public static float[] blurMatrix(int size) {
        double sum = 0;
        for (int k = -RADIUS_PX; k <= RADIUS_PX; k++) {
            sum += weight(k);
        }
        float[] matrix = new float[size * size];
        for (int y = 0; y < size; y++) {
            for (int k = -RADIUS_PX; k <= RADIUS_PX; k++) {
                int at = y + k;
                int mirrored = at < 0 ? -at - 1 : at >= size ? 2 * size - 1 - at : at;
                matrix[y * size + mirrored] += (float) (weight(k) / sum);
            }
        }
        return matrix;
    }

    private static double weight(int k) {
        return Math.exp(-0.5 * k * k / (SIGMA_PX * SIGMA_PX));
    }

    @Override
    public void close() {
        blur.close();
        blurTransposed.close();
    }
}
