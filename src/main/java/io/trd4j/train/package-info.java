/**
 * Training, from normal parts to a calibrated model file: the loss, the optimizer, both students' trainer, its state
 * file, whether it has converged, training parts unlike the others, and images that show different views. Prints
 * nothing.
 *
 * <p>Calls {@code calibrate}, {@code metrics}, {@code model}, {@code model.network}, {@code data}, {@code ops},
 * {@code io} and LibTorch.
 */
package io.trd4j.train;
