package io.trd4j.data.image;

import static org.bytedeco.opencv.global.opencv_core.CV_16U;
import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_32FC1;
import static org.bytedeco.opencv.global.opencv_core.CV_32FC3;
import static org.bytedeco.opencv.global.opencv_core.CV_64F;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_UNCHANGED;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_PNG_COMPRESSION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_TIFF_COMPRESSION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecodemulti;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;

import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;

/**
 * Image and point-cloud files, decoded and encoded in memory (write the bytes with {@code AtomicFile}).
 *
 * <p>Colour images: PNG, JPEG, TIFF or BMP, whatever the file is called. Grey becomes three equal channels, an alpha
 * channel is dropped, of 16-bit samples the high byte is kept (all as Pillow's {@code convert("RGB")}); EXIF orientation
 * and colour profiles are ignored. Point clouds: TIFF of 3-channel float32 or float64 with RGB or grey photometric tag,
 * interleaved or as planes, also as the pages tifffile makes of an H x W x 3 array tagged grey.
 *
 * <p>Every reader throws {@link InputException}, naming the file, when it is missing, damaged, truncated, too large
 * (100 million pixels, 32 million points) or of another kind; IOException when the disk fails.
 */
public final class ImageFiles {
    private static final int TIFF_UNCOMPRESSED = 1;
    /** Favours speed: higher levels of PNG take several times longer and save a few percent. */
    private static final int PNG_LEVEL = 3;

    private ImageFiles() {}

    /** The library that decodes and encodes, and its version. */
    public static String describeLibrary() {
        return "OpenCV " + opencv_core.CV_VERSION();
    }

    /** One channel of 8-bit samples, row by row. */
    public record Grey(int width, int height, byte[] pixels) {}

    /** Content of the second modality's file: exactly one of the two is not null. */
    public record Second(PointCloud xyz, RgbImage normals) {}

    /** Reads a colour image. */
    public static RgbImage readRgb(Path file) throws IOException {
        return colour(decode(EncodedImage.read(file)));
    }

    /** Reads a point cloud: metres, missing points as they are in the file. */
    public static PointCloud readXyz(Path file) throws IOException {
        EncodedImage image = EncodedImage.read(file);
        if (image.tiff == null) {
            throw notXyz(file, "is not a TIFF");
        }
        return cloud(image);
    }

    /** Reads a surface-normal image: a colour image of exactly 3 channels (or 4, alpha dropped). */
    public static RgbImage readNormals(Path file) throws IOException {
        return normals(EncodedImage.read(file));
    }

    /** Reads a point cloud when the file is a TIFF of floats, else a surface-normal image. */
    public static Second readSecond(Path file) throws IOException {
        EncodedImage image = EncodedImage.read(file);
        if (image.tiff != null && image.tiff.pages.get(0).isFloat()) {
            return new Second(cloud(image), null);
        }
        return new Second(null, normals(image));
    }

    /** Reads a ground-truth mask as grey; colours are weighted as Pillow's {@code convert("L")} does. */
    public static Grey readGrey(Path file) throws IOException {
        return grey(EncodedImage.read(file));
    }

