package io.trd4j.model.network;

import io.trd4j.model.Backbone;
import io.trd4j.model.network.ConvNorm.Mode;
import java.util.ArrayList;
import java.util.List;

/**
 * The Crossmodal Amplifier: predicts a modality's normal features from the other modality's without a bottleneck. Per
 * scale conv3x3 (C to C), conv1x1 (C to 2C), conv1x1 (2C to C) (SPEC section 2).
 */
final class CrossmodalAmplifier {
    private final List<List<ConvNorm>> chains = new ArrayList<>();

    CrossmodalAmplifier(Weights weights, String prefix, Backbone backbone) {
        for (int scale = 1; scale <= 3; scale++) {
            String name = prefix + ".conv_" + "abc".charAt(scale - 1);
            long c = backbone.channels(scale);
            chains.add(List.of(
                    ConvNorm.conv(weights, name + ".0", name + ".1", c, c, 3, 1),
                    ConvNorm.conv(weights, name + ".3", name + ".4", c, 2 * c, 1, 1),
                    ConvNorm.conv(weights, name + ".6", name + ".7", 2 * c, c, 1, 1)));
        }
    }

    Features apply(Features other, Mode mode) {
        return TunerChains.apply(chains, other, mode);
    }
}
