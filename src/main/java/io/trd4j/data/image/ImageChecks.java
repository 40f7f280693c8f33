package io.trd4j.data.image;

import io.trd4j.io.InputException;
import java.nio.file.Path;

/** Limits of every kind of image file, and how faults are told. */
public final class ImageChecks {
    /** Largest colour image, pixels. */
    public static final long MAX_PIXELS = 100_000_000L;
    /** Deflate cannot shrink more than this; a header that promises more than its data can hold is a lie. */
    static final long MAX_DEFLATE_RATIO = 1040;

    private ImageChecks() {}

    static InputException damaged(Path file, String what) {
        return new InputException(file + " is damaged (" + what + "); copy or export it again");
    }

    static InputException notXyz(Path file, String what) {
        return new InputException(file + " " + what
                + "; points are a TIFF or .npy of 3 channels (x, y, z; float32 in metres), an organised PLY or PCD, or a "
                + "depth image with its camera");
    }

    /**
     * Checks a size that a header claims.
     *
     * @param limit largest number of pixels, a multiple of a million
     * @throws InputException when it is not positive or too large
     */
    public static void checkSize(Path file, long width, long height, long limit) {
        if (width <= 0 || height <= 0) {
            throw damaged(file, "its size is " + width + "x" + height);
        }
        if (width > limit / height) {
            throw new InputException(file + " has " + width + "x" + height + " pixels, more than the "
                    + limit / 1_000_000 + " million supported; crop it or reduce its resolution");
        }
    }
}
