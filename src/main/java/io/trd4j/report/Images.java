package io.trd4j.report;

import io.trd4j.data.RgbImage;
import io.trd4j.data.image.OpenCv;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Resizing, and PNG with transparency, through OpenCV: what the report's pictures need beyond reading and writing
 * files.
 */
final class Images {
    private Images() {}

    /** The image with its longer side at most this long, averaged down; the image itself when it is small enough. */
    static RgbImage fit(RgbImage image, int longest) {
        double scale = (double) longest / Math.max(image.width(), image.height());
        if (scale >= 1) {
            return image;
        }
        int width = Math.max(1, (int) Math.round(image.width() * scale));
        int height = Math.max(1, (int) Math.round(image.height() * scale));
        OpenCv.load();
        try (PointerScope scope = new PointerScope()) {
            Mat source = new Mat(image.height(), image.width(), opencv_core.CV_8UC3);
            source.<ByteBuffer>createBuffer().put(image.rgb());
            Mat target = new Mat();
            opencv_imgproc.resize(source, target, new Size(width, height), 0, 0, opencv_imgproc.INTER_AREA);
            byte[] rgb = new byte[width * height * 3];
            target.<ByteBuffer>createBuffer().get(rgb);
            return new RgbImage(width, height, rgb);
        }
    }

    /** A size*size map stretched bilinearly (pixel centres at halves) to height*width. */
    static float[] stretch(float[] map, int size, int width, int height) {
        if (size <= 0 || map.length != (long) size * size) {
            throw new IllegalArgumentException("a map of " + map.length + " values is not " + size + "x" + size);
        }
        OpenCv.load();
        try (PointerScope scope = new PointerScope()) {
            Mat source = new Mat(size, size, opencv_core.CV_32FC1);
            source.<FloatBuffer>createBuffer().put(map);
            Mat target = new Mat();
            opencv_imgproc.resize(source, target, new Size(width, height), 0, 0, opencv_imgproc.INTER_LINEAR);
            float[] stretched = new float[Math.multiplyExact(width, height)];
            target.<FloatBuffer>createBuffer().get(stretched);
            return stretched;
        }
    }

    /** PNG of red, green, blue, alpha per pixel, row by row. */
    static byte[] pngWithAlpha(int width, int height, byte[] rgba) {
        OpenCv.load();
        try (PointerScope scope = new PointerScope()) {
            Mat image = new Mat(height, width, opencv_core.CV_8UC4);
            image.<ByteBuffer>createBuffer().put(rgba);
            // OpenCV's encoders take blue first.
            Mat bgra = new Mat();
            opencv_imgproc.cvtColor(image, bgra, opencv_imgproc.COLOR_RGBA2BGRA);
            BytePointer encoded = new BytePointer();
            IntPointer smallest = new IntPointer(opencv_imgcodecs.IMWRITE_PNG_COMPRESSION, 9);
            if (!opencv_imgcodecs.imencode(".png", bgra, encoded, smallest)) {
                throw new IllegalStateException("OpenCV could not encode a PNG of " + width + "x" + height);
            }
            byte[] bytes = new byte[Math.toIntExact(encoded.limit())];
            encoded.get(bytes);
            return bytes;
        }
    }
}
