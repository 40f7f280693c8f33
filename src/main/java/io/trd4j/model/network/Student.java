package io.trd4j.model.network;

import io.trd4j.model.Backbone;
import io.trd4j.model.network.ConvNorm.Mode;
import org.bytedeco.pytorch.Tensor;

/**
 * One branch's student: Crossmodal Filter, Crossmodal Amplifier, bottleneck and decoder (SPEC section 2). Tensors carry
 * the official checkpoints' names.
 */
public final class Student implements AutoCloseable {
    /**
     * Everything a pass computes; inference uses {@code fused}, training compares all but {@code code} with the
     * teacher.
     *
     * @param filter null without filter
     * @param amplifier null without amplifier; {@code fused} is then {@code plain}
     */
    public record Output(Features filter, Features amplifier, Tensor code, Features plain, Features fused) {}

    private final Weights weights;
    private final StudentBottleneck bottleneck;
    private final Decoder decoder;
    /** Null where it is left out; the other likewise. */
    private final CrossmodalFilter filter;

    private final CrossmodalAmplifier amplifier;

    Student(Backbone backbone, Tuners tuners) {
        weights = new Weights();
        bottleneck = new StudentBottleneck(weights, "bn", backbone, tuners.filter() ? 2 : 1);
        decoder = new Decoder(weights, "decoder", backbone, tuners.amplifier());
        filter = tuners.filter() ? new CrossmodalFilter(weights, "projector_filter", backbone) : null;
        amplifier = tuners.amplifier() ? new CrossmodalAmplifier(weights, "projector_amply", backbone) : null;
    }

    public Weights weights() {
        return weights;
    }

    /** Inference pass; the caller holds a NoGradGuard and a PointerScope. */
    public Output apply(Features own, Features other) {
        return run(own, other, Mode.EVALUATE);
    }

    /**
     * Training pass: BatchNorm uses and updates batch statistics; the caller holds a PointerScope until after backward.
     * Of bfloat16 features, what comes out is bfloat16, too; weights and their gradients are float32 all the same.
     */
    public Output train(Features own, Features other) {
        return run(own, other, Mode.TRAIN);
    }

    private Output run(Features own, Features other, Mode mode) {
        Features filtered = filter == null ? null : filter.apply(other, mode);
        Features amplified = amplifier == null ? null : amplifier.apply(other, mode);
        Tensor code = bottleneck.apply(own, filtered, mode);
        Decoder.Output decoded = decoder.apply(code, amplified, mode);
        return new Output(filtered, amplified, code, decoded.plain(), decoded.fused());
    }

    @Override
    public void close() {
        weights.close();
    }
}
