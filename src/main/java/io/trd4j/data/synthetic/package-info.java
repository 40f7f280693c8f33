/**
 * Products drawn by formulas, with defects of known place and severity, to try and test the engine on, in two
 * difficulties. Equal arguments give equal bytes.
 *
 * <p>Calls {@code data}, {@code data.image}, {@code data.dataset} (names of kinds) and {@code io}.
 */
package io.trd4j.data.synthetic;
