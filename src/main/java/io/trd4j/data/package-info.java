/**
 * Parts in memory: colour images, point clouds, surface normals, their layouts and quality. Knows no file, no folder
 * and no model.
 *
 * <p>Calls {@code ops} (memory and pixels), {@code io} and OpenCV (colour conversion).
 */
package io.trd4j.data;
