package io.trd4j.data;

import io.trd4j.ops.Pixels;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/** Reads the points of a cloud in place, whatever memory they lie in. Used again for the next cloud. */
public final class PointReader {
    private float[] array;
    private FloatBuffer buffer;
    private int stride;
    /** Coordinates of the point read last, metres. */
    public float x;

    public float y;
    public float z;

    /** Reads from these points until it is closed. */
    public void open(Pixels<float[], FloatPointer> points) {
        array = points.array();
        buffer = (FloatBuffer) points.buffer();
        stride = points.rowElements(Float.BYTES);
    }

    /** Keeps nothing of the cloud alive. */
    public void close() {
        array = null;
        buffer = null;
    }

    /** Whether there is a point in column u of row v; then x, y, z are its coordinates. */
    public boolean read(int u, int v) {
        int at = v * stride + 3 * u;
        x = array != null ? array[at] : buffer.get(at);
        y = array != null ? array[at + 1] : buffer.get(at + 1);
        z = array != null ? array[at + 2] : buffer.get(at + 2);
        return PointCloud.isPoint(x, y, z);
    }
}
