package io.trd4j.data.image;

import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;

import io.trd4j.io.InputException;
import io.trd4j.io.OptionalLibrary;
import io.trd4j.jni.NativeLibraries;
import java.util.function.Supplier;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;

/** The library that decodes, encodes and scales images. */
public final class OpenCv {
    private OpenCv() {}

    /**
     * Loads it, as all native libraries are loaded. Called before the first of its classes, or of JavaCPP's pointers,
     * is touched: these would load themselves without any of that, and hide why they cannot.
     *
     * @throws io.trd4j.io.MissingLibraryException when it is not on the class path
     * @throws io.trd4j.jni.NativeException when it cannot be loaded
     */
    public static void load() {
        OptionalLibrary.OPENCV.require();
        NativeLibraries.load("OpenCV", opencv_core.class, opencv_imgproc.class, opencv_imgcodecs.class);
    }

    /** Its name and version. */
    public static String describe() {
        load();
        return "OpenCV " + opencv_core.CV_VERSION();
    }

    /** @throws InputException when the decoder fails, which comes in several ways */
    static Mat decode(EncodedImage image, Supplier<Mat> decoder) {
        Mat mat;
        try {
            mat = decoder.get();
        } catch (RuntimeException e) {
            throw ImageChecks.damaged(image.file, "its image data cannot be decoded");
        }
        if (mat == null || mat.empty() || !mat.isContinuous()) {
            throw ImageChecks.damaged(image.file, "its image data cannot be decoded");
        }
        return mat;
    }

    /** @param parameters pairs of OpenCV's setting and its value */
    static byte[] encode(String extension, Mat mat, int... parameters) {
        try (BytePointer out = new BytePointer();
                IntPointer settings = new IntPointer(parameters)) {
            if (!imencode(extension, mat, out, settings)) {
                throw new IllegalStateException("OpenCV cannot encode " + extension);
            }
            byte[] bytes = new byte[(int) out.limit()];
            out.get(bytes);
            return bytes;
        }
    }
}
