package io.trd4j.model.network;

import io.trd4j.ops.Distances;
import io.trd4j.ops.ElementType;
import io.trd4j.ops.OpTarget;
import io.trd4j.ops.Ops;
import io.trd4j.ops.Retained;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Runs the network on prepared images and leaves both branches' distances at the three scales (SPEC section 4) in
 * buffers of its own. LibTorch computes the features, libtrd everything after them.
 */
public final class BranchMaps implements AutoCloseable {
    private final Network network;
    private final int size;
    private final OpTarget exec = OpTarget.cpu();
    private final Distances rgbDistances;
    private final Distances depthDistances;
    private final FloatPointer rgb;
    private final FloatPointer depth;

    /** @param size S, a positive multiple of 32 */
    public BranchMaps(Network network, int size) {
        if (size <= 0 || size % 32 != 0) {
            throw new IllegalArgumentException("the input size must be a positive multiple of 32, not " + size);
        }
        this.network = network;
        this.size = size;
        rgbDistances = distances(size / 4);
        depthDistances = distances(size / 4);
        rgb = Retained.of(new FloatPointer((long) size * size));
        depth = Retained.of(new FloatPointer((long) size * size));
    }

    private static Distances distances(long side) {
        return new Distances(buffer(side), side, buffer(side / 2), side / 2, buffer(side / 4), side / 4);
    }

    private static FloatPointer buffer(long side) {
        return Retained.of(new FloatPointer(side * side));
    }

    /**
     * Computes both branches' distances of one part.
     *
     * @param rgbImage prepared image [1, 3, S, S]
     * @param depthImage prepared second modality [1, 3, S, S]
     */
    public void compute(Tensor rgbImage, Tensor depthImage) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Features both = network.teacher().apply(torch.cat(new TensorVector(rgbImage, depthImage), 0));
            compute(both.images(0, 1), both.images(1, 2));
        }
    }

    /**
     * The same from the teacher's features of one part.
     *
     * @param ownRgb of its colour image
     * @param ownDepth of its second modality
     */
    public void compute(Features ownRgb, Features ownDepth) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            branch(network.studentRgb().apply(ownRgb, ownDepth).fused(), ownRgb, rgbDistances);
            branch(network.studentDepth().apply(ownDepth, ownRgb).fused(), ownDepth, depthDistances);
        }
    }

    /** The rgb branch's distances [side, side] of the last part; valid until the next one or close. */
    public Distances rgbDistances() {
        return rgbDistances;
    }

    /** The second branch's distances [side, side] of the last part; valid until the next one or close. */
    public Distances depthDistances() {
        return depthDistances;
    }

    /**
     * Upsamples and adds the rgb branch's distances: its raw map [S, S] before calibration and blur, until the next
     * call.
     */
    public FloatPointer rgb() {
        return rawMap(rgbDistances, rgb);
    }

    /** The same of the second branch's distances. */
    public FloatPointer depth() {
        return rawMap(depthDistances, depth);
    }

    private FloatPointer rawMap(Distances distances, FloatPointer map) {
        Ops.branchMap(exec, distances, map, 1, size);
        return map;
    }

    private void branch(Features fused, Features own, Distances distances) {
        List<Tensor> g = fused.asList();
        List<Tensor> f = own.asList();
        for (int scale = 0; scale < 3; scale++) {
            long pixels = distances.side(scale) * distances.side(scale);
            Ops.fuseCosine(
                    exec,
                    ElementType.FLOAT32,
                    channelsLast(g.get(scale)),
                    1,
                    null,
                    0,
                    channelsLast(f.get(scale)),
                    distances.scale(scale),
                    1,
                    pixels,
                    network.backbone().channels(scale + 1));
        }
    }

    // Features are channels-last already, so this copies nothing unless LibTorch chose another layout.
    private static FloatPointer channelsLast(Tensor features) {
        return new FloatPointer(
                features.contiguous(torch.MemoryFormat.ChannelsLast).data_ptr());
    }

    @Override
    public void close() {
        exec.close();
        for (Distances distances : new Distances[] {rgbDistances, depthDistances}) {
            for (int scale = 0; scale < 3; scale++) {
                distances.scale(scale).close();
            }
            distances.close();
        }
        rgb.close();
        depth.close();
    }
}
