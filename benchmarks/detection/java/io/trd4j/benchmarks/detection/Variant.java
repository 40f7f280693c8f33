package io.trd4j.benchmarks.detection;

import io.trd4j.io.InputException;
import io.trd4j.model.network.Tuners;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A part of the method that is left out, or something put in its place. */
enum Variant {
    /** The method as shipped. */
    FULL("full", Tuners.BOTH),
    NO_FILTER("no-filter", Tuners.AMPLIFIER),
    NO_AMPLIFIER("no-amplifier", Tuners.FILTER),
    /** Without both tuners: plain reverse distillation per modality, the maps added. */
    INDEPENDENT("independent", Tuners.NONE),
    /** One student and one map over both modalities ({@link io.trd4j.model.network.FusedStudent}). */
    FUSED("fused", null),
    /** The rgb map of INDEPENDENT alone. */
    RGB_ONLY("rgb-only", Tuners.NONE),
    /** The second modality's map of INDEPENDENT alone. */
    SECOND_ONLY("second-only", Tuners.NONE);

    private final String key;
    private final Tuners tuners;

    Variant(String key, Tuners tuners) {
        this.key = key;
        this.tuners = tuners;
    }

    static Variant of(String key) {
        return Arrays.stream(values())
                .filter(v -> v.key.equals(key))
                .findFirst()
                .orElseThrow(() -> new InputException("unknown variant '" + key + "'; use some of "
                        + Arrays.stream(values()).map(Variant::key).collect(Collectors.joining(","))));
    }

    /** As it is spelled on the command line and in folders' names. */
    String key() {
        return key;
    }

    /** The tuners of its two students; null for FUSED, which has one student. */
    Tuners tuners() {
        return tuners;
    }

    /** The variant whose training gives this one's maps too: independent branches do not know of each other. */
    Variant trainedAs() {
        return tuners == Tuners.NONE ? INDEPENDENT : this;
    }

    /** Which of the branches' maps it has: -1 = all. */
    int onlyBranch() {
        return this == RGB_ONLY ? 0 : this == SECOND_ONLY ? 1 : -1;
    }
}
