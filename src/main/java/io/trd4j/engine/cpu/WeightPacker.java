package io.trd4j.engine.cpu;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_SCALES;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;

import io.trd4j.engine.cpu.Primitives.PackedLayer;
import io.trd4j.engine.cpu.Primitives.PackedLayer.OneDnnLayer;
import io.trd4j.engine.cpu.Primitives.PackedLayer.WinogradLayer;
import io.trd4j.engine.plan.FoldedLayers;
import io.trd4j.engine.plan.Layer;
import io.trd4j.engine.plan.WeightSource;
import io.trd4j.engine.plan.WeightWorkers;
import io.trd4j.ops.OpTarget;
import io.trd4j.ops.Ops;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;

/** Reads, folds and packs all layers' weights: layers side by side, so that reading, folding and packing overlap. */
final class WeightPacker {
    private WeightPacker() {}

    static void pack(List<PackedLayer> layers, WeightSource source, int threads) throws IOException {
        WeightWorkers.run(layers, l -> l.layer().weights(), threads, queue -> work(queue, source));
    }

    private static void work(Queue<PackedLayer> queue, WeightSource source) throws IOException {
        Ops.setThreads(1);
        FoldedLayers folded = new FoldedLayers(source);
        FloatPointer values = null;
        try (OneDnn.Owner owner = new OneDnn.Owner()) {
            for (PackedLayer next = queue.poll(); next != null; next = queue.poll()) {
                // The first layer taken is the largest this thread will see.
                if (values == null) {
                    values = new FloatPointer(owner.allocate(next.layer().weights() * Float.BYTES));
                }
                pack(next, folded, values);
            }
        }
    }

    private static void pack(PackedLayer target, FoldedLayers folded, FloatPointer values) throws IOException {
        Layer layer = target.layer();
        FoldedLayers.Fold fold = folded.fold(layer);
        folded.weights(layer, fold.scale(), values);
        if (target instanceof WinogradLayer winograd) {
            winograd.bias().put(fold.bias(), 0, layer.out());
            try (OpTarget exec = OpTarget.cpu()) {
                Ops.winogradPack(
                        exec,
                        values,
                        winograd.weights(),
                        winograd.weights().capacity(),
                        layer.in(),
                        layer.out(),
                        layer.stride());
            }
            return;
        }
        pack((OneDnnLayer) target, fold, values);
    }

    private static void pack(OneDnnLayer target, FoldedLayers.Fold fold, FloatPointer values) {
        Layer layer = target.layer();
        try (PointerScope scope = new PointerScope()) {
            new FloatPointer(target.bias().get_data_handle()).put(fold.bias(), 0, layer.out());
            memory from = new memory(
                    new memory.desc(
                            new long[] {layer.out(), layer.in(), layer.kernel(), layer.kernel()},
                            data_type.f32,
                            layer.transposed() ? format_tag.iohw : format_tag.oihw),
                    OneDnn.engine(),
                    values);
            primitive_attr attributes = new primitive_attr();
            IntMemoryMap arguments = new IntMemoryMap();
            if (target.weightScales() != null) {
                float[] scales = scales(layer, values);
                new FloatPointer(target.weightScales().get_data_handle()).put(scales, 0, scales.length);
                attributes.set_scales_mask(DNNL_ARG_DST, 1);
                arguments.put(DNNL_ARG_ATTR_SCALES | DNNL_ARG_DST, target.weightScales());
            }
            arguments.put(DNNL_ARG_FROM, from);
            arguments.put(DNNL_ARG_TO, target.weights());
            new reorder(from, target.weights(), attributes).execute(OneDnn.stream(), arguments);
        }
    }

    /** Per output channel: its largest magnitude is 127. */
    private static float[] scales(Layer layer, FloatPointer values) {
        int patch = layer.kernel() * layer.kernel();
        int run = layer.transposed() ? patch : layer.in() * patch;
        float[] largest = new float[layer.out()];
        float[] row = new float[run];
        long rows = layer.weights() / run;
        for (long r = 0; r < rows; r++) {
            values.position(r * run).get(row, 0, run);
            float max = 0;
            for (float v : row) {
                max = Math.max(max, Math.abs(v));
            }
            int channel = (int) (r % layer.out());
            largest[channel] = Math.max(largest[channel], max);
        }
        values.position(0);
        for (int i = 0; i < largest.length; i++) {
            // A channel of zeros still needs a positive scale.
            largest[i] = Math.max(largest[i], 1e-12f) / 127;
        }
        return largest;
    }
}
