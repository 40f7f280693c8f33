package io.trd4j.data;

import io.trd4j.io.InputException;
import io.trd4j.ops.Pixels;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Locale;

/**
 * Surface normals in memory that the caller owns: per pixel of the sensor, row by row, the direction in which the
 * surface looks, for models whose second modality is surface normals.
 *
 * <p>Its axes are the camera's: x along the rows, y along the columns, z towards the camera, so that a surface that
 * faces it has (0, 0, 1). Nothing turns them: signs of x and y (up or down, right or left) are to be those of the parts
 * that the model was trained on. A network sees directions as colours ({@link #image}).
 *
 * <p>Floats are made bytes whenever a part with them is inspected ({@link #update}): each direction is divided by its
 * length, and each component c of it becomes 127.5 (c + 1), rounded. (0, 0, 0), and what is not finite, is missing, and
 * becomes (0, 0, 0). A part of which more than a tenth of the others have a length that differs from 1 by more than 0.1
 * is refused. Bytes are read in place.
 */
public final class SurfaceNormals {
    /** Of directions whose length is not 1: smoothed edges are few. */
    private static final double MAX_WRONG = 0.1;

    private final RgbImage image;
    /** Null where the caller gave bytes. */
    private final NormalsConversion conversion;

    private SurfaceNormals(RgbImage image, NormalsConversion conversion) {
        this.image = image;
        this.conversion = conversion;
    }

    /**
     * Normals as floats in native memory, from the buffer's position on. Make it once per buffer: the next frame in the
     * same memory needs no new object.
     *
     * @param rowStride floats from one row to the next, at least {@code 3 * width}
     * @throws IllegalArgumentException when the buffer is not direct, too small, in another byte order or not on a
     *     multiple of 4 bytes, or the stride is too short
     */
    public static SurfaceNormals of(FloatBuffer direct, int width, int height, long rowStride) {
        Pixels.of(direct, width, height, rowStride);
        NormalsConversion conversion = new NormalsConversion(direct, width, height, rowStride);
        return new SurfaceNormals(RgbImage.of(conversion), conversion);
    }

    /**
     * Normals as floats at an address, as C interfaces of sensors give them. Nobody checks that the memory is there: it
     * must stay until the last inspection, or the JVM ends.
     *
     * @param address a multiple of 4
     * @param rowStride floats from one row to the next, at least {@code 3 * width}
     * @throws IllegalArgumentException for address 0, a stride shorter than a row, or 2 GiB and more
     */
    public static SurfaceNormals of(long address, int width, int height, long rowStride) {
        long bytes = Pixels.bytes(width, height, Math.multiplyExact(rowStride, (long) Float.BYTES), 3 * Float.BYTES);
        return of(Pixels.memory(address, bytes).asFloatBuffer(), width, height, rowStride);
    }

    /**
     * Normals as bytes in native memory, from the buffer's position on, encoded as {@link #encoded} says; read in
     * place.
     *
     * @param rowStride bytes from one row to the next, at least {@code 3 * width}
     * @throws IllegalArgumentException when the buffer is not direct or too small, or the stride too short
     */
    public static SurfaceNormals of(ByteBuffer direct, int width, int height, long rowStride) {
        return encoded(RgbImage.of(direct, width, height, rowStride));
    }

    /**
     * Normals as an image: x, y and z in red, green and blue, each mapped from -1 to 1 to 0 to 255; black where they
     * are missing. As a surface-normal image of Eyecandies is read from its file. Lengths are not looked at.
     *
     * @param image of any layout, in an array, a buffer or at an address
     */
    public static SurfaceNormals encoded(RgbImage image) {
        return new SurfaceNormals(image, null);
    }

    /**
     * Reads the caller's memory again where it is floats, or an image of another layout than RGB8. An inspector calls
     * it for every part, so that a frame in the same memory needs nothing else. Allocates nothing.
     */
    public void update() {
        image.update();
        if (conversion != null) {
            conversion.run();
        }
    }

    /**
     * Refuses floats that are something else: encoded directions, lengths, points.
     *
     * @param source what messages call the part
     * @throws InputException when more than a tenth of the directions, of those that are not missing, have a length
     *     that differs from 1 by more than 0.1
     */
    void requireDirections(String source) {
        if (conversion != null && conversion.wrongShare() > MAX_WRONG) {
            throw new InputException(String.format(
                    Locale.ROOT,
                    "%s has surface normals of which %.0f %% have another length than 1; give components from -1 to 1, or "
                            + "those from 0 to 255 as bytes",
                    source,
                    100 * conversion.wrongShare()));
        }
    }

    /** Pixels in a row. */
    public int width() {
        return image.width();
    }

    /** Rows of pixels. */
    public int height() {
        return image.height();
    }

    /** As the network sees them, encoded as {@link #encoded} says; of floats, as of the last inspection. */
    public RgbImage image() {
        return image;
    }
}
