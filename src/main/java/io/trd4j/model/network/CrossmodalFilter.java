package io.trd4j.model.network;

import io.trd4j.model.Backbone;
import io.trd4j.model.network.ConvNorm.Mode;
import java.util.ArrayList;
import java.util.List;

/**
 * The Crossmodal Filter: predicts a modality's normal features from the other modality's through a bottleneck at S/32.
 * Per scale a chain of 2x2 stride-2 convolutions down, doubling the channels, and transposed ones back up (SPEC section
 * 2).
 */
final class CrossmodalFilter {
    private final List<List<ConvNorm>> chains = new ArrayList<>();

    CrossmodalFilter(Weights weights, String prefix, Backbone backbone) {
        for (int scale = 1; scale <= 3; scale++) {
            chains.add(
                    chain(weights, prefix + ".conv_" + "abc".charAt(scale - 1), backbone.channels(scale), 4 - scale));
        }
    }

    private static List<ConvNorm> chain(Weights weights, String prefix, long channels, int depth) {
        List<ConvNorm> chain = new ArrayList<>();
        for (int step = 0; step < 2 * depth; step++) {
            // A Sequential of convolution, BN, ReLU per step: the tensors sit at indices 3*step and 3*step + 1.
            String conv = prefix + "." + 3 * step;
            String norm = prefix + "." + (3 * step + 1);
            int level = step < depth ? step : 2 * depth - step;
            chain.add(
                    step < depth
                            ? ConvNorm.conv(weights, conv, norm, channels << level, channels << (level + 1), 2, 2)
                            : ConvNorm.up(weights, conv, norm, channels << level, channels << (level - 1)));
        }
        return chain;
    }

    Features apply(Features other, Mode mode) {
        return TunerChains.apply(chains, other, mode);
    }
}
