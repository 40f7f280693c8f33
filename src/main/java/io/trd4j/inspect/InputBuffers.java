package io.trd4j.inspect;

import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.engine.PartEngine;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Memory for one raw part that the device of an {@link Inspector} reads without a copy: page-locked where it is a GPU.
 * A frame grabber writes each frame into it, and {@link #part()} is inspected again. RGB8 and points only: other
 * layouts are converted into other memory anyway ({@link io.trd4j.data.ColorLayout}).
 *
 * <p>Made by {@link Inspector#newInputBuffers}, for that inspector and its duplicates. Close it after the last
 * inspection, and do not touch the buffers afterwards: their memory is gone.
 */
public final class InputBuffers implements AutoCloseable {
    private final PartEngine.Memory rgbMemory;
    private final PartEngine.Memory xyzMemory;
    private final ByteBuffer rgb;
    private final FloatBuffer xyz;
    private final Part part;
    private boolean closed;

    InputBuffers(PartEngine engine, String id, int rgbWidth, int rgbHeight, int xyzWidth, int xyzHeight) {
        if (rgbWidth <= 0 || rgbHeight <= 0 || xyzWidth <= 0 || xyzHeight <= 0) {
            throw new IllegalArgumentException(
                    "sizes " + rgbWidth + "x" + rgbHeight + " and " + xyzWidth + "x" + xyzHeight + " are not positive");
        }
        rgbMemory = engine.allocateInput(3L * rgbWidth * rgbHeight);
        try {
            xyzMemory = engine.allocateInput(3L * Float.BYTES * xyzWidth * xyzHeight);
        } catch (RuntimeException | Error e) {
            rgbMemory.close();
            throw e;
        }
        rgb = rgbMemory.buffer();
        xyz = xyzMemory.buffer().asFloatBuffer();
        part = Part.of(
                id,
                RgbImage.of(rgb, rgbWidth, rgbHeight, 3L * rgbWidth),
                PointCloud.of(xyz, xyzWidth, xyzHeight, 3L * xyzWidth));
    }

    /** Red, green, blue of each pixel, row by row. */
    public ByteBuffer rgb() {
        return rgb;
    }

    /** x, y, z in metres of each point, row by row. */
    public FloatBuffer xyz() {
        return xyz;
    }

    /** The part in the buffers, always the same object. */
    public Part part() {
        return part;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            rgbMemory.close();
            xyzMemory.close();
        }
    }
}
