/**
 * Files that appear whole or not at all, checks before long work, checksums, names of enum values, progress, and the
 * exceptions for unusable input.
 *
 * <p>Calls nothing of the project; everything may call it.
 */
package io.trd4j.io;
