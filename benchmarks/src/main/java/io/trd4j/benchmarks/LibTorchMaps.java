package io.trd4j.benchmarks;

import io.trd4j.benchmarks.detection.PlainMaps;
import io.trd4j.ops.ElementType;
import io.trd4j.ops.Retained;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The maps of libtrd (SPEC sections 2 and 4), composed of LibTorch's ops as one would write it in PyTorch, both
 * branches in one batch where they can be. Inputs are views of the memory libtrd reads; constants (blur, calibration)
 * are made once. Results belong to the caller's PointerScope.
 */
final class LibTorchMaps {
    private static final double EPSILON = 1e-8;

    private final long[] size;
    private final Scalar wDecoder;
    private final Scalar wAmplifier;
    private final Tensor[] decoder = new Tensor[6];
    private final Tensor[] amplifier = new Tensor[6];
    private final Tensor[] teacher = new Tensor[6];
    private final Tensor[] distance = new Tensor[6];
    private final Tensor mean;
    private final Tensor inverseStd;
    private final Tensor blur;
    private final Tensor blurTransposed;

    /** Features and distances of the rgb branch's three scales, then the depth branch's; features channels-last. */
    LibTorchMaps(
            int size,
            long[] side,
            long[] channels,
            ElementType type,
            Pointer[] decoder,
            float wDecoder,
            Pointer[] amplifier,
            float wAmplifier,
            Pointer[] teacher,
            FloatPointer[] distance) {
        this.size = new long[] {size, size};
        try (PointerScope scope = new PointerScope()) {
            this.wDecoder = Retained.of(new Scalar(wDecoder));
            this.wAmplifier = Retained.of(new Scalar(wAmplifier));
            for (int i = 0; i < 6; i++) {
                long[] shape = {1, side[i % 3], side[i % 3], channels[i % 3]};
                this.decoder[i] = features(decoder[i], shape, type);
                this.amplifier[i] = features(amplifier[i], shape, type);
                this.teacher[i] = features(teacher[i], shape, type);
                this.distance[i] = Retained.of(torch.from_blob(distance[i], 1, side[i % 3], side[i % 3]));
            }
            mean = Retained.of(Tensor.create(new float[] {0.5f, 0.4f}, 2, 1, 1, 1));
            inverseStd = Retained.of(Tensor.create(new float[] {1 / 0.25f, 1 / 0.3f}, 2, 1, 1, 1));
            blur = Retained.of(Tensor.create(PlainMaps.blurMatrix(size), size, size));
            blurTransposed = Retained.of(blur.t().contiguous());
        }
    }

    private static Tensor features(Pointer memory, long[] shape, ElementType type) {
        torch.ScalarType scalar = type == ElementType.BFLOAT16 ? torch.ScalarType.BFloat16 : torch.ScalarType.Float;
        TensorOptions options = new TensorOptions().dtype(new ScalarTypeOptional(scalar));
        return Retained.of(torch.from_blob(memory, shape, options).permute(0, 3, 1, 2));
    }

    /** Three scales of both branches: [1, side, side] each, of the features' type. */
    Tensor[] fuseCosine() {
        Tensor[] out = new Tensor[6];
        for (int i = 0; i < 6; i++) {
            Tensor fused = torch.mul(decoder[i], wDecoder).add_(amplifier[i], wAmplifier);
            out[i] = torch.rsub(torch.cosine_similarity(fused, teacher[i], 1, EPSILON), new Scalar(1.0));
        }
        return out;
    }

    /** The raw map of one branch [1, 1, S, S]. */
    Tensor branchMap() {
        return branchMaps(new Tensor[] {distance[0].unsqueeze(0), distance[1].unsqueeze(0), distance[2].unsqueeze(0)});
    }

    private Tensor branchMaps(Tensor[] scales) {
        Tensor sum = torch.upsample_bilinear2d(scales[0], size, true);
        sum.add_(torch.upsample_bilinear2d(scales[1], size, true));
        return sum.add_(torch.upsample_bilinear2d(scales[2], size, true));
    }

    /** Sum, rgb and depth map [3, 1, S, S] and their maxima [3], from libtrd's distances. */
    Tensor[] anomalyMap() {
        return anomalyMap(distance);
    }

    /** The same from the features. */
    Tensor[] maps() {
        return anomalyMap(fuseCosine());
    }

    private Tensor[] anomalyMap(Tensor[] distances) {
        Tensor[] scales = new Tensor[3];
        for (int i = 0; i < 3; i++) {
            scales[i] = torch.stack(new TensorVector(distances[i], distances[i + 3]), 0)
                    .to(torch.ScalarType.Float);
        }
        Tensor both = branchMaps(scales).sub_(mean).mul_(inverseStd);
        both = torch.matmul(torch.matmul(blur, both), blurTransposed);
        Tensor all = torch.cat(new TensorVector(both.narrow(0, 0, 1).add(both.narrow(0, 1, 1)), both), 0);
        return new Tensor[] {all, torch.amax(all, new long[] {1, 2, 3}, false)};
    }
}
