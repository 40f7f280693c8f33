package io.trd4j.engine.plan;

import java.util.Locale;

/** Parts of the network (SPEC section 2), in the order in which they compute. */
public enum NetworkPart {
    TEACHER,
    /** The Crossmodal Filter. */
    FILTER,
    BOTTLENECK,
    /** The Crossmodal Amplifier. */
    AMPLIFIER,
    DECODER,
    /** From features to distances: no layers, no weights. */
    DISTANCE;

    /** For listings. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
