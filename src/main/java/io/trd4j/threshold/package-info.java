/**
 * Thresholds with a promise from scores of normal parts: order statistics and tail models. Knows only numbers.
 *
 * <p>Calls Hipparchus, which only {@code drift} calls besides, and nothing of the project.
 */
package io.trd4j.threshold;
