/**
 * Packs a checkout for hosts with a GPU and without network: Java runtime, jars, native libraries in one folder, tests.
 *
 * <p>Calls {@code io} alone.
 */
package io.trd4j.bundle;