    /** The same of a file's content. */
    public static Grey grey(EncodedImage image) {
        Samples s = decode(image);
        byte[] grey = s.bytes;
        if (s.channels > 1) {
            grey = new byte[s.width * s.height];
            for (int i = 0, p = 0; i < grey.length; i++, p += s.channels) {
                int blue = s.bytes[p] & 0xFF;
                int green = s.bytes[p + 1] & 0xFF;
                int red = s.bytes[p + 2] & 0xFF;
                grey[i] = (byte) ((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);
            }
        }
        return new Grey(s.width, s.height, grey);
    }

    /** PNG of a colour image. */
    public static byte[] png(RgbImage image) {
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
        requireLength(pixels.length, (long) width * height);
        return encodePng(width, height, CV_8UC1, pixels);
    }

    /** Uncompressed float32 TIFF of one channel, row by row. */
    public static byte[] tiffFloat(int width, int height, float[] values) {
        requireLength(values.length, (long) width * height);
        return encodeTiff(width, height, CV_32FC1, values);
    }

    /** Uncompressed float32 TIFF of x, y, z per pixel, as in MVTec 3D-AD. */
    public static byte[] tiffXyz(PointCloud cloud) {
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

    /** Decoded 8-bit samples in OpenCV's order: grey, BGR or BGRA. */
    private record Samples(Path file, int width, int height, int channels, byte[] bytes) {}

    private static Samples decode(EncodedImage image) {
        if (image.tiff != null) {
            TiffFile.Page page = image.tiff.pages.get(0);
            boolean integers = page.sampleFormat == 1 && (page.bits == 1 || page.bits == 8 || page.bits == 16);
            if (!integers || page.planar != 1) {
                throw new InputException(image.file + " has " + page.bits + "-bit "
                        + (page.sampleFormat == 3 ? "float" : "integer") + (page.planar == 2 ? " planes" : " samples")
                        + "; a colour image has 8 or 16 bits, interleaved");
            }
            image.tiff.verifyData(page);
        }
        try (PointerScope scope = new PointerScope(); BytePointer data = new BytePointer(image.bytes)) {
            Mat mat = decoded(image, () -> imdecode(new Mat(1, image.bytes.length, CV_8UC1, data), IMREAD_UNCHANGED));
            int channels = mat.channels();
            if (channels != 1 && channels != 3 && channels != 4) {
                throw new InputException(image.file + " has " + channels
                        + " channels; give a grey, RGB or RGBA image");
            }
            int n = mat.rows() * mat.cols() * channels;
            byte[] bytes = new byte[n];
            if (mat.depth() == CV_8U) {
                mat.data().get(bytes);
            } else if (mat.depth() == CV_16U) {
                byte[] wide = new byte[2 * n];
                mat.data().get(wide);
                int high = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 1 : 0;
                for (int i = 0; i < n; i++) {
                    bytes[i] = wide[2 * i + high];
                }
            } else {
                throw new InputException(image.file + " has samples that are not 8 or 16 bit; save it as an 8-bit PNG");
            }
            return new Samples(image.file, mat.cols(), mat.rows(), channels, bytes);
        }
    }

    private interface Decoder {
        Mat run();
    }

    private static Mat decoded(EncodedImage image, Decoder decoder) {
        Mat mat;
        try {
            mat = decoder.run();
        } catch (RuntimeException e) {
            throw EncodedImage.damaged(image.file, "its image data cannot be decoded");
        }
        if (mat == null || mat.empty() || !mat.isContinuous()) {
            throw EncodedImage.damaged(image.file, "its image data cannot be decoded");
        }
        return mat;
    }

    private static RgbImage colour(Samples s) {
        byte[] rgb = new byte[3 * s.width * s.height];
        int blue = 0;
        int green = s.channels == 1 ? 0 : 1;
        int red = s.channels == 1 ? 0 : 2;
        for (int i = 0, p = 0; i < rgb.length; i += 3, p += s.channels) {
            rgb[i] = s.bytes[p + red];
            rgb[i + 1] = s.bytes[p + green];
            rgb[i + 2] = s.bytes[p + blue];
        }
        return new RgbImage(s.width, s.height, rgb);
    }

    private static RgbImage normals(EncodedImage image) {
        Samples s = decode(image);
        if (s.channels < 3) {
            throw new InputException(image.file + " has " + s.channels + " channel; the second modality is a TIFF of"
                    + " float x,y,z in metres or a surface-normal image of 3 channels");
        }
        return colour(s);
    }

    private static InputException notXyz(Path file, String what) {
        return new InputException(file + " " + what + "; a point cloud is a TIFF of 3 float channels: x, y, z in metres");
    }

    private static PointCloud cloud(EncodedImage image) {
        List<TiffFile.Page> pages = image.tiff.pages;
        TiffFile.Page first = pages.get(0);
        for (TiffFile.Page page : pages) {
            boolean alike = page.isFloat() && page.bits == first.bits && page.samples == first.samples
                    && page.width == first.width && page.height == first.height;
            if (!alike) {
                throw notXyz(image.file, page.isFloat() ? "has pages of different kinds"
                        : "has " + page.bits + "-bit samples that are not float32 or float64");
            }
        }
        EncodedImage.checkSize(image.file, first.width, first.height * pages.size(), TiffFile.MAX_POINTS);
        int w = (int) first.width;
        int h = (int) first.height;
        int perPage = w * h * (int) first.samples;
        if (pages.size() == 1 && first.samples == 3) {
            return new PointCloud(w, h, samples(image, pages, perPage));
        }
        if (first.samples == 1 && w == 3 && pages.size() > 1) {
            // tifffile stores an H x W x 3 array tagged grey as H pages of W rows and 3 columns.
            return new PointCloud(h, pages.size(), samples(image, pages, perPage));
        }
        if (first.samples == 1 && pages.size() == 3) {
            float[] planes = samples(image, pages, perPage);
            float[] xyz = new float[planes.length];
            for (int i = 0; i < perPage; i++) {
                xyz[3 * i] = planes[i];
                xyz[3 * i + 1] = planes[perPage + i];
                xyz[3 * i + 2] = planes[2 * perPage + i];
            }
            return new PointCloud(w, h, xyz);
        }
        throw notXyz(image.file, "has " + first.samples + (first.samples == 1 ? " channel" : " channels")
                + (pages.size() == 1 ? "" : " on each of " + pages.size() + " pages"));
    }

    /** All samples of all pages, one page after the other. */
    private static float[] samples(EncodedImage image, List<TiffFile.Page> pages, int perPage) {
        boolean plain = true;
        for (TiffFile.Page page : pages) {
            plain &= page.isPlain();
            if (!page.isPlain() && page.planar != 1) {
                throw notXyz(image.file, "stores compressed planes, which cannot be read");
            }
            if (!page.isPlain()) {
                image.tiff.verifyData(page);
            }
        }
        float[] out = new float[perPage * pages.size()];
        if (plain) {
            for (int i = 0; i < pages.size(); i++) {
                image.tiff.read(pages.get(i), out, i * perPage);
            }
            return out;
        }
        try (PointerScope scope = new PointerScope(); BytePointer data = new BytePointer(image.bytes)) {
            MatVector mats = new MatVector();
            Mat buffer = new Mat(1, image.bytes.length, CV_8UC1, data);
            for (int i = 0; i < pages.size(); i++) {
                int page = i;
                Mat mat = decoded(image, () -> {
                    if (page == 0) {
                        imdecodemulti(buffer, IMREAD_UNCHANGED, mats);
                    }
                    return mats.size() == pages.size() ? mats.get(page) : null;
                });
                copy(image, mat, out, i * perPage, perPage);
            }
        }
        return out;
    }

    private static void copy(EncodedImage image, Mat mat, float[] out, int start, int n) {
        if ((long) mat.rows() * mat.cols() * mat.channels() != n) {
            throw EncodedImage.damaged(image.file, "a page has another size than its header says");
        }
        if (mat.depth() == CV_32F) {
            new FloatPointer(mat.data()).get(out, start, n);
        } else if (mat.depth() == CV_64F) {
            double[] wide = new double[n];
            new DoublePointer(mat.data()).get(wide);
            for (int i = 0; i < n; i++) {
                out[start + i] = (float) wide[i];
            }
        } else {
            throw notXyz(image.file, "does not hold floats");
        }
        if (mat.channels() == 3) { // OpenCV hands colours, and whatever it takes for colours, over as B, G, R
            for (int i = start; i < start + n; i += 3) {
                float z = out[i];
                out[i] = out[i + 2];
                out[i + 2] = z;
            }
        }
    }

    private static byte[] encodePng(int width, int height, int type, byte[] pixels) {
        try (PointerScope scope = new PointerScope(); BytePointer data = new BytePointer(pixels)) {
            return encode(".png", new Mat(height, width, type, data), IMWRITE_PNG_COMPRESSION, PNG_LEVEL);
        }
    }

    private static byte[] encodeTiff(int width, int height, int type, float[] values) {
        try (PointerScope scope = new PointerScope(); FloatPointer data = new FloatPointer(values)) {
            return encode(".tiff", new Mat(height, width, type, data), IMWRITE_TIFF_COMPRESSION, TIFF_UNCOMPRESSED);
        }
    }

    private static byte[] encode(String extension, Mat mat, int... parameters) {
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
