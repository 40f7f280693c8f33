package io.trd4j.data.image;

import static org.bytedeco.opencv.global.opencv_core.CV_16U;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_UNCHANGED;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;

import io.trd4j.data.GreyImage;
import io.trd4j.data.RgbImage;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Reads colour, surface-normal and mask images: PNG, JPEG, TIFF or BMP, whatever the file is called. Grey becomes three
 * equal channels, an alpha channel is dropped, of 16-bit samples the high byte is kept (all as Pillow's
 * {@code convert("RGB")}); EXIF orientation and colour profiles are ignored.
 *
 * <p>Every method throws {@link InputException}, naming the file, when it is missing, damaged, truncated, too large
 * (100 million pixels) or of another kind; IOException when the disk fails.
 */
public final class ImageReader {
    private ImageReader() {}

    /** Reads a colour image. */
    public static RgbImage readRgb(Path file) throws IOException {
        return colour(decode(EncodedImage.read(file)));
    }

    /** Reads a surface-normal image: a colour image of exactly 3 channels (or 4, alpha dropped). */
    public static RgbImage readNormals(Path file) throws IOException {
        return normals(EncodedImage.read(file));
    }

    /** Reads a ground-truth mask as grey; colours are weighted as Pillow's {@code convert("L")} does. */
    public static GreyImage readGrey(Path file) throws IOException {
        return grey(EncodedImage.read(file));
    }

    /** As {@link #readGrey}, of a file's content. */
    public static GreyImage grey(EncodedImage image) {
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
        return new GreyImage(s.width, s.height, grey);
    }

    /** Reads an image without deciding what its samples mean. */
    public static StoredImage stored(EncodedImage image) {
        boolean lossy = (image.bytes[0] & 0xFF) == 0xFF; // JPEG
        try (PointerScope scope = new PointerScope();
                BytePointer data = new BytePointer(image.bytes)) {
            Mat mat = decoded(image, data);
            int n = mat.rows() * mat.cols() * mat.channels();
            short[] samples = new short[n];
            boolean wide = mat.depth() == CV_16U;
            if (wide) {
                new ShortPointer(mat.data()).get(samples);
            } else {
                byte[] bytes = new byte[n];
                mat.data().get(bytes);
                for (int i = 0; i < n; i++) {
                    samples[i] = (short) (bytes[i] & 0xFF);
                }
            }
            return new StoredImage(
                    image.file, mat.cols(), mat.rows(), mat.channels(), wide ? 0xFFFF : 0xFF, lossy, samples);
        }
    }

    /** Decoded 8-bit samples in OpenCV's order: grey, BGR or BGRA. */
    private record Samples(Path file, int width, int height, int channels, byte[] bytes) {}

    private static Samples decode(EncodedImage image) {
        try (PointerScope scope = new PointerScope();
                BytePointer data = new BytePointer(image.bytes)) {
            Mat mat = decoded(image, data);
            int channels = mat.channels();
            int n = mat.rows() * mat.cols() * channels;
            byte[] bytes = new byte[n];
            if (mat.depth() == CV_8U) {
                mat.data().get(bytes);
            } else {
                byte[] wide = new byte[2 * n];
                mat.data().get(wide);
                int high = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 1 : 0;
                for (int i = 0; i < n; i++) {
                    bytes[i] = wide[2 * i + high];
                }
            }
            return new Samples(image.file, mat.cols(), mat.rows(), channels, bytes);
        }
    }

    /** 8 or 16 bits, of 1, 3 or 4 channels; valid as long as {@code data} is. */
    private static Mat decoded(EncodedImage image, BytePointer data) {
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
        Mat mat = OpenCv.decode(image, () -> imdecode(new Mat(1, image.bytes.length, CV_8UC1, data), IMREAD_UNCHANGED));
        int channels = mat.channels();
        if (channels != 1 && channels != 3 && channels != 4) {
            throw new InputException(image.file + " has " + channels + " channels; give a grey, RGB or RGBA image");
        }
        if (mat.depth() != CV_8U && mat.depth() != CV_16U) {
            throw new InputException(image.file + " has samples that are not 8 or 16 bit; save it as an 8-bit PNG");
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

    static RgbImage normals(EncodedImage image) {
        Samples s = decode(image);
        if (s.channels < 3) {
            throw new InputException(image.file + " has " + s.channels + " channel; the second modality is a TIFF of"
                    + " float x,y,z in metres or a surface-normal image of 3 channels");
        }
        return colour(s);
    }
}
