package io.trd4j.evaluate;

/**
 * An evaluation's finding on one part.
 *
 * @param id of the part within its category
 * @param score of the combined map
 * @param verdict OK, REVIEW or NG; empty when the model has no thresholds
 */
public record PartResult(String id, boolean anomalous, double score, String verdict) {}
