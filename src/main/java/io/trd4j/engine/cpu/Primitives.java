package io.trd4j.engine.cpu;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_SCALES;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import io.trd4j.engine.cpu.CpuStep.Argument;
import io.trd4j.engine.cpu.Primitives.PackedLayer.OneDnnLayer;
import io.trd4j.engine.cpu.Primitives.PackedLayer.WinogradLayer;
import io.trd4j.engine.plan.Layer;
import io.trd4j.engine.plan.NetworkPart;
import io.trd4j.engine.plan.PlanOp;
import io.trd4j.ops.Ops;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.deconvolution_forward;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.global.dnnl.scratchpad_mode;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.pooling_forward;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * Makes oneDNN primitives, with everything that follows a convolution fused into it, and remembers which weights to
 * pack.
 */
final class Primitives {
    private final OneDnn.Owner owner;
    private final List<PackedLayer> layers = new ArrayList<>();
    private long scratchBytes;

    Primitives(OneDnn.Owner owner) {
        this.owner = owner;
    }

    /** A layer's memory in the form its step wants, to be filled by WeightPacker. */
    sealed interface PackedLayer {
        Layer layer();

        /** For a oneDNN primitive; {@code weightScales} only in 8 bits, else null. */
        record OneDnnLayer(Layer layer, memory weights, memory bias, memory weightScales) implements PackedLayer {}

        record WinogradLayer(Layer layer, BytePointer weights, FloatPointer bias) implements PackedLayer {}
    }

    List<PackedLayer> layers() {
        return layers;
    }

    /** The largest scratchpad of all primitives made. */
    long scratchBytes() {
        return scratchBytes;
    }

    /**
     * @param type in which it computes
     * @param residualType of the residual that {@code out}'s memory holds before, or null when there is none
     * @param residualScale what the stored residual is multiplied with
     */
    CpuStep convolution(
            PlanOp.Convolution op,
            ValueType type,
            CpuTensor in,
            CpuTensor out,
            ValueType residualType,
            float residualScale,
            CpuTensor amplified) {
        Layer layer = op.layer();
        try (PointerScope scope = new PointerScope()) {
            boolean quantized = type == ValueType.U8;
            List<Argument> arguments = new ArrayList<>();
            primitive_attr attributes = attributes();
            post_ops fused = new post_ops();
            if (residualType != null) {
                fused.append_sum(residualScale, 0, residualType.dnnl);
            }
            if (op.relu()) {
                fused.append_eltwise(algorithm.eltwise_relu, 0, 0);
            }
            if (amplified != null) {
                arguments.add(new Argument(
                        DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (fused.len() + 1) | DNNL_ARG_SRC_1, amplified));
                fused.append_binary(algorithm.binary_add, description(amplified));
            }
            attributes.set_post_ops(fused);
            memory weightScales = null;
            if (quantized) {
                weightScales = owner.own(new memory(vector(layer.out()), OneDnn.engine()));
                scale(attributes, arguments, DNNL_ARG_SRC, in.scale());
                attributes.set_scales_mask(DNNL_ARG_WEIGHTS, 1);
                arguments.add(new Argument(DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS, weightScales));
                if (out.type().scaled()) {
                    scale(attributes, arguments, DNNL_ARG_DST, out.scale());
                }
            }
            memory.desc weights = new memory.desc(
                    new long[] {layer.out(), layer.in(), layer.kernel(), layer.kernel()},
                    quantized ? data_type.s8 : type.dnnl,
                    format_tag.any);
            long[] stride = {layer.stride(), layer.stride()};
            long[] padding = {layer.padding(), layer.padding()};
            primitive_desc_base made;
            primitive run;
            memory.desc packed;
            if (layer.transposed()) {
                var description = new deconvolution_forward.primitive_desc(
                        OneDnn.engine(),
                        prop_kind.forward_inference,
                        algorithm.deconvolution_direct,
                        description(in),
                        weights,
                        vector(layer.out()),
                        description(out),
                        stride,
                        padding,
                        padding,
                        attributes,
                        false);
                run = owner.own(new deconvolution_forward(description));
                packed = description.weights_desc();
                made = description;
            } else {
                var description = new convolution_forward.primitive_desc(
                        OneDnn.engine(),
                        prop_kind.forward_inference,
                        algorithm.convolution_direct,
                        description(in),
                        weights,
                        vector(layer.out()),
                        description(out),
                        stride,
                        padding,
                        padding,
                        attributes,
                        false);
                run = owner.own(new convolution_forward(description));
                packed = description.weights_desc();
                made = description;
            }
            OneDnnLayer layerMemory = new OneDnnLayer(
                    layer,
                    owner.own(new memory(packed, OneDnn.engine())),
                    owner.own(new memory(vector(layer.out()), OneDnn.engine())),
                    weightScales);
            layers.add(layerMemory);
            arguments.add(new Argument(DNNL_ARG_SRC, in));
            arguments.add(new Argument(DNNL_ARG_WEIGHTS, layerMemory.weights()));
            arguments.add(new Argument(DNNL_ARG_BIAS, layerMemory.bias()));
            arguments.add(new Argument(DNNL_ARG_DST, out));
            return step(op, layer.part(), layer.convolution(), made, run, out, arguments);
        }
    }

