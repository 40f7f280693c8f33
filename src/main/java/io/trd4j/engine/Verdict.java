package io.trd4j.engine;

/** What the score says against the model's threshold. */
public enum Verdict {
    /** Score at or below the threshold. */
    OK,
    /** Score above the threshold: not good. */
    NG,
    /** The model has no threshold yet. */
    NONE
}
