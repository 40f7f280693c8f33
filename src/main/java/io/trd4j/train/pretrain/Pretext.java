package io.trd4j.train.pretrain;

/**
 * Task of a teacher during pretraining; in every case its features must also stay spread
 * ({@link PretextLoss#collapse}).
 */
public enum Pretext {
    /**
     * At every position: name the textures and marks, and measure albedo or slope and curvature as they are without
     * noise.
     */
    DENSE(true, true, false),
    /** Only the names. */
    CLASSES(true, false, false),
    /** Find every position's place again in another view of the same scene. */
    CONTRAST(false, false, true),
    ALL(true, true, true);

    final boolean classes;
    final boolean measures;
    final boolean contrast;

    Pretext(boolean classes, boolean measures, boolean contrast) {
        this.classes = classes;
        this.measures = measures;
        this.contrast = contrast;
    }
}
