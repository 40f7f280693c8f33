/**
 * The binding of libtrd, generated from {@code trd.h} but for what tells the generator how; what loads native
 * libraries, libtrd's and the others', and turns libtrd's status into exceptions.
 *
 * <p>Calls {@code io} and JavaCPP.
 */
package io.trd4j.jni;
