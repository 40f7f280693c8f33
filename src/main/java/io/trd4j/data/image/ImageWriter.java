package io.trd4j.data.image;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.CV_MAKETYPE;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_PNG_COMPRESSION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_TIFF_COMPRESSION;

import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
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
        byte[] bgr = image.rgb().clone();
        for (int i = 0; i < bgr.length; i += 3) {
            byte red = bgr[i];
            bgr[i] = bgr[i + 2];
            bgr[i + 2] = red;
        }
        return encodePng(image.width(), image.height(), 3, bgr);
    }

    /** PNG of one 8-bit channel, row by row. */
    public static byte[] pngGrey(int width, int height, byte[] pixels) {
        requireLength(pixels.length, (long) width * height);
        return encodePng(width, height, 1, pixels);
    }

    /** Uncompressed float32 TIFF of one channel, row by row. */
    public static byte[] tiffFloat(int width, int height, float[] values) {
        requireLength(values.length, (long) width * height);
        return encodeTiff(width, height, 1, values);
    }

    /** Uncompressed float32 TIFF of x, y, z per pixel, as in MVTec 3D-AD. */
    public static byte[] tiffXyz(PointCloud cloud) {
        float[] zyx = cloud.xyz().clone();
        for (int i = 0; i < zyx.length; i += 3) {
            float x = zyx[i];
            zyx[i] = zyx[i + 2];
            zyx[i + 2] = x;
        }
        return encodeTiff(cloud.width(), cloud.height(), 3, zyx);
    }

    private static void requireLength(int length, long expected) {
        if (length != expected) {
            throw new IllegalArgumentException(length + " samples where the size asks for " + expected);
        }
    }

    private static byte[] encodePng(int width, int height, int channels, byte[] pixels) {
        OpenCv.load();
        try (PointerScope scope = new PointerScope();
                BytePointer data = new BytePointer(pixels)) {
            Mat image = new Mat(height, width, CV_MAKETYPE(CV_8U, channels), data);
            return OpenCv.encode(".png", image, IMWRITE_PNG_COMPRESSION, PNG_LEVEL);
        }
    }

    private static byte[] encodeTiff(int width, int height, int channels, float[] values) {
        OpenCv.load();
        try (PointerScope scope = new PointerScope();
                FloatPointer data = new FloatPointer(values)) {
            Mat image = new Mat(height, width, CV_MAKETYPE(CV_32F, channels), data);
            return OpenCv.encode(".tiff", image, IMWRITE_TIFF_COMPRESSION, TIFF_UNCOMPRESSED);
        }
    }
}
