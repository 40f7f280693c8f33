/**
 * Whether later parts still look like those of the calibration: statistics per part, rank tests over a window, and the
 * bridge to Micrometer, which one class alone knows.
 *
 * <p>Calls {@code inspect}, {@code model}, {@code io} and Hipparchus.
 */
package io.trd4j.drift;
