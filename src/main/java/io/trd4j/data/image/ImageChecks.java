package io.trd4j.data.image;

import com.sun.management.OperatingSystemMXBean;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/** Limits of every kind of image file and of the memory that one may take, and how faults are told. */
public final class ImageChecks {
    /** Largest colour image, pixels. */
    public static final long MAX_PIXELS = 100_000_000L;
    /** Deflate cannot shrink more than this; a header that promises more than its data can hold is a lie. */
    static final long MAX_DEFLATE_RATIO = 1040;

    /** Of an image: libpng decodes no longer ones. */
    private static final int MAX_SIDE = 1_000_000;

    private static final String LARGER_HEAP = "allow a larger Java heap: JDK_JAVA_OPTIONS=-Xmx4g in the environment";

    private ImageChecks() {}

    static InputException damaged(Path file, String what) {
        return new InputException(file + " is damaged (" + what + "); copy or export it again");
    }

    static InputException notXyz(Path file, String what) {
        return new InputException(file + " " + what
                + "; points are a TIFF or .npy of 3 channels (x, y, z; float32 in metres), an organised PLY or PCD, or a "
                + "depth image with its camera");
    }

    /** Reads an image. */
    @FunctionalInterface
    public interface Reader<T> {
        /** @throws IOException when the disk fails */
        T read() throws IOException;
    }

    /**
     * Checks what an image of a sensible size will take, before anything is decoded.
     *
     * @param heapBytes of its pixels on the Java heap
     * @param nativeBytes beside the heap
     * @throws InputException when the heap or the machine cannot hold it
     */
    static void requireMemory(Path file, long width, long height, long heapBytes, long nativeBytes) {
        long heap = Runtime.getRuntime().maxMemory();
        long machine =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        if (heapBytes > heap || heapBytes + nativeBytes > machine) {
            throw new InputException(
                    file + " has " + width + "x" + height + " pixels, which take " + (heapBytes + nativeBytes >> 20)
                            + " MiB of memory; reduce its resolution, or "
                            + (heapBytes > heap ? LARGER_HEAP : "take a machine with more memory"));
        }
    }

    /**
     * Runs a reader. Memory that ends is the image's fault, not that of an option.
     *
     * @throws InputException when it ends
     * @throws IOException when the disk fails
     */
    public static <T> T read(Path file, Reader<T> reader) throws IOException {
        try {
            return reader.read();
        } catch (OutOfMemoryError e) {
            throw new InputException(
                    file + " takes more memory than there is left; reduce its resolution, or " + LARGER_HEAP, e);
        }
    }

    /** Checks the size of an image that a library decodes, as {@link #checkSize}. */
    static void checkImage(Path file, long width, long height) {
        checkSize(file, width, height, MAX_PIXELS);
        if (Math.max(width, height) > MAX_SIDE) {
            throw new InputException(
                    file + " has " + width + "x" + height + " pixels, more than a million in a row or column; crop it");
        }
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
