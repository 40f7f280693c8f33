package io.trd4j.model;

import com.fasterxml.jackson.annotation.JsonValue;
import io.trd4j.io.Keyed;

/**
 * A limit on a score, and where it comes from. Rates are shares from 0 to 1.
 *
 * @param value the verdict is the worse one when the score is above it; in standard deviations, as the score
 * @param method null is taken as {@link Method#UNRECORDED}
 * @param rate what was asked for: with EXACT and TAIL the share of normal parts above the value, with FNR the share of
 *     parts with a defect not above it; null with other methods
 * @param confidence one-sided, that the true rate is at most that; null with other methods
 * @param evidence null for a value from elsewhere: BY_HAND, UNRECORDED
 */
public record Threshold(double value, Method method, Double rate, Double confidence, Evidence evidence) {
    /** How a value was found. */
    public enum Method implements Keyed {
        /** Order statistic of the scores: holds whatever their distribution. */
        EXACT,
        /** Generalised Pareto model of the tail of the scores: holds if the model does. */
        TAIL,
        /** The best F1 on labelled parts, without a promise. */
        MAX_F1,
        /** Order statistic of the scores of parts with a defect. */
        FNR,
        BY_HAND,
        /** From a file that does not say. */
        UNRECORDED;

        /** As on the command line and in files: {@code exact, tail, max-f1, fnr, by-hand, unrecorded}. */
        @Override
        @JsonValue
        public String key() {
            return Keyed.hyphenated(this);
        }
    }

    /**
     * The data that a value was computed from.
     *
     * @param normal parts without a defect whose scores were used
     * @param falseRejects how many of them are above the value
     * @param anomalous parts with a defect whose scores were used
     * @param missed how many of them are not above the value
     * @param rank EXACT: the value is the rank-th largest score of a normal part; FNR: it lies just below the rank-th
     *     smallest of a part with a defect; else null
     * @param f1 MAX_F1: the F1 of these parts; else null
     * @param tail TAIL: the fit; else null
     * @param dataSha256 of the parts: per part, in their order, its id in UTF-8, a zero byte, the SHA-256 of its colour
     *     image and that of its second file
     * @param precision arithmetic that computed the scores: {@link Precision#key}
     * @param device that computed them: {@code cpu}, or {@code cuda:0 (name of the GPU)}
     */
    public record Evidence(
            int normal,
            int falseRejects,
            int anomalous,
            int missed,
            Integer rank,
            Double f1,
            Tail tail,
            String dataSha256,
            String precision,
            String device) {
        public Evidence {
            if (normal < 0
                    || anomalous < 0
                    || falseRejects < 0
                    || falseRejects > normal
                    || missed < 0
                    || missed > anomalous) {
                throw new IllegalArgumentException("a threshold's evidence has impossible counts of parts");
            }
            if (f1 != null && !(f1 >= 0 && f1 <= 1) || rank != null && rank < 1) {
                throw new IllegalArgumentException("a threshold's evidence has an impossible f1 or rank");
            }
            if (dataSha256 == null || precision == null || device == null) {
                throw new IllegalArgumentException("a threshold's evidence needs data_sha256, precision and device");
            }
        }
    }

    /**
     * A model of the scores' tail.
     *
     * @param estimate the threshold without its confidence margin
     * @param level scores above it are the tail
     * @param peaks how many they were
     * @param shape of the generalised Pareto distribution
     * @param scale in standard deviations, as the score
     * @param andersonDarling distance of the peaks from the fit
     * @param pValue how often peaks from the fit itself are that far: small = the model is doubtful
     */
    public record Tail(
            double estimate,
            double level,
            int peaks,
            double shape,
            double scale,
            double andersonDarling,
            double pValue) {
        public Tail {
            if (!Double.isFinite(estimate + level + shape + scale + andersonDarling + pValue) || peaks < 1) {
                throw new IllegalArgumentException("the tail of a threshold needs finite numbers and peaks");
            }
        }
    }

    public Threshold {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("a threshold must be a finite number, not " + value);
        }
        if (!share(rate) || !share(confidence)) {
            throw new IllegalArgumentException(
                    "a threshold's rate and confidence lie between 0 and 1, not " + rate + " and " + confidence);
        }
        method = method == null ? Method.UNRECORDED : method;
    }

    private static boolean share(Double value) {
        return value == null || value > 0 && value < 1;
    }

    /** One that a person chose. */
    public static Threshold byHand(double value) {
        return new Threshold(value, Method.BY_HAND, null, null, null);
    }

    /** One whose origin its file does not say. */
    public static Threshold unrecorded(double value) {
        return new Threshold(value, Method.UNRECORDED, null, null, null);
    }
}
