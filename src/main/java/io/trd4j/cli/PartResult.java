package io.trd4j.cli;

/**
 * What an evaluation found of a part.
 *
 * @param score of the combined map
 * @param verdict empty when the model has no thresholds
 */
record PartResult(String id, boolean anomalous, double score, String verdict) {}
