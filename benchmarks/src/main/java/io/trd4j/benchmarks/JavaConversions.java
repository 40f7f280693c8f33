package io.trd4j.benchmarks;

import io.trd4j.data.Intrinsics;
import io.trd4j.data.PointAxes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/**
 * Conversions of a part's raw memory as loops in Java, the fastest that were found: row by row through arrays, as
 * single elements of a buffer cost several times as much. Dense images; results in direct buffers, as libtrd's.
 */
final class JavaConversions {
    /** Four bytes at any place of an array, the first one lowest: one access moves a pixel. */
    private static final VarHandle BYTES4 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final int width;
    private final int height;
    /** x / z of each column, y / z of each row. */
    private final float[] across;

    private final float[] down;
    private final byte[] sourceRow;
    private final byte[] rgbRow;
    private final short[] shortRow;
    private final float[] floatRow;
    private final float[] pointRow;
    final ByteBuffer rgb;
    final FloatBuffer xyz;

    JavaConversions(int width, int height, Intrinsics camera) {
        this.width = width;
        this.height = height;
        across = new float[width];
        for (int u = 0; u < width; u++) {
            across[u] = (float) ((u - camera.cx()) / camera.fx());
        }
        down = new float[height];
        for (int v = 0; v < height; v++) {
            down[v] = (float) ((v - camera.cy()) / camera.fy());
        }
        sourceRow = new byte[4 * width + 1];
        rgbRow = new byte[3 * width + 1];
        shortRow = new short[width];
        floatRow = new float[3 * width];
        pointRow = new float[3 * width];
        rgb = ByteBuffer.allocateDirect(3 * width * height);
        xyz = ByteBuffer.allocateDirect(12 * width * height)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    /** @param samples 1 for grey, 3 for BGR, 4 for RGBA */
    void colour(ByteBuffer image, int samples) {
        for (int v = 0; v < height; v++) {
            image.get(v * samples * width, sourceRow, 0, samples * width);
            switch (samples) {
                case 1 -> {
                    for (int i = 0; i < width; i++) {
                        BYTES4.set(rgbRow, 3 * i, (sourceRow[i] & 0xff) * 0x010101);
                    }
                }
                case 3 -> {
                    for (int i = 0; i < width; i++) {
                        BYTES4.set(rgbRow, 3 * i, Integer.reverseBytes((int) BYTES4.get(sourceRow, 3 * i)) >>> 8);
                    }
                }
                default -> {
                    for (int i = 0; i < width; i++) {
                        BYTES4.set(rgbRow, 3 * i, (int) BYTES4.get(sourceRow, 4 * i));
                    }
                }
            }
            rgb.put(v * 3 * width, rgbRow, 0, 3 * width);
        }
    }

    void depth16(ShortBuffer depth, float metres) {
        for (int v = 0; v < height; v++) {
            depth.get(v * width, shortRow);
            for (int u = 0; u < width; u++) {
                floatRow[u] = (shortRow[u] & 0xffff) * metres;
            }
            depthRow(v);
        }
    }

    void depthFloat(FloatBuffer depth, float metres) {
        for (int v = 0; v < height; v++) {
            depth.get(v * width, floatRow, 0, width);
            for (int u = 0; u < width; u++) {
                floatRow[u] *= metres;
            }
            depthRow(v);
        }
    }

    private void depthRow(int v) {
        for (int u = 0; u < width; u++) {
            float z = floatRow[u];
            pointRow[3 * u] = across[u] * z;
            pointRow[3 * u + 1] = down[v] * z;
            pointRow[3 * u + 2] = z;
        }
        xyz.put(v * 3 * width, pointRow);
    }

    void points(FloatBuffer points, PointAxes axes, double metres, float... missing) {
        int step = axes.planar() ? 1 : 3;
        int channel = axes.planar() ? width : 1;
        for (int v = 0; v < height; v++) {
            for (int plane = 0; axes.planar() && plane < 3; plane++) {
                points.get((plane * height + v) * width, floatRow, plane * width, width);
            }
            if (!axes.planar()) {
                points.get(v * 3 * width, floatRow);
            }
            for (int i = 0; i < width; i++) {
                float z = coordinate(i * step, axes.z(), channel);
                boolean there = !isMissing(axes.z() > 0 ? z : -z, missing);
                pointRow[3 * i] = there ? coordinate(i * step, axes.x(), channel) : 0;
                pointRow[3 * i + 1] = there ? coordinate(i * step, axes.y(), channel) : 0;
                pointRow[3 * i + 2] = there ? z : 0;
            }
            for (int i = 0; i < pointRow.length; i++) {
                pointRow[i] = (float) (pointRow[i] * metres);
            }
            xyz.put(v * 3 * width, pointRow);
        }
    }

    private float coordinate(int start, int axis, int step) {
        float value = floatRow[start + (Math.abs(axis) - 1) * step];
        return axis < 0 ? -value : value;
    }

    private static boolean isMissing(float z, float[] missing) {
        for (float mark : missing) {
            if (mark == z) {
                return true;
            }
        }
        return false;
    }
}
