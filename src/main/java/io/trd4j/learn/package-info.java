/**
 * A model that learns what somebody called OK: thresholds again, student steps if asked, and the gate that a new model
 * passes before it is written. Its services print nothing: they report progress and return results.
 *
 * <p>Calls {@code train}, {@code calibrate}, {@code inspect}, {@code align}, {@code model}, {@code data} and
 * {@code io}.
 */
package io.trd4j.learn;
