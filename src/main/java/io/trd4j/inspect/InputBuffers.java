package io.trd4j.inspect;

import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.SurfaceNormals;
import io.trd4j.engine.PartEngine;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Objects;

/**
 * Memory for one raw part that the device of an {@link Inspector} reads without a copy: page-locked where it is a GPU.
 * A frame grabber writes each frame into it, and {@link #part()} is inspected again. RGB8, and points or surface
 * normals as bytes only: other layouts are converted into other memory anyway ({@link io.trd4j.data.ColorLayout}).
 *
 * <p>Made by {@link Inspector#newInputBuffers} and {@link Inspector#newNormalsBuffers}, for that inspector and its
 * duplicates. Close it after the last inspection, and do not touch the buffers afterwards: their memory is gone.
 */
public final class InputBuffers implements AutoCloseable {
    private final PartEngine.Memory rgbMemory;
    private final PartEngine.Memory secondMemory;
    private final ByteBuffer rgb;
    private final FloatBuffer xyz;
    private final ByteBuffer normals;
    private final Part part;
    private boolean closed;

    /** @param ofNormals whether the second modality is surface normals, not points */
    InputBuffers(
            PartEngine engine,
            String id,
            int rgbWidth,
            int rgbHeight,
            int secondWidth,
            int secondHeight,
            boolean ofNormals) {
        Objects.requireNonNull(id, "id");
        if (rgbWidth <= 0 || rgbHeight <= 0 || secondWidth <= 0 || secondHeight <= 0) {
            throw new IllegalArgumentException("sizes " + rgbWidth + "x" + rgbHeight + " and " + secondWidth + "x"
                    + secondHeight + " are not positive");
        }
        int rgbBytes = bytes(3, rgbWidth, rgbHeight);
        int secondBytes = bytes(ofNormals ? 3 : 3 * Float.BYTES, secondWidth, secondHeight);
        rgbMemory = engine.allocateInput(rgbBytes);
        try {
            secondMemory = engine.allocateInput(secondBytes);
        } catch (RuntimeException | Error e) {
            rgbMemory.close();
            throw e;
        }
        rgb = rgbMemory.buffer();
        RgbImage colour = RgbImage.of(rgb, rgbWidth, rgbHeight, 3L * rgbWidth);
        if (ofNormals) {
            xyz = null;
            normals = secondMemory.buffer();
            part = Part.of(id, colour, SurfaceNormals.of(normals, secondWidth, secondHeight, 3L * secondWidth));
        } else {
            xyz = secondMemory.buffer().asFloatBuffer();
            normals = null;
            part = Part.of(id, colour, PointCloud.of(xyz, secondWidth, secondHeight, 3L * secondWidth));
        }
    }

    private static int bytes(int perPixel, int width, int height) {
        long pixels = (long) width * height;
        if (pixels > Integer.MAX_VALUE / perPixel) {
            throw new IllegalArgumentException(
                    width + "x" + height + " with " + perPixel + " bytes each is more than a buffer's 2 GiB");
        }
        return (int) pixels * perPixel;
    }

    /** Red, green, blue of each pixel, row by row. */
    public ByteBuffer rgb() {
        return rgb;
    }

    /** x, y, z in metres of each point, row by row; null where the buffers are for normals. */
    public FloatBuffer xyz() {
        return xyz;
    }

    /**
     * The direction of each pixel, encoded as {@link SurfaceNormals#encoded} says, row by row; null where for points.
     */
    public ByteBuffer normals() {
        return normals;
    }

    /** The part in the buffers, always the same object. */
    public Part part() {
        return part;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            rgbMemory.close();
            secondMemory.close();
        }
    }
}
