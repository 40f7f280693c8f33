/**
 * The binding of libtrd, generated from {@code trd.h} but for what tells the generator how, loads the library and turns
 * its status into exceptions.
 *
 * <p>Calls {@code io} and JavaCPP.
 */
package io.trd4j.jni;
