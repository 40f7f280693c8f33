/**
 * A record of inspections that can be audited: one line per part, appended to a file, each with the checksum of the
 * line before. Prints nothing.
 *
 * <p>Calls {@code inspect}, {@code data}, {@code model} and {@code io}.
 */
package io.trd4j.audit;
