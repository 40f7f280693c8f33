/**
 * Files that appear whole or not at all, checks before long work, checksums, files whose bytes stay those that were
 * hashed, names of enum values, the nearest known word, progress, and the exceptions for unusable input.
 *
 * <p>Calls nothing of the project; everything may call it.
 */
package io.trd4j.io;
