package io.trd4j.data.image;

import static org.bytedeco.opencv.global.opencv_core.CV_32FC1;
import static org.bytedeco.opencv.global.opencv_core.CV_32FC3;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_PNG_COMPRESSION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_TIFF_COMPRESSION;

import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.io.OptionalLibrary;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;

/** Encodes images and point clouds in memory; {@code AtomicFile} writes the bytes. */
public final class ImageWriter {
    private static final int TIFF_UNCOMPRESSED = 1;
    /** Favours speed: higher levels of PNG take several times longer and save a few percent. */
    private static final int PNG_LEVEL = 3;

    private ImageWriter() {}

    /** PNG of a colour image. */
    public static byte[] png(RgbImage image) {
        OptionalLibrary.OPENCV.require();
        byte[] bgr = image.rgb().clone();
        for (int i = 0; i < bgr.length; i += 3) {
            byte red = bgr[i];
            bgr[i] = bgr[i + 2];
            bgr[i + 2] = red;
        }
        return encodePng(image.width(), image.height(), CV_8UC3, bgr);
    }

    /** PNG of one 8-bit channel, row by row. */
    public static byte[] pngGrey(int width, int height, byte[] pixels) {
        OptionalLibrary.OPENCV.require();
        requireLength(pixels.length, (long) width * height);
        return encodePng(width, height, CV_8UC1, pixels);
    }

    /** Uncompressed float32 TIFF of one channel, row by row. */
    public static byte[] tiffFloat(int width, int height, float[] values) {
        OptionalLibrary.OPENCV.require();
        requireLength(values.length, (long) width * height);
        return encodeTiff(width, height, CV_32FC1, values);
    }

    /** Uncompressed float32 TIFF of x, y, z per pixel, as in MVTec 3D-AD. */
    public static byte[] tiffXyz(PointCloud cloud) {
        OptionalLibrary.OPENCV.require();
        float[] zyx = cloud.xyz().clone();
        for (int i = 0; i < zyx.length; i += 3) {
            float x = zyx[i];
            zyx[i] = zyx[i + 2];
            zyx[i + 2] = x;
        }
        return encodeTiff(cloud.width(), cloud.height(), CV_32FC3, zyx);
    }

    private static void requireLength(int length, long expected) {
        if (length != expected) {
            throw new IllegalArgumentException(length + " samples where the size asks for " + expected);
        }
    }

    private static byte[] encodePng(int width, int height, int type, byte[] pixels) {
        try (PointerScope scope = new PointerScope();
                BytePointer data = new BytePointer(pixels)) {
            return OpenCv.encode(".png", new Mat(height, width, type, data), IMWRITE_PNG_COMPRESSION, PNG_LEVEL);
        }
    }

    private static byte[] encodeTiff(int width, int height, int type, float[] values) {
        try (PointerScope scope = new PointerScope();
                FloatPointer data = new FloatPointer(values)) {
            return OpenCv.encode(
                    ".tiff", new Mat(height, width, type, data), IMWRITE_TIFF_COMPRESSION, TIFF_UNCOMPRESSED);
        }
    }
}
