/**
 * The operations of libtrd from Java: each call enters the binding in one hop, and libtrd checks the arguments.
 * Addresses, memory and pixels as the binding takes them.
 *
 * <p>Calls {@code jni}, as the only package besides the generated binding that calls {@code Trd}.
 */
package io.trd4j.ops;
