package io.trd4j.data.image;

import static io.trd4j.data.Fixtures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.Fixtures;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFilesTest {
    private static final int W = 5;
    private static final int H = 6;

    @TempDir
    Path folder;

    /**
     * Written by tifffile, tiffcp, Pillow and by hand: x = row / 4 + column / 16, y = x + 8, z = x + 16, exact in
     * float32.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "rgb_none",
                "rgb_deflate",
                "rgb_lzw",
                "rgb_float64",
                "rgb_float64_deflate",
                "grey_none",
                "grey_deflate",
                "grey_lzw",
                "grey_contig",
                "grey_contig_deflate",
                "bigendian",
                "bigtiff",
                "planar",
                "planar_deflate",
                "three_pages",
                "tiled",
                "strips",
                "zstd",
                "zstd_p3_tiled",
                "lzw_p2",
                "lzw_p3",
                "deflate_p3_tiled",
                "packbits",
                "bigendian_lzw_p2",
                "planar_tiled",
                "float16"
            })
    void readsPointClouds(String kind) throws IOException {
        PointCloud cloud = PointCloudReader.read(Fixtures.image("xyz_" + kind + ".tiff"));
        assertEquals(W, cloud.width());
        assertEquals(H, cloud.height());
        float[] expected = new float[3 * W * H];
        for (int i = 0; i < expected.length; i++) {
            int pixel = i / 3;
            expected[i] = 0.25f * (pixel / W) + 0.0625f * (pixel % W) + 8 * (i % 3);
        }
        assertArrayEquals(expected, cloud.xyz());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rgb.png",
                "rgb.bmp",
                "rgb.tif",
                "rgb_lzw.tif",
                "rgb_deflate.tif",
                "rgba.png",
                "rgb16.png",
                "palette.png",
                "rgb_zstd.tif",
                "rgb16_zstd.tif",
                "rgb_planar.tif"
            })
    void readsColour(String name) throws IOException {
        RgbImage image = ImageReader.readRgb(Fixtures.image(name));
        assertEquals(W, image.width());
        assertEquals(H, image.height());
        for (int p = 0; p < W * H; p++) {
            int row = p / W;
            int column = p % W;
            assertEquals(10 * row, image.rgb()[3 * p] & 0xFF, name);
            assertEquals(20 * column, image.rgb()[3 * p + 1] & 0xFF, name);
            assertEquals(200 - row - column, image.rgb()[3 * p + 2] & 0xFF, name);
        }
    }

    @Test
    void greyBecomesThreeChannels() throws IOException {
        RgbImage image = ImageReader.readRgb(Fixtures.image("grey.png"));
        for (int i = 0; i < image.rgb().length; i++) {
            assertEquals(10 * (i / 3 / W), image.rgb()[i] & 0xFF);
        }
    }

    /** Uniform colour (200, 100, 50). */
    @ParameterizedTest
    @ValueSource(strings = {"progressive.jpg", "cmyk.jpg"})
    void readsJpeg(String name) throws IOException {
        RgbImage image = ImageReader.readRgb(Fixtures.image(name));
        assertEquals(24, image.width());
        assertEquals(16, image.height());
        int[] colour = {200, 100, 50};
        for (int i = 0; i < image.rgb().length; i++) {
            assertEquals(colour[i % 3], image.rgb()[i] & 0xFF, 4, name);
        }
    }

    /** Points hold -9999 in all channels where GDAL's tag says that this is no data. */
    @Test
    void statedNoDataIsMissing() throws IOException {
        float[] xyz = PointCloudReader.read(Fixtures.image("xyz_nodata.tiff")).xyz();
        List<Integer> missing = List.of(2 * 9 + 3, 5 * 9 + 1, 5 * 9 + 2, 5 * 9 + 3);
        for (int i = 0; i < xyz.length; i++) {
            assertEquals(missing.contains(i / 3) ? 0 : i / 256f + 0.5f, xyz[i]);
        }
    }

    @Test
    void whatIsEncodedIsReadBack() throws IOException {
        Random random = new Random(1);
        byte[] bytes = new byte[3 * 7 * 9];
        random.nextBytes(bytes);
        RgbImage image = new RgbImage(7, 9, bytes);
        Path png = Files.write(folder.resolve("a.png"), ImageWriter.png(image));
        assertArrayEquals(bytes, ImageReader.readRgb(png).rgb());

        float[] values = new float[3 * 7 * 9];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        values[5] = Float.NaN;
        Path xyz = Files.write(folder.resolve("a.tiff"), ImageWriter.tiffXyz(new PointCloud(7, 9, values)));
        PointCloud cloud = PointCloudReader.read(xyz);
        assertEquals(7, cloud.width());
        assertArrayEquals(values, cloud.xyz());

        byte[] grey = Arrays.copyOf(bytes, 63);
        Path mask = Files.write(folder.resolve("m.png"), ImageWriter.pngGrey(7, 9, grey));
        assertArrayEquals(grey, ImageReader.readGrey(mask).pixels());

        float[] map = Arrays.copyOf(values, 63);
        byte[] tiff = ImageWriter.tiffFloat(7, 9, map);
        TiffFile parsed = TiffFile.parse(folder, tiff);
        float[] read = new float[63];
        parsed.read(parsed.pages.get(0), read, 0);
        assertArrayEquals(map, read);
        assertThrows(IllegalArgumentException.class, () -> ImageWriter.tiffFloat(8, 9, map));
    }

    /** Every truncation of every kind of file is refused in one line: nothing is invented, nothing crashes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "rgb.png",
                "rgb.tif",
                "rgb_deflate.tif",
                "oriented.jpg",
                "progressive.jpg",
                "rgb.bmp",
                "xyz_rgb_none.tiff",
                "xyz_rgb_deflate.tiff",
                "xyz_rgb_lzw.tiff",
                "xyz_grey_none.tiff",
                "xyz_bigtiff.tiff",
                "xyz_zstd.tiff",
                "xyz_packbits.tiff",
                "xyz_deflate_p3_tiled.tiff"
            })
    void refusesTruncatedFiles(String name) throws IOException {
        byte[] whole = Files.readAllBytes(Fixtures.image(name));
        byte[] sound = name.startsWith("xyz")
                ? floatBytes(name)
                : ImageReader.readRgb(Fixtures.image(name)).rgb();
        Path file = folder.resolve(name);
        for (int length = 0; length < whole.length; length += 1 + length / 40) {
            Files.write(file, Arrays.copyOf(whole, length));
            try {
                // Trailing bytes that hold no pixel and no directory may be missing: then the image is whole.
                byte[] read = name.startsWith("xyz")
                        ? floatBytes(PointCloudReader.read(file))
                        : ImageReader.readRgb(file).rgb();
                assertArrayEquals(sound, read, name + " cut to " + length);
                assertTrue(length > whole.length - 64, name + " cut to " + length + " of " + whole.length);
            } catch (InputException e) {
                assertTrue(
                        e.getMessage().startsWith(file.toString())
                                && !e.getMessage().contains("\n"),
                        e.getMessage());
            }
        }
    }

    /** Damaged bytes give an image or one line, never anything else. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "rgb.png",
                "rgb_deflate.tif",
                "xyz_rgb_none.tiff",
                "xyz_rgb_deflate.tiff",
                "xyz_grey_deflate.tiff",
                "xyz_rgb_lzw.tiff",
                "xyz_zstd_p3_tiled.tiff",
                "xyz_packbits.tiff",
                "rgb_zstd.tif",
                "rgb.bmp"
            })
    void survivesDamage(String name) throws IOException {
        byte[] whole = Files.readAllBytes(Fixtures.image(name));
        Path file = folder.resolve(name);
        Random random = new Random(7);
        int refused = 0;
        for (int trial = 0; trial < 150; trial++) {
            byte[] damaged = whole.clone();
            for (int k = 0; k < 4; k++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, damaged);
            try {
                if (name.startsWith("xyz")) {
                    PointCloudReader.read(file);
                } else {
                    ImageReader.readRgb(file);
                }
            } catch (InputException e) {
                refused++;
                assertTrue(
                        e.getMessage().startsWith(file.toString())
                                && !e.getMessage().contains("\n"),
                        e.getMessage());
            }
        }
        assertTrue(refused > 0, "nothing was refused");
    }

    @Test
    void refusesHostileHeaders() throws IOException {
        ByteBuffer png = ByteBuffer.wrap(Files.readAllBytes(Fixtures.image("rgb.png")));
        png.putInt(16, 100_000).putInt(20, 100_000);
        fixCrc(png);
        Path huge = Files.write(folder.resolve("huge.png"), png.array());
        assertRefused(() -> ImageReader.readRgb(huge), huge, "100000x100000", "100 million");
        png.putInt(16, 1).putInt(20, 50_000_000);
        fixCrc(png);
        Path tall = Files.write(folder.resolve("tall.png"), png.array());
        assertRefused(() -> ImageReader.readRgb(tall), tall, "1x50000000", "a million in a row or column");
        png.putInt(16, 9_000).putInt(20, 9_000);
        fixCrc(png);
        Path empty = Files.write(folder.resolve("empty.png"), png.array());
        assertRefused(() -> ImageReader.readRgb(empty), empty, "too little image data");
        png.putInt(16, 0);
        fixCrc(png);
        Path zero = Files.write(folder.resolve("zero.png"), png.array());
        assertRefused(() -> ImageReader.readRgb(zero), zero, "0x9000");

        for (String name : new String[] {"xyz_rgb_deflate.tiff", "xyz_rgb_none.tiff", "xyz_rgb_lzw.tiff"}) {
            ByteBuffer tiff =
                    ByteBuffer.wrap(Files.readAllBytes(Fixtures.image(name))).order(ByteOrder.LITTLE_ENDIAN);
            setSize(tiff, 60_000, 60_000);
            Path cloud = Files.write(folder.resolve(name), tiff.array());
            assertRefused(() -> PointCloudReader.read(cloud), cloud);
        }
    }

    @Test
    void refusesOtherThings() throws IOException {
        Path missing = folder.resolve("none.png");
        assertRefused(() -> ImageReader.readRgb(missing), missing, "does not exist");
        assertRefused(() -> ImageReader.readRgb(folder), folder, "not a file");
        Path empty = Files.write(folder.resolve("empty.png"), new byte[0]);
        assertRefused(() -> ImageReader.readRgb(empty), empty, "is empty");
        Path text = Files.writeString(folder.resolve("text.png"), "no image at all, only words");
        assertRefused(() -> ImageReader.readRgb(text), text, "not a PNG");
        assertRefused(() -> PointCloudReader.read(Fixtures.image("rgb.png")), "rgb.png", "not a TIFF");
        assertRefused(() -> PointCloudReader.read(Fixtures.image("one_channel.tiff")), "one_channel.tiff", "--camera");
        assertRefused(
                () -> PointCloudReader.read(Fixtures.image("int16.tiff")), "int16.tiff", "whose unit is not known");
        assertRefused(() -> PointCloudReader.read(Fixtures.image("rgb.tif")), "rgb.tif", "uint8", "whose unit");
        Path pointer = Files.writeString(
                folder.resolve("lfs.tiff"), "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9");
        assertRefused(() -> PointCloudReader.read(pointer), pointer, "Git LFS pointer", "git lfs pull");
        assertRefused(() -> ImageReader.readRgb(pointer), pointer, "Git LFS pointer", "git lfs pull");
        Path npz = Files.writeString(folder.resolve("a.npz"), "PK\u0003\u0004 and more");
        assertRefused(() -> PointCloudReader.read(npz), npz, ".npz", ".npy");
        Path ply = Files.writeString(folder.resolve("a.png"), "ply\nformat ascii 1.0\n");
        assertRefused(() -> ImageReader.readRgb(ply), ply, "a PLY point cloud, not a PNG");
        assertRefused(() -> ImageReader.readRgb(Fixtures.image("xyz_rgb_none.tiff")), "xyz_rgb_none.tiff", "float");
        assertRefused(() -> ImageReader.readNormals(Fixtures.image("grey.png")), "grey.png", "1 channel");
    }

    /** Integers have the unit that the camera's file says: here sixteenths of a metre. */
    @ParameterizedTest
    @ValueSource(strings = {"int16", "uint16", "int32"})
    void integersNeedAUnit(String kind) throws IOException {
        Path file = Fixtures.image("xyz_" + kind + ".tiff");
        assertRefused(() -> SecondImage.read(file, Reading.UNSTATED, 0, 0), file, kind, "depth_unit_m", "--camera");
        Reading sixteenths = Reading.UNSTATED.withCamera(new DepthCamera(null, List.of(), 0, 0, 0.0625));
        assertArrayEquals(
                PointCloudReader.read(Fixtures.image("xyz_rgb_none.tiff")).xyz(),
                SecondImage.read(file, sixteenths, 0, 0).xyz().xyz());
    }

    /** GDAL's tag says which number marks missing points. */
    @Test
    void noDataTagMarksMissingPoints() throws IOException {
        byte[] plain = Files.readAllBytes(Fixtures.image("xyz_rgb_lzw.tiff"));
        byte[] tagged = Tags.tiff(plain, 42113, 2, "16.25\0".getBytes(StandardCharsets.US_ASCII));
        float[] xyz = PointCloudReader.read(Files.write(folder.resolve("a.tiff"), tagged))
                .xyz();
        for (int i = 0; i < xyz.length; i += 3) {
            float z = 0.25f * (i / 3 / W) + 0.0625f * (i / 3 % W) + 16;
            assertEquals(z == 16.25f ? 0 : z, xyz[i + 2]);
        }
    }

    /** A directory that names the same megabytes thousands of times took minutes. */
    @Test
    void refusesOverlappingDirectories() throws IOException {
        ByteBuffer tiff = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
        tiff.putInt(0x002A4949).putInt(8).putShort((short) 4096);
        for (int i = 0; i < 4096; i++) {
            tiff.putShort((short) 320).putShort((short) 1).putInt(190_000).putInt(65_536);
        }
        Path file = Files.write(folder.resolve("a.tiff"), tiff.array());
        assertRefused(() -> PointCloudReader.read(file), file, "directories overlap");
        // No page has as many bits as that.
        for (int i = 0; i < 4096; i++) {
            tiff.putShort(10 + 12 * i, (short) 258).putInt(14 + 12 * i, 900_000);
        }
        Files.write(file, tiff.array());
        assertRefused(() -> PointCloudReader.read(file), file, "impossible values");
    }

    /** Of samples of 16 bits those are kept that the images use: a file of 12 bits gives what one of 8 bits gives. */
    @ParameterizedTest
    @ValueSource(ints = {10, 12, 14, 16})
    void colourIsScaledByTheBitsThatItUses(int bits) throws IOException {
        RgbImage eight = ImageReader.readRgb(Fixtures.image("rgb.png"));
        short[] wide = new short[eight.rgb().length];
        short[] stretched = new short[wide.length];
        int max = 0;
        for (int i = 0; i < wide.length; i++) {
            int value = eight.rgb()[i] & 0xFF;
            wide[i] = (short) (value << bits - 8);
            stretched[i] = (short) Math.round(value * ((1 << bits) - 1) / 255.0);
            max = Math.max(max, value);
        }
        assertTrue(max >= 128, "the image uses its highest bit");
        Path file = Files.write(folder.resolve("a.png"), Tags.png16(W, H, wide));
        assertEquals(bits, ImageReader.colorBits(file));
        assertArrayEquals(
                eight.rgb(), ImageReader.readRgb(file, Reading.AS_USED).rgb());
        assertArrayEquals(eight.rgb(), ImageReader.readRgb(file, bits).rgb());
        if (bits != 14) { // models of before take it for dark 16 bits, as they did
            assertArrayEquals(eight.rgb(), ImageReader.readRgb(file).rgb());
        }
        Path other = Files.write(folder.resolve("b.png"), Tags.png16(W, H, stretched));
        assertArrayEquals(eight.rgb(), ImageReader.readRgb(other, bits).rgb());
        // A model of 16 bits sees a dark image as it is; one of 10 bits sees white where there was more.
        assertEquals(
                (eight.rgb()[2] & 0xFF) >> 16 - bits,
                ImageReader.readRgb(file, 16).rgb()[2] & 0xFF);
        assertEquals(bits > 10 ? 255 : 200, ImageReader.readRgb(file, 10).rgb()[2] & 0xFF);
    }

    @Test
    void eightBitsNeedNoScale() throws IOException {
        assertEquals(8, ImageReader.colorBits(Fixtures.image("rgb.png")));
        assertEquals(8, ImageReader.colorBits(Fixtures.image("rgb_lzw.tif")));
        assertEquals(16, ImageReader.colorBits(Fixtures.image("rgb16_zstd.tif")));
    }

    private static byte[] floatBytes(String name) throws IOException {
        return floatBytes(PointCloudReader.read(Fixtures.image(name)));
    }

    private static byte[] floatBytes(PointCloud cloud) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * cloud.xyz().length);
        bytes.asFloatBuffer().put(cloud.xyz());
        return bytes.array();
    }

    private static void fixCrc(ByteBuffer png) {
        CRC32 crc = new CRC32();
        crc.update(png.array(), 12, 17);
        png.putInt(29, (int) crc.getValue());
    }

    private static void setSize(ByteBuffer tiff, int width, int height) {
        int directory = tiff.getInt(4);
        for (int i = 0; i < tiff.getShort(directory); i++) {
            int entry = directory + 2 + 12 * i;
            int tag = tiff.getShort(entry);
            if (tag == 256 || tag == 257) {
                tiff.putShort(entry + 2, (short) 4).putInt(entry + 8, tag == 256 ? width : height);
            }
        }
    }
}