    /**
     * A 3x3 convolution by libtrd's Winograd kernel, which computes in FP32 on FP32 or BF16 features; or null where
     * oneDNN's direct one is faster or the CPU lacks the instructions.
     *
     * @param residual added before the ReLU, or null; may be {@code out}'s memory
     */
    CpuStep winograd(
            PlanOp.Convolution op,
            CpuTensor in,
            CpuTensor out,
            CpuTensor residual,
            float residualScale,
            CpuTensor amplified,
            int threads) {
        Layer layer = op.layer();
        boolean shape = !layer.transposed() && layer.kernel() == 3 && in.isDense();
        boolean type = in.type() == out.type() && !in.type().scaled();
        if (!shape
                || !type
                || !Ops.winogradPays(
                        in.type().element(),
                        in.images(),
                        in.side(),
                        in.side(),
                        layer.in(),
                        layer.out(),
                        layer.stride())) {
            return null;
        }
        long bytes = Ops.winogradPackedBytes(layer.in(), layer.out());
        BytePointer packed = owner.allocate(bytes);
        FloatPointer bias = owner.own(new FloatPointer((long) layer.out()));
        layers.add(new WinogradLayer(layer, packed, bias));
        long scratch = Ops.winogradWorkspaceBytes(
                in.images(), in.side(), in.side(), layer.in(), layer.out(), layer.stride(), threads);
        scratchBytes = Math.max(scratchBytes, scratch);
        return new CpuStep.Winograd(op, in, residual, residualScale, amplified, out, packed, bias, scratch);
    }

    CpuStep maxPool(PlanOp.MaxPool op, CpuTensor in, CpuTensor out) {
        try (PointerScope scope = new PointerScope()) {
            long[] one = {1, 1};
            var description = new pooling_forward.primitive_desc(
                    OneDnn.engine(),
                    prop_kind.forward_inference,
                    algorithm.pooling_max,
                    description(in),
                    description(out),
                    new long[] {2, 2},
                    new long[] {3, 3},
                    new long[] {0, 0},
                    one,
                    one,
                    attributes(),
                    false);
            primitive run = owner.own(new pooling_forward(description));
            return step(
                    op,
                    op.output().part(),
                    op.output().name(),
                    description,
                    run,
                    out,
                    List.of(new Argument(DNNL_ARG_SRC, in), new Argument(DNNL_ARG_DST, out)));
        }
    }

    /**
     * Copies, with a change of type or scale where they differ.
     *
     * @param part of the network that the copy belongs to
     */
    CpuStep reorder(PlanOp op, NetworkPart part, String name, CpuTensor in, CpuTensor out) {
        try (PointerScope scope = new PointerScope()) {
            List<Argument> arguments = new ArrayList<>();
            primitive_attr attributes = attributes();
            if (in.type() != out.type() || in.scale() != out.scale()) {
                if (in.type().scaled()) {
                    scale(attributes, arguments, DNNL_ARG_SRC, in.scale());
                }
                if (out.type().scaled()) {
                    scale(attributes, arguments, DNNL_ARG_DST, out.scale());
                }
            }
            var description = new reorder.primitive_desc(
                    OneDnn.engine(), description(in), OneDnn.engine(), description(out), attributes, false);
            primitive run = owner.own(new reorder(description));
            arguments.add(new Argument(DNNL_ARG_SRC, in));
            arguments.add(new Argument(DNNL_ARG_DST, out));
            return step(op, part, name, description, run, out, arguments);
        }
    }

    static memory.desc description(CpuTensor value) {
        long row = (long) value.side() * value.pixelStride();
        return new memory.desc(
                new long[] {value.images(), value.channels(), value.side(), value.side()},
                value.type().dnnl,
                new long[] {row * value.side(), 1, row, value.pixelStride()});
    }

    static memory.desc vector(int length) {
        return new memory.desc(new long[] {length}, data_type.f32, format_tag.a);
    }

    private static primitive_attr attributes() {
        primitive_attr attributes = new primitive_attr();
        // oneDNN would otherwise allocate in every call, or keep one pad per primitive.
        attributes.set_scratchpad_mode(scratchpad_mode.user);
        return attributes;
    }

    private void scale(primitive_attr attributes, List<Argument> arguments, int argument, float value) {
        attributes.set_scales_mask(argument, 0);
        memory one = owner.own(new memory(vector(1), OneDnn.engine()));
        new FloatPointer(one.get_data_handle()).put(0, value);
        arguments.add(new Argument(DNNL_ARG_ATTR_SCALES | argument, one));
    }

    private CpuStep step(
            PlanOp op,
            NetworkPart part,
            String name,
            primitive_desc_base description,
            primitive run,
            CpuTensor out,
            List<Argument> arguments) {
        List<Argument> all = new ArrayList<>(arguments);
        memory.desc scratchpad = owner.own(new memory.desc(description.scratchpad_desc()));
        scratchBytes = Math.max(scratchBytes, scratchpad.get_size());
        all.add(new Argument(DNNL_ARG_SCRATCHPAD, scratchpad));
        return new CpuStep.Primitive(
                op,
                part,
                name,
                description.impl_info_str().getString(),
                out,
                owner.own(run.get()),
                all.toArray(new Argument[0]));
    }
}
