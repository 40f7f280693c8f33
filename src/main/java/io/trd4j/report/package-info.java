/**
 * The HTML report: tables, curves, heat maps and pictures of parts, in one file that needs no network; the model card;
 * thresholds and regions of interest in words.
 *
 * <p>Calls {@code evaluate}, {@code calibrate} (rates), {@code inspect}, {@code metrics}, {@code data},
 * {@code data.image}, {@code model} and {@code io}.
 */
package io.trd4j.report;
