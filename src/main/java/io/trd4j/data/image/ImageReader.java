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
import java.nio.file.Path;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Reads colour, surface-normal and mask images: PNG, JPEG, TIFF or BMP, whatever the file is called. The orientation of
 * EXIF and TIFF is applied. Grey becomes three equal channels, an alpha channel is dropped (as Pillow's
 * {@code convert("RGB")}), colour profiles are ignored. Of 16-bit samples the 8 highest bits are kept: of masks and
 * normals those of 16, of colour those of the bits that are used ({@link Reading#colorBits}).
 *
 * <p>Every method throws {@link InputException}, naming the file, when it is missing, damaged, truncated, too large
 * (100 million pixels) or of another kind; IOException when the disk fails.
 */
public final class ImageReader {
    private ImageReader() {}

    /** Reads a colour image of which nothing is known. */
    public static RgbImage readRgb(Path file) throws IOException {
        return readRgb(file, Reading.UNRECORDED);
    }

    /**
     * Reads a colour image.
     *
     * @param colorBits that it uses of samples of 16 bits, see {@link Reading#colorBits}
     */
    public static RgbImage readRgb(Path file, int colorBits) throws IOException {
        Wide image = decode(EncodedImage.read(file));
        int bits = colorBits > Reading.AS_USED ? colorBits : usedBits(image.samples);
        return colour(image.narrow(colorBits == Reading.UNRECORDED && bits > 12 ? 16 : bits));
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
        Samples s = decodeHigh(image);
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
        Wide wide = decode(image);
        short[] samples = wide.samples;
        if (samples == null) {
            samples = new short[wide.bytes.length];
            for (int i = 0; i < samples.length; i++) {
                samples[i] = (short) (wide.bytes[i] & 0xFF);
            }
        }
        return new StoredImage(
                image.file,
                wide.width,
                wide.height,
                wide.channels,
                wide.samples == null ? 0xFF : 0xFFFF,
                lossy,
                samples);
    }

    /** A depth image in a PNG of one channel of 16 bits. */
    static Grid depth(EncodedImage image) {
        Wide wide = decode(image);
        float[] values = new float[wide.samples.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = wide.samples[i] & 0xFFFF;
        }
        return new Grid(image.file, wide.width, wide.height, 1, values, SampleType.UINT16);
    }

    /**
     * How many bits of its samples a colour image uses: 8 for samples of 8 bits, else 10, 12, 14 or 16, the fewest that
     * hold all of them.
     */
    public static int colorBits(Path file) throws IOException {
        if (!EncodedImage.startsWide(EncodedImage.start(file))) {
            return Reading.AS_USED;
        }
        EncodedImage image = EncodedImage.read(file);
        return image.mayBeWide() ? usedBits(decode(image).samples) : Reading.AS_USED;
    }

    /** @param wide of 16 bits; null where samples have 8 */
    private static int usedBits(short[] wide) {
        if (wide == null) {
            return Reading.AS_USED;
        }
        int all = 0;
        for (short sample : wide) {
            all |= sample & 0xFFFF;
        }
        return all < 1 << 10 ? 10 : all < 1 << 12 ? 12 : all < 1 << 14 ? 14 : 16;
    }

    /** Decoded samples as they are shown, in OpenCV's order: grey, BGR or BGRA; one of the arrays is null. */
    private record Wide(Path file, int width, int height, int channels, byte[] bytes, short[] samples) {
        /** As 8 bits: the highest of those that are used; what is brighter is white. */
        Samples narrow(int bits) {
            if (samples == null) {
                return new Samples(file, width, height, channels, bytes);
            }
            byte[] narrow = new byte[samples.length];
            for (int i = 0; i < narrow.length; i++) {
                narrow[i] = (byte) Math.min(0xFF, (samples[i] & 0xFFFF) >> bits - 8);
            }
            return new Samples(file, width, height, channels, narrow);
        }
    }

    /** Samples of 8 bits. */
    private record Samples(Path file, int width, int height, int channels, byte[] bytes) {}

    /** Masks and normals: of 16 bits the high byte, as Pillow does. */
    private static Samples decodeHigh(EncodedImage image) {
        return decode(image).narrow(16);
    }

    private static Wide decode(EncodedImage image) {
        byte[] encoded = image.bytes;
        if (image.tiff != null) {
            TiffFile.Page page = image.tiff.pages.get(0);
            boolean integers = page.sampleFormat == 1 && (page.bits == 1 || page.bits == 8 || page.bits == 16);
            if (!integers || page.planar == 2 && page.bits == 1) {
                throw new InputException(image.file + " has " + page.bits + "-bit "
                        + (page.sampleFormat == 3 ? "float" : "integer") + (page.planar == 2 ? " planes" : " samples")
                        + "; a colour image has 8 or 16 bits");
            }
            if (page.planar == 2 && page.compression == TiffCodec.JPEG
                    || page.compression == TiffCodec.ZSTD && page.bits == 1) {
                throw new InputException(image.file + " is stored in a way that is not read; save it as PNG");
            }
            if (page.planar == 2 || page.compression == TiffCodec.ZSTD) {
                encoded = PlainTiff.of(image.tiff, page);
            } else {
                image.tiff.verifyData(page);
            }
        }
        byte[] file = encoded;
        OpenCv.load();
        try (PointerScope scope = new PointerScope();
                BytePointer data = new BytePointer(file)) {
            Mat mat = OpenCv.decode(image, () -> imdecode(new Mat(1, file.length, CV_8UC1, data), IMREAD_UNCHANGED));
            int channels = mat.channels();
            if (channels != 1 && channels != 3 && channels != 4) {
                throw new InputException(image.file + " has " + channels + " channels; give a grey, RGB or RGBA image");
            }
            int width = mat.cols();
            int height = mat.rows();
            int n = width * height * channels;
            byte[] bytes = null;
            short[] wide = null;
            if (mat.depth() == CV_8U) {
                bytes = new byte[n];
                mat.data().get(bytes);
                bytes = Orientation.apply(image.orientation, bytes, width, height, channels);
            } else if (mat.depth() == CV_16U) {
                wide = new short[n];
                new ShortPointer(mat.data()).get(wide);
                wide = Orientation.apply(image.orientation, wide, width, height, channels);
            } else {
                throw new InputException(image.file + " has samples that are not 8 or 16 bit; save it as an 8-bit PNG");
            }
            boolean turned = Orientation.transposes(image.orientation);
            return new Wide(image.file, turned ? height : width, turned ? width : height, channels, bytes, wide);
        }
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
        Samples s = decodeHigh(image);
        if (s.channels < 3) {
            throw new InputException(image.file + " has 1 channel of 8 bits; the second modality is points or depths"
                    + " (16 bits or floats), or a surface-normal image of 3 channels");
        }
        return colour(s);
    }
}
