package io.trd4j.model.network;

import io.trd4j.model.Backbone;
import io.trd4j.model.network.ConvNorm.Mode;
import io.trd4j.model.network.ResidualStage.Pass;
import io.trd4j.model.network.ResidualStage.Resampling;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The decoder: three upsampling stages, each blended with the amplifier's features by a learned softmax pair (SPEC
 * section 2).
 */
final class Decoder {
    /** Plain outputs d1..d3 and fused outputs g1..g3, which are the plain ones where nothing is blended in. */
    record Output(Features plain, Features fused) {}

    private final List<ResidualStage> stages;
    private final List<Tensor> blends;

    /** @param blended whether an amplifier's features are blended in */
    Decoder(Weights weights, String prefix, Backbone backbone, boolean blended) {
        int e = backbone.expansion();
        // The blends are direct parameters of the decoder: a state dict lists them before those of its stages.
        blends = !blended
                ? List.of()
                : List.of(
                        weights.create(prefix + ".w_a", Weights.Kind.BLEND, 2),
                        weights.create(prefix + ".w_b", Weights.Kind.BLEND, 2),
                        weights.create(prefix + ".w_c", Weights.Kind.BLEND, 2));
        stages = List.of(
                new ResidualStage(
                        weights,
                        prefix + ".layer1",
                        backbone,
                        512L * e,
                        256,
                        backbone.blocks().get(0),
                        Resampling.UP),
                new ResidualStage(
                        weights,
                        prefix + ".layer2",
                        backbone,
                        256L * e,
                        128,
                        backbone.blocks().get(1),
                        Resampling.UP),
                new ResidualStage(
                        weights,
                        prefix + ".layer3",
                        backbone,
                        128L * e,
                        64,
                        backbone.blocks().get(2),
                        Resampling.UP));
    }

    /** @param amplified null in a decoder that blends nothing in */
    Output apply(Tensor code, Features amplified, Mode mode) {
        List<Tensor> a = amplified == null ? List.of() : List.of(amplified.f3(), amplified.f2(), amplified.f1());
        Tensor[] plain = new Tensor[3];
        Tensor[] fused = new Tensor[3];
        Tensor x = code;
        for (int i = 0; i < 3; i++) {
            plain[i] = stages.get(i).apply(x, Pass.of(mode));
            x = blends.isEmpty() ? plain[i] : blend(blends.get(i), plain[i], a.get(i));
            fused[i] = x;
        }
        return new Output(new Features(plain[2], plain[1], plain[0]), new Features(fused[2], fused[1], fused[0]));
    }

    private static Tensor blend(Tensor pair, Tensor plain, Tensor amplified) {
        Tensor w = torch.softmax(pair, 0);
        return w.select(0, 0).mul(plain).add(w.select(0, 1).mul(amplified));
    }
}
