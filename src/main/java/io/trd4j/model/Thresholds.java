package io.trd4j.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A model's thresholds, for each of its scores. A part is not good (NG) when any score is above its NG limit; else it
 * is to be looked at (REVIEW) when any score is above its review limit; else it is good.
 *
 * @param combined of parts with both modalities, as {@code rgb} and {@code depth}
 * @param rgbOnly of parts inspected without their second modality, which have this score alone
 * @param depthOnly of parts inspected without their colour image, which have this score alone
 */
public record Thresholds(Limits combined, Limits rgb, Limits depth, Limits rgbOnly, Limits depthOnly) {
    public static final Thresholds NONE = new Thresholds(null, null, null, null, null);

    /**
     * The limits of one score.
     *
     * @param ng above it a part is not good; null = not set
     * @param review above it a part is at least to be looked at; null = not set; not above {@code ng}
     */
    public record Limits(Threshold ng, Threshold review) {
        public static final Limits NONE = new Limits(null, null);

        public Limits {
            if (ng != null && review != null && review.value() > ng.value()) {
                throw new IllegalArgumentException(
                        "the review threshold " + review.value() + " is above the NG threshold " + ng.value());
            }
        }

        /** Those that are set, NG first. */
        public Stream<Threshold> all() {
            return Stream.of(ng, review).filter(Objects::nonNull);
        }
    }

    public Thresholds {
        combined = combined == null ? Limits.NONE : combined;
        rgb = rgb == null ? Limits.NONE : rgb;
        depth = depth == null ? Limits.NONE : depth;
        rgbOnly = rgbOnly == null ? Limits.NONE : rgbOnly;
        depthOnly = depthOnly == null ? Limits.NONE : depthOnly;
    }

    /** The limits of one score; none of them set is {@link Limits#NONE}. */
    public Limits of(ScoreBranch branch) {
        return switch (branch) {
            case COMBINED -> combined;
            case RGB -> rgb;
            case DEPTH -> depth;
            case RGB_ONLY -> rgbOnly;
            case DEPTH_ONLY -> depthOnly;
        };
    }

    /** The same with other limits for one score. */
    public Thresholds with(ScoreBranch branch, Limits limits) {
        return new Thresholds(
                branch == ScoreBranch.COMBINED ? limits : combined,
                branch == ScoreBranch.RGB ? limits : rgb,
                branch == ScoreBranch.DEPTH ? limits : depth,
                branch == ScoreBranch.RGB_ONLY ? limits : rgbOnly,
                branch == ScoreBranch.DEPTH_ONLY ? limits : depthOnly);
    }

    /** Whether there is one at all. */
    public boolean any() {
        return all().findAny().isPresent();
    }

    /** All that are set: by score as {@link ScoreBranch} lists them, NG first. */
    public Stream<Threshold> all() {
        return Arrays.stream(ScoreBranch.values()).map(this::of).flatMap(Limits::all);
    }

    /**
     * As results have them: {@code {"combined": {"ng": 3.2, "review": 2.5}}}, of the scores that have a limit; null
     * when none has.
     */
    public Map<String, Map<String, Double>> values() {
        Map<String, Map<String, Double>> all = new LinkedHashMap<>();
        for (ScoreBranch branch : ScoreBranch.values()) {
            Limits limits = of(branch);
            if (limits.all().findAny().isPresent()) {
                Map<String, Double> values = new LinkedHashMap<>();
                values.put("ng", limits.ng() == null ? null : limits.ng().value());
                values.put(
                        "review",
                        limits.review() == null ? null : limits.review().value());
                all.put(branch.key(), values);
            }
        }
        return all.isEmpty() ? null : all;
    }

    /** The value of a limit, or infinity when it is not set: no score is above that. */
    public double value(ScoreBranch branch, Function<Limits, Threshold> limit) {
        Threshold threshold = limit.apply(of(branch));
        return threshold == null ? Double.POSITIVE_INFINITY : threshold.value();
    }
}
