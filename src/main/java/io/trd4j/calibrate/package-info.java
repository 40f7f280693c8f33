/**
 * Thresholds, drift reference and calibration of a trained model, measured on its parts.
 *
 * <p>Calls {@code threshold}, {@code model} and what scores parts; see ArchitectureTest.
 */
package io.trd4j.calibrate;
