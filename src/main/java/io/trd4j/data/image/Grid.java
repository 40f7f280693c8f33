package io.trd4j.data.image;

import io.trd4j.data.PointCloud;
import io.trd4j.io.InputException;
import java.nio.file.Path;

/**
 * The numbers of a file of points or depths, as they stand there.
 *
 * @param width columns; of a list that does not say its columns, the number of its points
 * @param height rows; 1 for such a list
 * @param channels 3: x, y, z; 1: depth
 * @param values {@code width * height * channels}, row by row
 */
record Grid(Path file, int width, int height, int channels, float[] values, SampleType type) {
    /** A list that is known to have {@code columns x rows} points; this one when it has rows already. */
    Grid arranged(int columns, int rows) {
        boolean fits = height == 1 && columns > 0 && (long) columns * rows == width;
        return fits ? new Grid(file, columns, rows, channels, values, type) : this;
    }

    /** From x, y and z one after the other. */
    static float[] interleaved(float[] planes) {
        int n = planes.length / 3;
        float[] xyz = new float[planes.length];
        for (int i = 0; i < n; i++) {
            xyz[3 * i] = planes[i];
            xyz[3 * i + 1] = planes[n + i];
            xyz[3 * i + 2] = planes[2 * n + i];
        }
        return xyz;
    }

    /** Turned as it is shown. */
    Grid turned(int orientation) {
        float[] shown = Orientation.apply(orientation, values, width, height, channels);
        return Orientation.transposes(orientation)
                ? new Grid(file, height, width, channels, shown, type)
                : new Grid(file, width, height, channels, shown, type);
    }

    /** In the file's unit. */
    PointCloud cloud() {
        if (channels != 3) {
            throw new InputException(file + " has 1 channel, a depth; give its camera's intrinsics: "
                    + "--camera FILE, or camera.json in the category's folder");
        }
        if (height == 1 && width > 1) {
            throw new InputException(file + " lists " + width + " points without saying the sensor's columns and rows; "
                    + "write it as an organised cloud, or give width and height by --camera FILE or camera.json in the "
                    + "category's folder");
        }
        return new PointCloud(width, height, values);
    }
}
