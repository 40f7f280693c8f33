package io.trd4j.train;

/** Mean distillation loss of normal parts, per student: cosine distances, 0 to 24. */
public record ValidationLoss(double rgb, double depth) {}
