package io.trd4j.model;

import io.trd4j.ops.Exec;
import io.trd4j.ops.Ops;
import io.trd4j.ops.Owned;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Runs the network on prepared images and leaves both branches' raw anomaly maps (before calibration and blur, SPEC
 * section 4) in buffers of its own. LibTorch computes the features, libtrd everything after them.
 */
public final class BranchMaps implements AutoCloseable {
    private final Network network;
    private final int size;
    private final Exec exec = Exec.cpu();
    private final FloatPointer[] distances = new FloatPointer[3];
    private final FloatPointer rgb;
    private final FloatPointer depth;

    /** @param size S, a positive multiple of 32 */
    public BranchMaps(Network network, int size) {
        if (size <= 0 || size % 32 != 0) {
            throw new IllegalArgumentException("the input size must be a positive multiple of 32, not " + size);
        }
        this.network = network;
        this.size = size;
        for (int scale = 0; scale < 3; scale++) {
            distances[scale] = Owned.of(new FloatPointer((long) side(scale) * side(scale)));
        }
        rgb = Owned.of(new FloatPointer((long) size * size));
        depth = Owned.of(new FloatPointer((long) size * size));
    }

    /**
     * Computes both raw maps of one part.
     *
     * @param rgbImage prepared image [1, 3, S, S]
     * @param depthImage prepared second modality [1, 3, S, S]
     */
    public void compute(Tensor rgbImage, Tensor depthImage) {
        try (PointerScope scope = new PointerScope(); NoGradGuard guard = new NoGradGuard()) {
            Features both = network.teacher().apply(torch.cat(new TensorVector(rgbImage, depthImage), 0));
            Features ownRgb = both.images(0, 1);
            Features ownDepth = both.images(1, 2);
            branch(network.studentRgb().apply(ownRgb, ownDepth).fused(), ownRgb, rgb);
            branch(network.studentDepth().apply(ownDepth, ownRgb).fused(), ownDepth, depth);
        }
    }

    /** The rgb branch's raw map [S, S] of the last part; valid until the next one or close. */
    public FloatPointer rgb() {
        return rgb;
    }

    /** The second branch's raw map [S, S] of the last part; valid until the next one or close. */
    public FloatPointer depth() {
        return depth;
    }

    private int side(int scale) {
        return size / 4 >> scale;
    }

    private void branch(Features fused, Features own, FloatPointer map) {
        List<Tensor> g = fused.asList();
        List<Tensor> f = own.asList();
        for (int scale = 0; scale < 3; scale++) {
            long pixels = (long) side(scale) * side(scale);
            Ops.cosineDistance(exec, channelsLast(g.get(scale)), channelsLast(f.get(scale)), distances[scale], 1, pixels,
                    network.backbone().channels(scale + 1));
        }
        Ops.branchMap(exec, distances[0], side(0), distances[1], side(1), distances[2], side(2), map, 1, size);
    }

    // Features are channels-last already, so this copies nothing unless LibTorch chose another layout.
    private static FloatPointer channelsLast(Tensor features) {
        return new FloatPointer(features.contiguous(torch.MemoryFormat.ChannelsLast).data_ptr());
    }

    @Override
    public void close() {
        exec.close();
        for (FloatPointer d : distances) {
            d.close();
        }
        rgb.close();
        depth.close();
    }
}
