package io.trd4j.data.image;

import io.trd4j.data.GreyImage;
import io.trd4j.data.RgbImage;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Path;

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
        return ImageChecks.read(file, () -> {
            EncodedImage image = EncodedImage.read(file);
            try (DecodedImage decoded = decoded(image, false, 3)) {
                int bits = colorBits > Reading.AS_USED ? colorBits : usedBits(decoded);
                return colour(image, decoded, colorBits == Reading.UNRECORDED && bits > 12 ? 16 : bits);
            }
        });
    }

    /** Reads a surface-normal image: a colour image of exactly 3 channels (or 4, alpha dropped). */
    public static RgbImage readNormals(Path file) throws IOException {
        return ImageChecks.read(file, () -> normals(EncodedImage.read(file)));
    }

    /** Reads a ground-truth mask as grey; colours are weighted as Pillow's {@code convert("L")} does. */
    public static GreyImage readGrey(Path file) throws IOException {
        return ImageChecks.read(file, () -> grey(EncodedImage.read(file)));
    }

    /** As {@link #readGrey}, of a file's content. */
    public static GreyImage grey(EncodedImage image) {
        try (DecodedImage decoded = decoded(image, false, 1)) {
            int width = decoded.width();
            int channels = decoded.channels();
            byte[] grey = new byte[width * decoded.height()];
            forEachRow(decoded, (y, row) -> {
                int shift = decoded.wide() ? 8 : 0; // of 16 bits the high byte, as Pillow does
                for (int i = 0, p = 0, to = y * width; i < width; i++, p += channels, to++) {
                    int blue = (row[p] & 0xFFFF) >> shift;
                    int green = channels == 1 ? blue : (row[p + 1] & 0xFFFF) >> shift;
                    int red = channels == 1 ? blue : (row[p + 2] & 0xFFFF) >> shift;
                    grey[to] =
                            (byte) (channels == 1 ? blue : (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);
                }
            });
            int height = decoded.height();
            byte[] shown = Orientation.apply(image.orientation, grey, width, height, 1);
            boolean turned = Orientation.transposes(image.orientation);
            return new GreyImage(turned ? height : width, turned ? width : height, shown);
        }
    }

    /**
     * Reads an image without deciding what its samples mean.
     *
     * @throws InputException also when it takes more memory than there is
     */
    public static StoredImage stored(Path file) throws IOException {
        return ImageChecks.read(file, () -> stored(EncodedImage.read(file)));
    }

    /** As {@link #stored(Path)}, of a file's content. */
    public static StoredImage stored(EncodedImage image) {
        boolean lossy = image.isJpeg();
        try (DecodedImage decoded = decoded(image, true, 8)) {
            int width = decoded.width();
            int height = decoded.height();
            int channels = decoded.channels();
            short[] samples = new short[width * height * channels];
            forEachRow(decoded, (y, row) -> System.arraycopy(row, 0, samples, y * row.length, row.length));
            boolean turned = Orientation.transposes(image.orientation);
            return new StoredImage(
                    image.file,
                    turned ? height : width,
                    turned ? width : height,
                    channels,
                    decoded.wide() ? 0xFFFF : 0xFF,
                    lossy,
                    Orientation.apply(image.orientation, samples, width, height, channels));
        }
    }

    /** A depth image in a PNG of one channel of 16 bits. */
    static Grid depth(EncodedImage image) {
        try (DecodedImage decoded = decoded(image, true, 4)) {
            ImageChecks.checkSize(image.file, decoded.width(), decoded.height(), TiffFile.MAX_POINTS);
            float[] values = new float[decoded.width() * decoded.height()];
            forEachRow(decoded, (y, row) -> {
                for (int x = 0; x < row.length; x++) {
                    values[y * row.length + x] = row[x] & 0xFFFF;
                }
            });
            return new Grid(image.file, decoded.width(), decoded.height(), 1, values, SampleType.UINT16)
                    .turned(image.orientation);
        }
    }

    /**
     * How many bits of its samples a colour image uses: 8 for samples of 8 bits, else 10, 12, 14 or 16, the fewest that
     * hold all of them.
     */
    public static int colorBits(Path file) throws IOException {
        if (!EncodedImage.startsWide(EncodedImage.start(file))) {
            return Reading.AS_USED;
        }
        return ImageChecks.read(file, () -> {
            EncodedImage image = EncodedImage.read(file);
            if (!image.mayBeWide()) {
                return Reading.AS_USED;
            }
            try (DecodedImage decoded = decoded(image, true, 0)) {
                return usedBits(decoded);
            }
        });
    }

    /** Takes the samples of a row, unsigned. */
    @FunctionalInterface
    private interface Rows {
        void row(int y, short[] samples);
    }

    private static void forEachRow(DecodedImage decoded, Rows rows) {
        short[] row = new short[decoded.width() * decoded.channels()];
        for (int y = 0; y < decoded.height(); y++) {
            decoded.row(y, row);
            rows.row(y, row);
        }
    }

    /** @param pixelBytes of what is made of a pixel */
    private static DecodedImage decoded(EncodedImage image, boolean alpha, int pixelBytes) {
        image.requireMemory(pixelBytes);
        return DecodedImage.of(image, alpha);
    }

    private static int usedBits(DecodedImage decoded) {
        if (!decoded.wide()) {
            return Reading.AS_USED;
        }
        int[] used = new int[1];
        forEachRow(decoded, (y, row) -> {
            for (short sample : row) {
                used[0] |= sample & 0xFFFF;
            }
        });
        int all = used[0];
        return all < 1 << 10 ? 10 : all < 1 << 12 ? 12 : all < 1 << 14 ? 14 : 16;
    }

    /** Of samples of 16 bits the highest 8 of those that are used; what is brighter is white. */
    private static RgbImage colour(EncodedImage image, DecodedImage decoded, int bits) {
        int width = decoded.width();
        int height = decoded.height();
        int channels = decoded.channels();
        int green = channels == 1 ? 0 : 1;
        int red = channels == 1 ? 0 : 2;
        int shift = decoded.wide() ? bits - 8 : 0;
        byte[] rgb = new byte[3 * width * height];
        forEachRow(decoded, (y, row) -> {
            for (int x = 0, p = 0, to = 3 * y * width; x < width; x++, p += channels, to += 3) {
                rgb[to] = (byte) Math.min(0xFF, (row[p + red] & 0xFFFF) >> shift);
                rgb[to + 1] = (byte) Math.min(0xFF, (row[p + green] & 0xFFFF) >> shift);
                rgb[to + 2] = (byte) Math.min(0xFF, (row[p] & 0xFFFF) >> shift);
            }
        });
        byte[] shown = Orientation.apply(image.orientation, rgb, width, height, 3);
        boolean turned = Orientation.transposes(image.orientation);
        return new RgbImage(turned ? height : width, turned ? width : height, shown);
    }

    static RgbImage normals(EncodedImage image) {
        try (DecodedImage decoded = decoded(image, false, 3)) {
            if (decoded.channels() < 3) {
                throw new InputException(
                        image.file + " has 1 channel of 8 bits; the second modality is points or depths"
                                + " (16 bits or floats), or a surface-normal image of 3 channels");
            }
            return colour(image, decoded, 16);
        }
    }
}
