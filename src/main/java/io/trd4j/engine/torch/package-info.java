/**
 * Runs the unfolded network by LibTorch on the CPU: the reference of the other runners, and the engine of platforms
 * without oneDNN.
 *
 * <p>May call {@code engine}, {@code engine.plan}, {@code model}, {@code ops}.
 */
package io.trd4j.engine.torch;
