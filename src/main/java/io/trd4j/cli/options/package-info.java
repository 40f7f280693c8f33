/**
 * Options that several verbs share, and the checks that go with them.
 *
 * <p>Calls {@code inspect}, {@code calibrate}, {@code model}, {@code data} and {@code io}; called by {@code cli} alone.
 */
package io.trd4j.cli.options;
