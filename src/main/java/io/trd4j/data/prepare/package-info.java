/**
 * Parts to the network's inputs (SPEC section 5): resizing, normalisation, depth and surface-normal images, and the
 * choice of the Sobel aperture. Takes parts, not files.
 *
 * <p>Calls {@code data}, {@code model} (the modality), {@code ops} and {@code io}.
 */
package io.trd4j.data.prepare;
