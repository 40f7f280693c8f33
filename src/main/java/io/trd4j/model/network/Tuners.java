package io.trd4j.model.network;

/**
 * Which crossmodal tuners a student has. The method has both (SPEC section 2); with fewer, the same student shows what
 * a tuner is worth. Nothing takes the place of one that is left out: without filter the bottleneck sees own features
 * alone, without amplifier the decoder's stages follow one another directly, and the loss has no term for either.
 */
public enum Tuners {
    BOTH(true, true),
    FILTER(true, false),
    AMPLIFIER(false, true),
    NONE(false, false);

    private final boolean filter;
    private final boolean amplifier;

    Tuners(boolean filter, boolean amplifier) {
        this.filter = filter;
        this.amplifier = amplifier;
    }

    boolean filter() {
        return filter;
    }

    boolean amplifier() {
        return amplifier;
    }
}
