/**
 * The HTML report: tables, curves, heat maps and pictures of parts, in one file that needs no network.
 *
 * <p>Calls {@code inspect} (regions), {@code metrics}, {@code data}, {@code data.image}, {@code model} and {@code io}.
 */
package io.trd4j.report;
