package io.trd4j.engine.cuda;

import io.trd4j.engine.plan.FoldedLayers;
import io.trd4j.engine.plan.Layer;
import io.trd4j.engine.plan.WeightSource;
import io.trd4j.engine.plan.WeightWorkers;
import io.trd4j.ops.DeviceOps;
import io.trd4j.ops.ElementType;
import io.trd4j.ops.Ops;
import io.trd4j.ops.Workspace;
import java.io.IOException;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;

/**
 * All weights of a network in one block of device memory: folded and packed on the CPU, several at a time, then
 * uploaded.
 */
final class DeviceWeights implements AutoCloseable {
    /** Each holds the largest layer twice on the host. */
    private static final int MAX_WORKERS = 8;

    private final Device device;
    private final long base;
    private final long bytes;
    private boolean closed;

    /** @param slots get their places here */
    DeviceWeights(Device device, List<WeightSlot> slots, ElementType type, WeightSource source, int threads)
            throws IOException {
        this.device = device;
        bytes = place(slots);
        base = device.allocate(bytes);
        try {
            WeightWorkers.run(slots, WeightSlot::bytes, Math.min(threads, MAX_WORKERS), queue -> {
                device.use();
                Ops.setThreads(1);
                FoldedLayers folded = new FoldedLayers(source);
                for (WeightSlot slot = queue.poll(); slot != null; slot = queue.poll()) {
                    upload(slot, type, folded);
                }
            });
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Numbers without a meaning, for measurements. */
    DeviceWeights(Device device, List<WeightSlot> slots, long stream) {
        this.device = device;
        bytes = place(slots);
        base = device.allocate(bytes);
        // Small positive values in every type.
        device.fill(stream, base, 0x2C, bytes);
        device.synchronize(stream);
    }

    private static long place(List<WeightSlot> slots) {
        long at = 0;
        for (WeightSlot slot : slots) {
            slot.place(at);
            at += slot.bytes();
        }
        return at;
    }

    private void upload(WeightSlot slot, ElementType type, FoldedLayers folded) throws IOException {
        try (Workspace host = new Workspace(slot.bytes() + DeviceAlignment.BYTES)) {
            long skip =
                    DeviceAlignment.align(host.start().address()) - host.start().address();
            Pointer start = host.start().getPointer(skip);
            Pointer.memset(start, 0, slot.bytes());
            if (slot instanceof WeightSlot.OfConvolution convolution) {
                convolution(convolution, type, folded, start);
            } else {
                tuner((WeightSlot.OfTuner) slot, type, folded, start);
            }
            device.upload(base + slot.place(), start.address(), slot.bytes());
        }
    }

    /** Weights in the model file's order, and the bias. */
    private static FoldedLayers.Fold fold(WeightSlot.Folded layer, FoldedLayers folded, FloatPointer weights)
            throws IOException {
        double factor = 1;
        if (layer.amplifier()) {
            // The pair's factors add up to 1: the amplifier's relative to the decoder's.
            double own = folded.blend(layer.layer());
            factor = own / (1 - own);
        }
        FoldedLayers.Fold fold = folded.fold(layer.layer(), factor);
        double[] scale = fold.scale();
        if (layer.reads() != null) {
            double back = folded.blend(layer.reads());
            for (int i = 0; i < scale.length; i++) {
                scale[i] *= back;
            }
        }
        folded.weights(layer.layer(), scale, weights);
        return fold;
    }

    private static void convolution(WeightSlot.OfConvolution slot, ElementType type, FoldedLayers folded, Pointer to)
            throws IOException {
        Layer layer = slot.folded.layer();
        try (FloatPointer weights = new FloatPointer(layer.weights())) {
            float[] bias = fold(slot.folded, folded, weights).bias();
            Pointer biasTo = to.getPointer(slot.biasOffset());
            if (slot.layout == WeightSlot.Layout.LIBTRD) {
                DeviceOps.convolutionPack(
                        type,
                        weights,
                        to,
                        slot.packedBytes,
                        layer.in(),
                        layer.out(),
                        layer.kernel(),
                        layer.transposed());
                new FloatPointer(biasTo).put(bias, 0, bias.length);
            } else {
                float[] all = new float[Math.toIntExact(layer.weights())];
                weights.get(all);
                put(type, channelsLast(layer, all), to);
                put(type, bias, biasTo);
            }
        }
    }

    private static float[] channelsLast(Layer layer, float[] from) {
        int patch = layer.kernel() * layer.kernel();
        float[] to = new float[from.length];
        int at = 0;
        for (int out = 0; out < layer.out(); out++) {
            for (int k = 0; k < patch; k++) {
                for (int in = 0; in < layer.in(); in++) {
                    to[at++] = from[(out * layer.in() + in) * patch + k];
                }
            }
        }
        return to;
    }

    private static void put(ElementType type, float[] values, Pointer to) {
        if (type == ElementType.FLOAT32) {
            new FloatPointer(to).put(values, 0, values.length);
        } else {
            new ShortPointer(to).put(type.halves(values), 0, values.length);
        }
    }

    private static void tuner(WeightSlot.OfTuner slot, ElementType type, FoldedLayers folded, Pointer to)
            throws IOException {
        long c1 = slot.layers.get(0).layer().in();
        long largest =
                slot.layers.stream().mapToLong(l -> l.layer().weights()).max().orElseThrow();
        int widest = slot.layers.stream().mapToInt(l -> l.layer().out()).max().orElseThrow();
        try (FloatPointer weights = new FloatPointer(largest);
                FloatPointer bias = new FloatPointer((long) widest)) {
            for (int i = 0; i < slot.layers.size(); i++) {
                float[] values = fold(slot.layers.get(i), folded, weights).bias();
                bias.put(values, 0, values.length);
                if (slot.amplifier) {
                    DeviceOps.amplifierPack(type, i, weights, bias, to, slot.packedBytes, c1);
                } else {
                    DeviceOps.filterPack(type, i, weights, bias, to, slot.packedBytes, c1);
                }
            }
        }
    }

    /** Device address of a slot. */
    long address(WeightSlot slot) {
        return base + slot.place();
    }

    long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            device.free(base);
        }
    }
}
