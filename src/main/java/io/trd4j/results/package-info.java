/**
 * Inspection of parts in files to files and lines: {@link io.trd4j.results.InspectionRun} for parts that are there,
 * {@link io.trd4j.results.WatchedFolder} for those that come into a folder. Each hands every part to
 * {@link io.trd4j.results.ResultSink}s, and to an audit record where one is kept. Prints nothing.
 *
 * <p>Calls {@code watch}, {@code evaluate}, {@code report} for its heat map, {@code audit}, {@code inspect} and what
 * these call.
 */
package io.trd4j.results;
