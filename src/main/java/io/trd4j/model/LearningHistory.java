package io.trd4j.model;

import java.util.ArrayList;
import java.util.List;

/**
 * How a model came from earlier ones by parts that somebody called OK.
 *
 * @param steps the oldest first
 */
public record LearningHistory(List<Step> steps) {
    /** Of a model that was trained or imported, and never learnt since. */
    public static final LearningHistory NONE = new LearningHistory(List.of());

    /**
     * One model from another.
     *
     * @param modelSha256 of the earlier model's file
     * @param time when, in UTC as ISO 8601 writes it
     * @param ok the parts that were called OK
     * @param ng those that were called NG
     * @param studentSteps optimiser steps of each student; 0 = only thresholds changed
     * @param learningRate of the first of them; null without any
     * @param seed of their order of parts; null without any
     * @param gate the check by which the model was accepted
     */
    public record Step(
            String modelSha256,
            String time,
            List<LearntPart> ok,
            List<LearntPart> ng,
            int studentSteps,
            Double learningRate,
            Long seed,
            Gate gate) {
        public Step {
            if (modelSha256 == null || !modelSha256.matches("[0-9a-f]{64}") || time == null || gate == null) {
                throw new IllegalArgumentException("a step of learning needs model_sha256, time and gate");
            }
            if (studentSteps < 0 || learningRate != null && !Double.isFinite(learningRate)) {
                throw new IllegalArgumentException("a step of learning has an impossible number of steps or rate");
            }
            ok = ok == null ? List.of() : List.copyOf(ok);
            ng = ng == null ? List.of() : List.copyOf(ng);
        }
    }

    /**
     * A part that a person judged.
     *
     * @param id what results call it
     * @param sha256 of its colour image and its second file, of those there are
     */
    public record LearntPart(String id, List<String> sha256) {
        public LearntPart {
            if (id == null) {
                throw new IllegalArgumentException("a part that was learnt needs an id");
            }
            sha256 = sha256 == null ? List.of() : List.copyOf(sha256);
        }
    }

    /**
     * Counts before and after, of the same parts.
     *
     * @param normal parts without a defect that were kept aside
     * @param okBefore how many of them were OK
     * @param okAfter how many are
     * @param defects known parts with a defect
     * @param foundBefore how many of them were NG
     * @param foundAfter how many are
     */
    public record Gate(int normal, int okBefore, int okAfter, int defects, int foundBefore, int foundAfter) {
        public Gate {
            if (Math.min(okBefore, okAfter) < 0
                    || Math.max(okBefore, okAfter) > normal
                    || Math.min(foundBefore, foundAfter) < 0
                    || Math.max(foundBefore, foundAfter) > defects) {
                throw new IllegalArgumentException("a gate has impossible counts of parts");
            }
        }
    }

    public LearningHistory {
        steps = steps == null ? List.of() : List.copyOf(steps);
    }

    /** The same and one step more. */
    public LearningHistory and(Step step) {
        List<Step> all = new ArrayList<>(steps);
        all.add(step);
        return new LearningHistory(all);
    }
}
