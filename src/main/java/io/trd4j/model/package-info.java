/**
 * A trained model as data: its file, the facts in it (backbone, size, calibration, thresholds, region of interest,
 * drift reference), the names of its tensors, and where its weights come from. No tensor is computed here.
 *
 * <p>Calls {@code model.tensorfile} and {@code io}.
 */
package io.trd4j.model;
