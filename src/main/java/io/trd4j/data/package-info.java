/**
 * Parts in memory: colour images, point clouds, surface normals, their layouts and quality. Knows no file, no folder
 * and no model.
 *
 * <p>Calls {@code ops} (memory, pixels, conversions of layouts) and {@code io}.
 */
package io.trd4j.data;
