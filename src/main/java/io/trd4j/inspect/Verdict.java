package io.trd4j.inspect;

/** Judgement of a part's three scores by the model's thresholds ({@link io.trd4j.model.Thresholds}). */
public enum Verdict {
    /** No score above a threshold. */
    OK,
    /** A score above its review threshold, none above its NG threshold: somebody looks at the part. */
    REVIEW,
    /** A score above its NG threshold: not good. */
    NG,
    /** The model has no threshold. */
    NONE
}
