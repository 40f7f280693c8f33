/**
 * The verbs of {@code trd}: they parse options, call the packages that do the work, and put results into words. Nothing
 * is computed here that an application could want.
 *
 * <p>May call every package; nothing calls it.
 */
package io.trd4j.cli;
