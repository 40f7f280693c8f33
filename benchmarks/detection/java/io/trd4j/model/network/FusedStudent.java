package io.trd4j.model.network;

import io.trd4j.model.Backbone;
import io.trd4j.model.network.ConvNorm.Mode;
import org.bytedeco.pytorch.Tensor;

/**
 * A baseline for the method: one student for both modalities at once. It stands in the package of its parts, which the
 * library does not publish. It has the bottleneck of a {@link Student}, the second modality's own features in the place
 * of the filter's, and per modality the decoder of a student without amplifier. Beside two independent students
 * ({@link Tuners#NONE}) it differs by the one code that both modalities share, and by nothing that would make it weaker
 * for another reason: every reconstruction has a whole decoder.
 */
public final class FusedStudent implements AutoCloseable {
    private final Weights weights;
    private final StudentBottleneck bottleneck;
    private final Decoder decoderRgb;
    private final Decoder decoderSecond;

    /** All tensors zero: initialise them. */
    public FusedStudent(Backbone backbone) {
        weights = new Weights();
        bottleneck = new StudentBottleneck(weights, "bn", backbone, 2);
        decoderRgb = new Decoder(weights, "decoder_rgb", backbone, false);
        decoderSecond = new Decoder(weights, "decoder_second", backbone, false);
    }

    public Weights weights() {
        return weights;
    }

    /**
     * Both modalities' features as {@link Features#channels} joins them; the caller holds a NoGradGuard and a
     * PointerScope.
     */
    public Features apply(Features rgb, Features second) {
        return run(rgb, second, Mode.EVALUATE);
    }

    /** The same with batch statistics; the caller holds a PointerScope until after backward. */
    public Features train(Features rgb, Features second) {
        return run(rgb, second, Mode.TRAIN);
    }

    private Features run(Features rgb, Features second, Mode mode) {
        Tensor code = bottleneck.apply(rgb, second, mode);
        return decoderRgb
                .apply(code, null, mode)
                .plain()
                .channels(decoderSecond.apply(code, null, mode).plain());
    }

    @Override
    public void close() {
        weights.close();
    }
}
