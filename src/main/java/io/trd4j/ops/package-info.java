/**
 * The operations of libtrd from Java: each call checks its arguments, then enters the binding in one hop. Addresses,
 * memory and pixels as the binding takes them.
 *
 * <p>Calls {@code jni}, as the only package besides the generated binding that calls {@code Trd}.
 */
package io.trd4j.ops;
