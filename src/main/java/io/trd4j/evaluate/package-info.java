/**
 * Evaluation of a model on labelled parts: scores, maps, the official metrics, and what changed since an earlier
 * evaluation. Prints nothing.
 *
 * <p>Calls {@code inspect}, {@code metrics}, {@code model}, {@code data} and {@code io}.
 */
package io.trd4j.evaluate;
