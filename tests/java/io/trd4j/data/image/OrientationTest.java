package io.trd4j.data.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.trd4j.data.Fixtures;
import io.trd4j.data.GreyImage;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.dataset.RoiFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One rule for every format, compression, layout and kind of content: what EXIF and TIFF 6.0 say of 1 to 8. */
class OrientationTest {
    @TempDir
    Path folder;

    /**
     * Which stored pixel is shown at (x, y), after TIFF 6.0: "the 0th row represents the visual top of the image, and
     * the 0th column the visual left-hand side" for 1, and so on.
     */
    private static int stored(int orientation, int x, int y, int width, int height) {
        int right = width - 1;
        int bottom = height - 1;
        int column = switch (orientation) {
            case 1, 4 -> x;
            case 2, 3 -> right - x;
            case 5, 6 -> y;
            default -> right - y;
        };
        int row = switch (orientation) {
            case 1, 2 -> y;
            case 3, 4 -> bottom - y;
            case 5, 8 -> x;
            default -> bottom - x;
        };
        return row * width + column;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "xyz_rgb_none.tiff",
                "xyz_rgb_deflate.tiff",
                "xyz_rgb_lzw.tiff",
                "xyz_lzw_p3.tiff",
                "xyz_deflate_p3_tiled.tiff",
                "xyz_zstd.tiff",
                "xyz_packbits.tiff",
                "xyz_tiled.tiff",
                "xyz_strips.tiff",
                "xyz_planar.tiff",
                "xyz_planar_tiled.tiff",
                "xyz_bigendian.tiff",
                "xyz_float16.tiff",
                "xyz_rgb_float64.tiff"
            })
    void turnsPoints(String name) throws IOException {
        byte[] file = Files.readAllBytes(Fixtures.image(name));
        PointCloud plain = PointCloudReader.read(Fixtures.image(name));
        for (int orientation = 1; orientation <= 8; orientation++) {
            Path turned = Files.write(folder.resolve("a.tiff"), Tags.oriented(file, orientation));
            PointCloud shown = PointCloudReader.read(turned);
            assertEquals(orientation < 5 ? plain.width() : plain.height(), shown.width());
            for (int i = 0; i < shown.xyz().length; i++) {
                int x = i / 3 % shown.width();
                int y = i / 3 / shown.width();
                int from = stored(orientation, x, y, plain.width(), plain.height());
                assertEquals(plain.xyz()[3 * from + i % 3], shown.xyz()[i], name + " " + orientation);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rgb.png",
                "rgba.png",
                "rgb16.png",
                "palette.png",
                "grey.png",
                "rgb.tif",
                "rgb_lzw.tif",
                "rgb_deflate.tif",
                "rgb_zstd.tif",
                "rgb_planar.tif"
            })
    void turnsColour(String name) throws IOException {
        assertTurns(name);
    }

    private void assertTurns(String name) throws IOException {
        byte[] file = Files.readAllBytes(Fixtures.image(name));
        RgbImage plain = ImageReader.readRgb(Fixtures.image(name));
        for (int orientation = 1; orientation <= 8; orientation++) {
            Path turned = Files.write(folder.resolve(name), Tags.oriented(file, orientation));
            assertTurned(plain, ImageReader.readRgb(turned), orientation, name);
        }
    }

    private static void assertTurned(RgbImage plain, RgbImage shown, int orientation, String name) {
        assertEquals(orientation < 5 ? plain.width() : plain.height(), shown.width());
        assertEquals(orientation < 5 ? plain.height() : plain.width(), shown.height());
        for (int i = 0; i < shown.rgb().length; i++) {
            int x = i / 3 % shown.width();
            int y = i / 3 / shown.width();
            int from = stored(orientation, x, y, plain.width(), plain.height());
            assertEquals(plain.rgb()[3 * from + i % 3], shown.rgb()[i], name + " " + orientation);
        }
    }

    @Test
    void turnsJpeg() throws IOException {
        assertTurns("progressive.jpg");
        // As Pillow and a camera wrote them: a tag of 6.
        assertEquals(16, ImageReader.readRgb(Fixtures.image("oriented.jpg")).width());
        RgbImage png = ImageReader.readRgb(Fixtures.image("oriented.png"));
        assertTurned(ImageReader.readRgb(Fixtures.image("rgb.png")), png, 6, "oriented.png");
    }

    /** Masks and regions of interest by the same rule. */
    @Test
    void turnsMasksAndRegions() throws IOException {
        byte[] pixels = {(byte) 255, (byte) 255, 0, 0};
        byte[] png = Tags.oriented(ImageWriter.pngGrey(2, 2, pixels), 6);
        Path file = Files.write(folder.resolve("mask.png"), png);
        GreyImage mask = ImageReader.readGrey(file);
        assertArrayEquals(new byte[] {0, (byte) 255, 0, (byte) 255}, mask.pixels());
        assertArrayEquals(new boolean[] {false, true, false, true}, RoiFile.read(file, 2, null));
    }

    /** Numbers without meaning, and EXIF blocks that cannot be read, say nothing. */
    @Test
    void nonsenseTurnsNothing() throws IOException {
        byte[] png = Files.readAllBytes(Fixtures.image("rgb.png"));
        byte[] expected = ImageReader.readRgb(Fixtures.image("rgb.png")).rgb();
        for (int orientation : new int[] {0, 9, 255}) {
            Path file = Files.write(folder.resolve("a.png"), Tags.oriented(png, orientation));
            assertArrayEquals(expected, ImageReader.readRgb(file).rgb());
        }
        byte[] tiff = Tags.oriented(Files.readAllBytes(Fixtures.image("rgb.tif")), 0);
        assertArrayEquals(
                expected,
                ImageReader.readRgb(Files.write(folder.resolve("a.tif"), tiff)).rgb());
    }
}
