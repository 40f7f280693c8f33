package io.trd4j.train;

import io.trd4j.calibrate.PreparedParts;
import io.trd4j.model.network.Features;
import io.trd4j.model.network.Network;
import io.trd4j.model.network.TorchDevice;
import io.trd4j.ops.Retained;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The teacher's features of prepared parts. Neither the teacher nor the parts change while students train: the features
 * are computed once, when a part is first asked for, and kept where there is room. A part's features are always
 * computed from its two images alone, so that they have the same bits whether they are kept or not, and in whichever
 * batch.
 */
final class TeacherFeatures implements AutoCloseable {
    /** Both branches' features of some parts, float32; they live in the open PointerScope. */
    record Batch(Features rgb, Features depth) {
        /** Both as the teacher gives them for images [2n, 3, S, S]: the RGB images, then their second modality. */
        static Batch of(Features both) {
            long n = both.f1().size(0) / 2;
            return new Batch(both.images(0, n), both.images(n, 2 * n));
        }
    }

    private static final int SCALES = 3;

    private final Network network;
    private final PreparedParts parts;
    private final TorchDevice device;
    /** Per branch and scale [parts, side, side, C]: rows of a batch are gathered as a whole. Empty: none are kept. */
    private final List<Tensor> kept = new ArrayList<>();

    private final boolean[] known;
    private final long bytes;

    /**
     * Computes nothing yet.
     *
     * @param network its teacher; on the device when a batch is asked for
     * @param size S of the parts
     * @param budget bytes that the kept features may take; where all parts' need more, none are kept
     */
    TeacherFeatures(Network network, PreparedParts parts, int size, TorchDevice device, long budget) {
        this.network = network;
        this.parts = parts;
        this.device = device;
        known = new boolean[parts.count()];
        long floats = 0;
        for (int scale = 1; scale <= SCALES; scale++) {
            long side = size >> (scale + 1);
            floats += 2 * network.backbone().channels(scale) * side * side;
        }
        long needed = floats * Float.BYTES * parts.count();
        bytes = needed <= budget ? needed : 0;
    }

    /** Those on the CPU, none of which are kept: for a single pass over the parts. */
    static TeacherFeatures once(Network network, PreparedParts parts, int size) {
        return new TeacherFeatures(network, parts, size, TorchDevice.CPU, 0);
    }

    /** Bytes that the kept features take: all parts', or 0 where none are kept. */
    long bytes() {
        return bytes;
    }

    /** Features of parts {@code order[from]} to {@code order[to - 1]}, in this order, on the device. */
    Batch batch(int[] order, int from, int to) {
        try (NoGradGuard guard = new NoGradGuard()) {
            return bytes > 0 ? gathered(order, from, to) : computed(order, from, to);
        }
    }

    private Batch computed(int[] order, int from, int to) {
        List<TensorVector> columns = new ArrayList<>();
        for (int i = 0; i < 2 * SCALES; i++) {
            columns.add(new TensorVector());
        }
        for (int i = from; i < to; i++) {
            List<Tensor> part = compute(order[i]);
            for (int k = 0; k < part.size(); k++) {
                columns.get(k).push_back(part.get(k));
            }
        }
        return batch(columns.stream().map(column -> torch.cat(column, 0)).toList());
    }

    private Batch gathered(int[] order, int from, int to) {
        long[] rows = new long[to - from];
        for (int i = from; i < to; i++) {
            rows[i - from] = order[i];
            keep(order[i]);
        }
        Tensor index = device.place(torch.tensor(rows));
        return batch(kept.stream().map(tensor -> tensor.index_select(0, index)).toList());
    }

    private void keep(int i) {
        if (known[i]) {
            return;
        }
        try (PointerScope scope = new PointerScope()) {
            List<Tensor> part = compute(i);
            for (int k = 0; k < part.size(); k++) {
                Tensor pixels = part.get(k);
                if (kept.size() == k) {
                    kept.add(Retained.of(torch.empty(
                            new long[] {parts.count(), pixels.size(1), pixels.size(2), pixels.size(3)},
                            pixels.options(),
                            new MemoryFormatOptional())));
                }
                kept.get(k).narrow(0, i, 1).copy_(pixels);
            }
        }
        known[i] = true;
    }

    /** Per branch and scale [1, side, side, C] of one part. */
    private List<Tensor> compute(int i) {
        Batch part = Batch.of(network.teacher().apply(device.place(parts.batch(new int[] {i}, 0, 1))));
        List<Tensor> pixels = new ArrayList<>();
        for (Features branch : List.of(part.rgb, part.depth)) {
            branch.asList().forEach(f -> pixels.add(f.permute(0, 2, 3, 1)));
        }
        return pixels;
    }

    private static Batch batch(List<Tensor> pixels) {
        List<Tensor> f = pixels.stream().map(t -> t.permute(0, 3, 1, 2)).toList();
        return new Batch(new Features(f.get(0), f.get(1), f.get(2)), new Features(f.get(3), f.get(4), f.get(5)));
    }

    @Override
    public void close() {
        kept.forEach(Tensor::close);
        kept.clear();
    }
}
