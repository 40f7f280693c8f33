package io.trd4j.data;

/**
 * An organised point cloud in memory: one 3D point per pixel of the sensor.
 *
 * @param width pixels per row
 * @param height rows
 * @param xyz x, y, z of each point in metres, row by row: {@code 3 * width * height} values, not copied; a point of
 *     which z is 0, or any coordinate is not a number a sensor can measure (NaN, infinite, beyond 1000 km), is missing
 */
public record PointCloud(int width, int height, float[] xyz) {
    public PointCloud {
        if (width <= 0 || height <= 0 || xyz.length != 3L * width * height) {
            throw new IllegalArgumentException(
                    "a point cloud of " + width + "x" + height + " cannot have " + xyz.length + " values");
        }
    }
}
