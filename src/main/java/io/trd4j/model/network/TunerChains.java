package io.trd4j.model.network;

import io.trd4j.model.network.ConvNorm.Mode;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Both tuners are three independent chains of convolution, BN, ReLU: one per scale. */
final class TunerChains {
    private TunerChains() {}

    static Features apply(List<List<ConvNorm>> chains, Features x, Mode mode) {
        return new Features(
                run(chains.get(0), x.f1(), mode), run(chains.get(1), x.f2(), mode), run(chains.get(2), x.f3(), mode));
    }

    private static Tensor run(List<ConvNorm> chain, Tensor x, Mode mode) {
        for (ConvNorm layer : chain) {
            x = layer.applyRelu(x, mode);
        }
        return x;
    }
}
