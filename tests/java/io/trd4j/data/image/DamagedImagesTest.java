package io.trd4j.data.image;

import static io.trd4j.data.Fixtures.assertRefused;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_UNCHANGED;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.Fixtures;
import io.trd4j.data.RgbImage;
import io.trd4j.io.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What decoders would only warn of, or take for an image; and what must not be taken for damage. */
class DamagedImagesTest {
    private static final int W = 61;
    private static final int H = 43;

    @TempDir
    private Path folder;

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("a.any"), bytes);
    }

    private static byte[] jpeg(int type, int... settings) {
        Random random = new Random(type + Arrays.hashCode(settings));
        try (Mat mat = new Mat(H, W, type)) {
            for (int i = 0; i < mat.elemSize() * W * H; i++) {
                mat.data().put(i, (byte) (random.nextInt(40) + 3 * (i / (3 * W)) + i % 50));
            }
            return OpenCv.encode(".jpg", mat, settings);
        }
    }

    /** Of what is sound every pixel stays, in every kind of scan. */
    @Test
    void soundJpegsAreReadAsTheyAre() throws IOException {
        int quality = opencv_imgcodecs.IMWRITE_JPEG_QUALITY;
        for (int type : new int[] {opencv_core.CV_8UC1, opencv_core.CV_8UC3}) {
            for (int progressive = 0; progressive < 2; progressive++) {
                for (int restart = 0; restart < 5; restart += 2) {
                    for (int sampling : new int[] {0x111111, 0x211111, 0x121111, 0x221111, 0x411111}) {
                        byte[] jpeg = jpeg(
                                type,
                                quality,
                                35 + 30 * progressive + 10 * restart,
                                opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE,
                                progressive,
                                opencv_imgcodecs.IMWRITE_JPEG_RST_INTERVAL,
                                restart,
                                opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR,
                                sampling);
                        byte[] plain = decoded(jpeg);
                        byte[] clean = JpegFile.clean(folder, jpeg.clone()).bytes();
                        assertArrayEquals(plain, decoded(clean));
                    }
                }
            }
        }
    }

    private static byte[] decoded(byte[] jpeg) {
        try (BytePointer data = new BytePointer(jpeg);
                Mat mat = imdecode(new Mat(1, jpeg.length, opencv_core.CV_8UC1, data), IMREAD_UNCHANGED)) {
            byte[] pixels = new byte[(int) (mat.elemSize() * W * H)];
            mat.data().get(pixels);
            return pixels;
        }
    }

    /** A decoder makes noise and grey of such data. */
    @Test
    void damagedJpegDataAreRefused() throws IOException {
        for (int progressive = 0; progressive < 2; progressive++) {
            byte[] jpeg = jpeg(
                    opencv_core.CV_8UC3,
                    opencv_imgcodecs.IMWRITE_JPEG_QUALITY,
                    90,
                    opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE,
                    progressive);
            int refused = 0;
            for (int i = 0; i < 100; i++) {
                byte[] damaged = jpeg.clone();
                damaged[jpeg.length - 30 - 10 * i] = (byte) (i * 37 % 255);
                try {
                    ImageReader.readRgb(write(damaged));
                } catch (InputException e) {
                    refused++;
                }
            }
            assertTrue(refused > 10, "refused " + refused);
            // A third of the data is cut out, and the end is there.
            byte[] cut = new byte[jpeg.length - jpeg.length / 3];
            System.arraycopy(jpeg, 0, cut, 0, cut.length - 2);
            System.arraycopy(jpeg, jpeg.length - 2, cut, cut.length - 2, 2);
            Path file = write(cut);
            assertRefused(() -> ImageReader.readRgb(file), file, "damaged");
        }
    }

    /** Padding, odd versions and texts are in many cameras' files. */
    @Test
    void harmlessOdditiesOfJpegsAreNoDamage() throws IOException {
        byte[] jpeg = jpeg(opencv_core.CV_8UC3, opencv_imgcodecs.IMWRITE_JPEG_QUALITY, 80);
        byte[] sound = ImageReader.readRgb(write(jpeg)).rgb();
        byte[] padded = Arrays.copyOf(jpeg, jpeg.length + 9);
        System.arraycopy(new byte[] {1, 2, 3, 4, 5, 6, 7, -1, -39}, 0, padded, jpeg.length - 2, 9);
        assertArrayEquals(sound, ImageReader.readRgb(write(padded)).rgb());
        byte[] version = jpeg.clone();
        assertEquals('J', version[6]);
        version[11] = 9;
        assertArrayEquals(sound, ImageReader.readRgb(write(version)).rgb());
        ByteArrayOutputStream commented = new ByteArrayOutputStream();
        commented.write(jpeg, 0, 2);
        commented.writeBytes(new byte[] {-1, (byte) 0xFE, 0, 5, 'a', -1, 'c', -1, (byte) 0xE2, 0, 2});
        commented.write(jpeg, 2, jpeg.length - 2);
        assertArrayEquals(
                sound, ImageReader.readRgb(write(commented.toByteArray())).rgb());
    }

    @Test
    void jpegsThatTakeLongAreRefused() throws IOException {
        byte[] jpeg = jpeg(
                opencv_core.CV_8UC1,
                opencv_imgcodecs.IMWRITE_JPEG_QUALITY,
                90,
                opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE,
                1);
        int frame = find(jpeg, 0xC2, 0);
        byte[] huge = jpeg.clone();
        ByteBuffer.wrap(huge).putShort(frame + 5, (short) 9000).putShort(frame + 7, (short) 9000);
        Path large = write(huge);
        assertRefused(() -> ImageReader.readRgb(large), large, "too little image data");
        // The same scan again and again.
        int scan = find(jpeg, 0xDA, frame);
        int next = find(jpeg, 0xDA, scan + 2);
        byte[] repeated = new byte[jpeg.length + next - scan];
        System.arraycopy(jpeg, 0, repeated, 0, next);
        System.arraycopy(jpeg, scan, repeated, next, jpeg.length - scan);
        Path again = write(repeated);
        assertRefused(() -> ImageReader.readRgb(again), again, "impossible values in a JPEG segment");
        byte[] arithmetic = jpeg.clone();
        arithmetic[frame + 1] = (byte) 0xC9;
        Path rare = write(arithmetic);
        assertRefused(() -> ImageReader.readRgb(rare), rare, "a rare kind", "PNG");
    }

    private static int find(byte[] jpeg, int marker, int from) {
        int at = from;
        while (jpeg[at] != -1 || (jpeg[at + 1] & 0xFF) != marker) {
            at++;
        }
        return at;
    }

    private static byte[] png(int width, int height, int bits, int colour, byte[] palette, byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(8).putLong(PngFile.SIGNATURE).array());
        ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
        chunk(out, "IHDR", header.put((byte) bits).put((byte) colour).array());
        if (palette != null) {
            chunk(out, "PLTE", palette);
        }
        chunk(out, "IDAT", data);
        chunk(out, "IEND", new byte[0]);
        return out.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
        CRC32 crc = new CRC32();
        crc.update(type.getBytes(StandardCharsets.US_ASCII));
        crc.update(data);
        ByteBuffer chunk = ByteBuffer.allocate(12 + data.length).putInt(data.length);
        out.writeBytes(chunk.put(type.getBytes(StandardCharsets.US_ASCII))
                .put(data)
                .putInt((int) crc.getValue())
                .array());
    }

    private static byte[] deflated(byte[] raw) {
        Deflater deflater = new Deflater();
        deflater.setInput(raw);
        deflater.finish();
        byte[] out = new byte[raw.length + 100];
        int n = deflater.deflate(out);
        deflater.end();
        return Arrays.copyOf(out, n);
    }

    @Test
    void pngDataAreCheckedToTheLastByte() throws IOException {
        byte[] raw = {0, 1, 2, 0, 3, 4};
        byte[] data = deflated(raw);
        RgbImage sound = ImageReader.readRgb(write(png(2, 2, 8, 0, null, data)));
        assertArrayEquals(new byte[] {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4}, sound.rgb());
        assertArrayEquals(
                sound.rgb(),
                ImageReader.readRgb(write(png(2, 2, 8, 0, null, Arrays.copyOf(data, data.length + 5))))
                        .rgb(),
                "bytes behind the data are no part of them");
        refused(png(2, 2, 8, 0, null, deflated(new byte[] {0, 1, 2, 5, 3, 4})), "unknown filter");
        refused(png(2, 2, 8, 0, null, deflated(Arrays.copyOf(raw, 5))), "too little image data");
        refused(png(2, 2, 8, 0, null, Arrays.copyOf(data, data.length - 4)), "too little image data");
        byte[] checksum = data.clone();
        checksum[data.length - 1]++;
        refused(png(2, 2, 8, 0, null, checksum), "cannot be decompressed");
        refused(png(2, 2, 8, 3, null, data), "no palette");
        refused(png(2, 2, 8, 3, new byte[4], data), "impossible palette");
        refused(png(2, 2, 1, 3, new byte[3 * 257], data), "impossible palette");
        // Colours beyond the palette are black.
        byte[] palette = {9, 9, 9, 8, 8, 8};
        assertArrayEquals(
                new byte[] {8, 8, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0},
                ImageReader.readRgb(write(png(2, 2, 8, 3, palette, data))).rgb());
    }

    /** Real files have them, and libpng reads these with a warning: what no pixel needs is left out. */
    @Test
    void pngsWithMoreThanTheyNeedAreRead() throws IOException {
        byte[] raw = {0, 1, 2, 0, 3, 4};
        byte[] grey = {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4};
        for (int length : new int[] {7, 100, 200_000}) {
            byte[] more = Arrays.copyOf(raw, length);
            Arrays.fill(more, raw.length, length, (byte) 9);
            byte[] file = png(2, 2, 8, 0, null, deflated(more));
            assertArrayEquals(grey, ImageReader.readRgb(write(file)).rgb());
            int libpngSees = PngFile.clean(folder, ByteBuffer.wrap(file)).bytes().length;
            assertTrue(libpngSees < 100, "has " + libpngSees + " bytes");
        }
        // Of 1 bit: colours 0 and 1; the others are no pixel's.
        byte[] palette = new byte[3 * 256];
        Arrays.fill(palette, 3, 6, (byte) 7);
        Arrays.fill(palette, 6, palette.length, (byte) 99);
        byte[] bits = deflated(new byte[] {0, 0x40, 0, (byte) 0x80});
        byte[] colours = {0, 0, 0, 7, 7, 7, 7, 7, 7, 0, 0, 0};
        assertArrayEquals(
                colours,
                ImageReader.readRgb(write(png(2, 2, 1, 3, palette, bits))).rgb());
        // The rest may be damaged: nobody reads it.
        byte[] large = new byte[300_000];
        new Random(1).nextBytes(large);
        System.arraycopy(raw, 0, large, 0, raw.length);
        byte[] half = deflated(large);
        assertArrayEquals(
                grey,
                ImageReader.readRgb(write(png(2, 2, 8, 0, null, Arrays.copyOf(half, half.length / 2))))
                        .rgb());
    }

    private void refused(byte[] file, String says) throws IOException {
        Path path = write(file);
        assertRefused(() -> ImageReader.readRgb(path), path, says);
    }

    /** The advice is of the image, not of an option. */
    @Test
    void imagesThatNoMemoryHoldsAreRefused() {
        assertRefused(
                () -> ImageChecks.requireMemory(folder, 10_000, 10_000, 1L << 60, 0),
                folder,
                "has 10000x10000 pixels",
                "reduce its resolution",
                "-Xmx");
        assertRefused(
                () -> ImageChecks.requireMemory(folder, 10_000, 10_000, 0, 1L << 60),
                "reduce its resolution",
                "more memory");
        assertRefused(
                () -> ImageChecks.read(folder, () -> {
                    throw new OutOfMemoryError("Java heap space");
                }),
                folder,
                "reduce its resolution",
                "-Xmx");
    }

    /** JPEG in TIFF is decoded strip by strip; its rows are those of the image. */
    @Test
    void jpegsInTiffsAreRead() throws IOException {
        try (Mat mat = new Mat(H, W, opencv_core.CV_8UC3)) {
            for (int i = 0; i < 3 * W * H; i++) {
                mat.data().put(i, (byte) (i / (3 * W) * 5));
            }
            byte[] tiff = OpenCv.encode(
                    ".tiff",
                    mat,
                    opencv_imgcodecs.IMWRITE_TIFF_COMPRESSION,
                    7,
                    opencv_imgcodecs.IMWRITE_TIFF_ROWSPERSTRIP,
                    16);
            RgbImage image = ImageReader.readRgb(write(tiff));
            assertEquals(W, image.width());
            assertEquals(H, image.height());
            for (int i = 0; i < image.rgb().length; i++) {
                assertEquals(i / (3 * W) * 5, image.rgb()[i] & 0xFF, 6);
            }
        }
    }

    /** One bit has no differences: undoing them did not end. */
    @Test
    void predictorsNeedWholeBytes() throws IOException {
        byte[] tiff = Files.readAllBytes(Fixtures.image("rgb_zstd.tif"));
        byte[] odd = Tags.tiff(Tags.tiff(tiff, 258, 3, new byte[] {1, 0}), 317, 3, new byte[] {2, 0});
        Path file = write(odd);
        assertRefused(() -> ImageReader.readRgb(file), file, "impossible values");
    }

    /** Spaces took the square of their number. */
    @Test
    void textsOfCloudsAreReadInOnePass() throws IOException {
        String head = "ply\nformat ascii 1.0\ncomment width" + " ".repeat(60_000) + "x\n";
        Path ply = write(
                (head + "element vertex 1\nproperty float x\nproperty float y\nproperty float z\nend_header\n1 2 3\n")
                        .getBytes(StandardCharsets.US_ASCII));
        assertEquals(3, PointCloudReader.read(ply).xyz().length);
        String fields = "VERSION 0.7\nFIELDS x y z" + " a".repeat(2000) + "\nSIZE 4 4 4" + " 4".repeat(2000)
                + "\nTYPE F F F" + " F".repeat(2000) + "\nCOUNT 1 1 1" + " 65536".repeat(2000)
                + "\nWIDTH 1\nHEIGHT 1\nDATA ascii\n1 2 3\n";
        Path pcd = write(fields.getBytes(StandardCharsets.US_ASCII));
        assertRefused(() -> PointCloudReader.read(pcd), pcd, "impossible values");
    }
}
