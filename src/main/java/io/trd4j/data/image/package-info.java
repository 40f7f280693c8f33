/**
 * Image and point-cloud files to memory and back. Containers are checked before a decoder sees them; reading stands
 * apart from writing. OpenCV decodes and encodes.
 *
 * <p>Calls {@code data} and {@code io}.
 */
package io.trd4j.data.image;
