package io.trd4j.cli;

/**
 * An evaluation's finding on one part.
 *
 * @param score of the combined map
 * @param verdict empty when the model has no thresholds
 */
record PartResult(String id, boolean anomalous, double score, String verdict) {}
