/**
 * Measurements on parts that go into a trained model file: calibration, precision tests, region of interest,
 * thresholds, drift reference. Its services print nothing: they report progress and return results.
 *
 * <p>Calls {@code inspect}, {@code drift}, {@code threshold}, {@code metrics}, {@code model}, {@code data},
 * {@code ops}, {@code jni}, {@code io} and LibTorch.
 */
package io.trd4j.calibrate;
