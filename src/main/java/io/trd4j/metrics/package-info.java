/**
 * Measures of detection on labelled parts (SPEC section 6): ROC, precision and recall, per-region overlap, best F1,
 * outliers. Numbers in, numbers out.
 *
 * <p>Calls nothing of the project.
 */
package io.trd4j.metrics;
