/**
 * Parts to the network's inputs (SPEC section 5): resizing, normalisation, depth and surface-normal images, slopes and
 * relief, and what is measured of normal parts for them: the Sobel aperture, the scales of metric geometry. Takes
 * parts, not files.
 *
 * <p>Calls {@code data}, {@code model} (geometry), {@code ops} and {@code io}.
 */
package io.trd4j.data.prepare;
