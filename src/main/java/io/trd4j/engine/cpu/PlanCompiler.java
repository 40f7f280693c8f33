package io.trd4j.engine.cpu;

import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.Layer;
import io.trd4j.engine.plan.PlanOp;
import io.trd4j.engine.plan.PlanTensor;
import io.trd4j.model.Precision;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Chooses the type of every feature map, inserts conversions where types meet, and turns the plan's operations into
 * steps. Residuals are added in place where the feature map is not needed again.
 */
final class PlanCompiler {
    private final ExecutionPlan plan;
    private final Precision precision;
    private final Quantization quantization;
    private final LayerBlends blends;
    private final int threads;
    private final Primitives primitives;
    private final List<CpuStep> steps = new ArrayList<>();
    /** Feature maps by name, in every type they exist in. */
    private final Map<String, Map<ValueType, CpuTensor>> values = new HashMap<>();

    private final Map<String, Integer> lastUse = new HashMap<>();
    private final Map<String, List<PlanOp>> readers = new HashMap<>();

    /** The blend factor of a layer (see FoldedLayers.blend). */
    @FunctionalInterface
    interface LayerBlends {
        double of(Layer layer) throws IOException;
    }

    PlanCompiler(
            ExecutionPlan plan,
            Precision precision,
            Quantization quantization,
            LayerBlends blends,
            int threads,
            Primitives primitives) {
        this.plan = plan;
        this.precision = precision;
        this.quantization = quantization;
        this.blends = blends;
        this.threads = threads;
        this.primitives = primitives;
        for (int i = 0; i < plan.ops().size(); i++) {
            for (PlanTensor input : plan.ops().get(i).inputs()) {
                String whole = whole(input).name();
                lastUse.put(whole, i);
                readers.computeIfAbsent(whole, k -> new ArrayList<>())
                        .add(plan.ops().get(i));
            }
        }
    }

    /** @param images where the prepared images are written, in the type of {@link #imageType} */
    List<CpuStep> compile(CpuTensor images) throws IOException {
        images.buffer().usedBy(-1);
        put(plan.images(), images);
        for (int i = 0; i < plan.ops().size(); i++) {
            PlanOp op = plan.ops().get(i);
            if (op instanceof PlanOp.Convolution convolution) {
                convolution(convolution, i);
            } else if (op instanceof PlanOp.MaxPool pool) {
                ValueType type = layerType(null);
                CpuTensor in = get(pool.input(), type);
                CpuTensor out = CpuTensor.dense(
                        type, 1, in.images(), in.channels(), pool.output().side());
                add(primitives.maxPool(pool, in, out), in, out);
                put(pool.output(), out);
            } else if (op instanceof PlanOp.Concatenate concatenate) {
                concatenate(concatenate);
            } else if (op instanceof PlanOp.FuseCosine cosine) {
                ValueType type = featureType();
                CpuTensor decoder = get(cosine.decoder(), type);
                CpuTensor amplified = cosine.amplified() == null ? null : get(cosine.amplified(), type);
                CpuTensor teacher = get(cosine.teacher(), type);
                add(new CpuStep.FuseCosine(cosine, decoder, amplified, teacher), decoder, amplified, teacher);
            }
        }
        return List.copyOf(steps);
    }

    /** The type in which the prepared images are written. */
    static ValueType imageType(Precision precision) {
        return precision == Precision.FP32 ? ValueType.F32 : ValueType.BF16;
    }

    /** Type of the features that the cosine distance reads. */
    private ValueType featureType() {
        return imageType(precision);
    }

    /**
     * The type in which a convolution computes; of the layers outside the quantization (null: the stem's pooling) too.
     */
    private ValueType layerType(Layer layer) {
        boolean quantized = precision == Precision.INT8
                && layer != null
                && layer.in() > 3
                && !quantization.bf16().contains(layer.convolution());
        return quantized ? ValueType.U8 : featureType();
    }

    private void convolution(PlanOp.Convolution op, int index) throws IOException {
        Layer layer = op.layer();
        ValueType type = layerType(layer);
        CpuTensor in = get(op.input(), type);
        ValueType outType = outputType(op);
        float outScale = scale(op.output(), outType);
        CpuTensor out = null;
        CpuTensor residual = null;
        float residualScale = 0;
        if (op.residual() != null) {
            residual = existing(op.residual(), outType);
            boolean free = lastUse.get(whole(op.residual()).name()) == index
                    && op.residual().batch() == null;
            if (residual != null && free) {
                residual.buffer().usedBy(steps.size());
            } else {
                residual = convert(op.residual(), outType, "copy of ");
            }
            residualScale = (float) (residual.scale() * blends.of(layer));
            out = residual.as(outType, outScale);
        }
        if (out == null) {
            out = CpuTensor.dense(
                    outType, outScale, in.images(), layer.out(), op.output().side());
        }
        CpuTensor amplified = op.amplified() == null ? null : get(op.amplified(), featureType());
        CpuStep step = primitives.winograd(op, in, out, residual, residualScale, amplified, threads);
        if (step == null) {
            step = primitives.convolution(
                    op, type, in, out, residual == null ? null : residual.type(), residualScale, amplified);
        }
        add(step, in, out, amplified);
        if (op.residual() != null) {
            // Its memory holds the sum now.
            CpuTensor sum = out;
            values.get(whole(op.residual()).name()).values().removeIf(v -> v.buffer() == sum.buffer());
        }
        put(op.output(), out);
    }

