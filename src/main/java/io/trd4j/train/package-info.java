/**
 * Training and calibration: the loss, the optimizer, both students' trainer, its state file, and whether it has converged.
 *
 * <p>Calls {@code model}, {@code model.network}, {@code data}, {@code ops}, {@code jni}, {@code io} and LibTorch.
 */
package io.trd4j.train;