    /**
     * U8 or, without a ReLU, S8 where the layer computes in 8 bits and all readers can do with it; else BF16 (or F32).
     */
    private ValueType outputType(PlanOp.Convolution op) {
        if (layerType(op.layer()) != ValueType.U8) {
            return featureType();
        }
        for (PlanOp reader : readers.get(op.output().name())) {
            if (reader instanceof PlanOp.FuseCosine || reader instanceof PlanOp.MaxPool) {
                return ValueType.BF16;
            }
            if (reader instanceof PlanOp.Convolution c) {
                boolean read = c.input().name().equals(op.output().name());
                boolean added = c.residual() != null
                        && whole(c.residual()).name().equals(op.output().name());
                boolean blended = c.amplified() != null
                        && c.amplified().name().equals(op.output().name());
                if (blended || read && layerType(c.layer()) != ValueType.U8 || added && outputType(c) != ValueType.U8) {
                    return ValueType.BF16;
                }
            }
        }
        return op.relu() ? ValueType.U8 : ValueType.S8;
    }

    private void concatenate(PlanOp.Concatenate op) {
        boolean quantized = precision == Precision.INT8
                && readers.get(op.output().name()).stream()
                        .allMatch(r -> r instanceof PlanOp.Convolution c && layerType(c.layer()) == ValueType.U8);
        ValueType type = quantized ? ValueType.U8 : featureType();
        CpuTensor out = CpuTensor.dense(
                type,
                scale(op.output(), type),
                op.output().images(),
                op.output().channels(),
                op.output().side());
        int at = 0;
        for (PlanTensor input : op.inputs()) {
            // In whichever type it exists: the copy converts.
            CpuTensor in = nearest(input, type);
            CpuTensor slice = out.channels(at, in.channels());
            add(
                    primitives.reorder(op, op.output().part(), op.output().name() + " <- " + input.name(), in, slice),
                    in,
                    slice);
            at += in.channels();
        }
        put(op.output(), out);
    }

    private float scale(PlanTensor tensor, ValueType type) {
        return type.scaled() ? quantization.scale(tensor.name(), type) : 1;
    }

    /** The feature map in a type, converted (once, the whole batch) when it does not exist in it yet. */
    private CpuTensor get(PlanTensor tensor, ValueType type) {
        PlanTensor whole = whole(tensor);
        CpuTensor value = existing(whole, type);
        if (value == null || value.type() != type) {
            value = convert(whole, type, "");
            put(whole, value);
        }
        return tensor.batch() == null ? value : value.image(tensor.image());
    }

    /** The feature map in a type of this width (S8 for U8), or null. */
    private CpuTensor existing(PlanTensor tensor, ValueType type) {
        Map<ValueType, CpuTensor> types = values.get(whole(tensor).name());
        CpuTensor value = types.get(type);
        if (value == null && type == ValueType.U8) {
            value = types.get(ValueType.S8);
        }
        return value == null || tensor.batch() == null ? value : value.image(tensor.image());
    }

    private CpuTensor nearest(PlanTensor tensor, ValueType type) {
        CpuTensor value = existing(tensor, type);
        if (value != null) {
            return value;
        }
        CpuTensor any = values.get(whole(tensor).name()).values().iterator().next();
        return tensor.batch() == null ? any : any.image(tensor.image());
    }

    private CpuTensor convert(PlanTensor tensor, ValueType type, String prefix) {
        CpuTensor from = nearest(tensor, type);
        // A copy keeps its values: only a change of type needs the range.
        float scale = from.type() == type ? from.scale() : scale(whole(tensor), type);
        CpuTensor to = CpuTensor.dense(type, scale, from.images(), from.channels(), from.side());
        add(primitives.reorder(null, tensor.part(), prefix + tensor.name() + " -> " + type, from, to), from, to);
        return to;
    }

    private void put(PlanTensor tensor, CpuTensor value) {
        values.computeIfAbsent(tensor.name(), k -> new LinkedHashMap<>()).put(value.type(), value);
    }

    private void add(CpuStep step, CpuTensor... used) {
        for (CpuTensor value : used) {
            if (value != null) {
                value.buffer().usedBy(steps.size());
            }
        }
        steps.add(step);
    }

    private static PlanTensor whole(PlanTensor tensor) {
        return tensor.batch() == null ? tensor : tensor.batch();
    }
}
