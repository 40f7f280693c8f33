package io.trd4j.data.dataset;

import static io.trd4j.data.Fixtures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.trd4j.data.RgbImage;
import io.trd4j.data.image.ImageWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Regions of interest from images and polygons, against areas that are known. */
class RoiFileTest {
    private static final int SIZE = 32;

    @TempDir
    private Path folder;

    private interface Expected {
        boolean counts(int x, int y);
    }

    private Path json(String text) throws IOException {
        return Files.writeString(folder.resolve("roi.json"), text);
    }

    private static void assertCounts(Path file, Expected expected) throws IOException {
        boolean[] counts = RoiFile.read(file, SIZE, null);
        for (int i = 0; i < counts.length; i++) {
            int x = i % SIZE;
            int y = i / SIZE;
            assertEquals(expected.counts(x, y), counts[i], () -> x + ", " + y);
        }
    }

    @Test
    void whiteCounts() throws IOException {
        // Another size than the model's, and not square: stretched as the part's images are.
        byte[] pixels = new byte[128 * 64];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i % 128 >= 32 && i / 128 < 48 ? 255 : 0);
        }
        Path file = folder.resolve("roi.any");
        Files.write(file, ImageWriter.pngGrey(128, 64, pixels));
        assertCounts(file, (x, y) -> x >= 8 && y < 24);
    }

    @Test
    void polygonsIncludeAndIgnore() throws IOException {
        // Of a 64 x 32 image: x is halved. Outlines belong to a polygon; two pixels of four do not make one above half.
        assertCounts(
                json("{\"width\": 64, \"height\": 32, \"include\": [[[8, 4], [23, 4], [23, 11], [8, 11]],"
                        + " [[40, 20], [47, 20], [47, 31], [40, 31]]],"
                        + " \"ignore\": [[[12, 6], [15, 6], [15, 7], [12, 7]]]}"),
                (x, y) -> (x >= 4 && x < 12 && y >= 4 && y < 12 || x >= 20 && x < 24 && y >= 20)
                        && !(x >= 6 && x < 8 && y >= 6 && y < 8));
        assertCounts(
                json(" \n {\"width\": 32, \"height\": 32, \"ignore\": [[[0, 0], [32, 0], [32, 15], [0, 15]]]}"),
                (x, y) -> y >= 16);
        // Right triangle with fractions of pixels: inside is below the diagonal.
        assertCounts(
                json("{\"width\": 32, \"height\": 32, \"include\": [[[0.5, 0], [32, 31.5], [32, 0]]]}"),
                (x, y) -> x > y);
        assertCounts(
                json("{\"width\": 800, \"height\": 600, \"include\": [[[0, 0], [800, 0], [800, 600], [0, 600]]]}"),
                (x, y) -> true);
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        Path none = folder.resolve("none.png");
        assertRefused(() -> RoiFile.read(none, SIZE, null), none, "does not exist");
        assertRefused(() -> RoiFile.read(folder, SIZE, null), folder, "not a file");
        Path text = Files.writeString(folder.resolve("text.png"), "no image");
        assertRefused(() -> RoiFile.read(text, SIZE, null), text, "PNG");
        Path black = folder.resolve("black.png");
        byte[] labels = new byte[64 * 64];
        Arrays.fill(labels, (byte) 1);
        Files.write(black, ImageWriter.pngGrey(64, 64, labels));
        assertRefused(() -> RoiFile.read(black, SIZE, null), black, "excludes every pixel", "white");
        Path speck = folder.resolve("speck.png");
        labels[100] = (byte) 255;
        Files.write(speck, ImageWriter.pngGrey(64, 64, labels));
        assertRefused(() -> RoiFile.read(speck, SIZE, null), speck, "excludes every pixel at the model's size 32");

        String size = "\"width\": 64, \"height\": 48";
        refused("", "no sound JSON");
        refused("{", "no sound JSON", "line 1");
        refused("[]", "no sound JSON");
        refused("null", "width and height");
        refused("{} {}", "no sound JSON");
        refused("{\"include\": []}", "width and height");
        refused("{\"width\": 64.5, \"height\": 48}", "width has another form");
        refused("{\"width\": \"64\", \"height\": 48}", "width has another form");
        refused("{\"width\": 0, \"height\": 48}", "not positive");
        refused("{\"width\": 99999999999, \"height\": 48}", "million");
        refused("{" + size + ", \"exclude\": []}", "'exclude' is not known");
        refused("{" + size + ", \"include\": [[[1, 2], [3, 4]]]}", "polygon 1 of include has 2 points");
        refused("{" + size + ", \"include\": [null]}", "polygon 1 of include has 0 points");
        refused("{" + size + ", \"ignore\": [[[1, 2], [3, 4], [5]]]}", "polygon 1 of ignore has a point of 1 numbers");
        refused("{" + size + ", \"ignore\": [[[1, 2], [3, 4], null]]}", "polygon 1 of ignore has a point of 0 numbers");
        refused("{" + size + ", \"ignore\": [[[1, 2], [3, 4], [5, \"x\"]]]}", "ignore[0][2][1] has another form");
        refused("{" + size + ", \"ignore\": [[[1, 2], [3, 4], [5, NaN]]]}", "no sound JSON");
        refused("{" + size + ", \"include\": [[1, 2], [3, 4], [5, 6]]}", "include[0][0] has another form");
        refused(
                "{" + size + ", \"include\": [[[0, 0], [1, 0], [1, 1]], [[0, 0], [64, 0], [64, 48.5]]]}",
                "polygon 2 of include",
                "[64.0, 48.5] outside the image of 64x48");
        refused("{" + size + ", \"include\": [[[0, 0], [-1, 0], [1, 1]]]}", "[-1.0, 0.0] outside");
        refused(
                "{" + size + ", \"ignore\": [[[0, 0], [64, 0], [64, 48], [0, 48]]]}",
                "excludes every pixel",
                "polygons");
    }

    /** Bytes that another charset would make JSON of are no internal fault. */
    @Test
    void charsetsAreNotGuessed() throws IOException {
        Path file = folder.resolve("roi.json");
        for (String charset : List.of("UTF-32BE", "UTF-32LE", "UTF-16BE", "UTF-16LE")) {
            Files.write(file, "{\"width\": 32, \"height\": 32}".getBytes(charset));
            assertRefused(() -> RoiFile.read(file, SIZE, null), file, "not");
        }
        Files.write(file, new byte[] {'{', 0, 0, 0, '"', 0, 0, 0, -1, -1, -1, -1});
        assertRefused(() -> RoiFile.read(file, SIZE, null), file, "not UTF-8");
        assertCounts(
                json("\uFEFF{\"width\": 32, \"height\": 32, \"ignore\": [[[0, 0], [32, 0], [32, 15], [0, 15]]]}"),
                (x, y) -> y >= 16);
        Files.write(file, "{\"width\": 32, \"height\": 32}".getBytes("UTF-16")); // with a mark
        assertEquals(SIZE * SIZE, RoiFile.read(file, SIZE, null).length);
    }

    /** 84 KB took more than twenty seconds. */
    @Test
    void polygonsThatTakeTooLongAreRefused() throws IOException {
        String whole = "[[0,0],[10000,0],[10000,10000],[0,10000]]";
        String size = "{\"width\":10000,\"height\":10000,\"include\":[";
        refused(size + whole + ("," + whole).repeat(2000) + "]}", "too many, too large or too tangled");
        StringBuilder zigzag = new StringBuilder("[[0,0]");
        for (int i = 1; i < 3000; i++) {
            zigzag.append(",[").append(3 * i).append(',').append(i % 2 * 10000).append(']');
        }
        refused(size + zigzag + "]]}", "too many, too large or too tangled");
        refused(size + "\n".repeat(4 << 20) + "]}", "more than 4 MiB");
        // Ten thousand small ones are no work.
        assertCounts(
                json(size.replace("10000", "1000") + "[[0,0],[9,0],[9,9]]" + ",[[0,0],[9,0],[9,9]]".repeat(10_000)
                        + ",[[0,0],[1000,0],[1000,1000],[0,1000]]]}"),
                (x, y) -> true);
    }

    @Test
    void polygonsBelongToImagesOfTheirShape() throws IOException {
        Path file = json("{\"width\": 64, \"height\": 48, \"include\": [[[0, 0], [31, 0], [31, 47], [0, 47]]]}");
        boolean[] counts = RoiFile.read(file, SIZE, null);
        assertArrayEquals(
                counts,
                RoiFile.read(file, SIZE, new RgbImage(128, 96, new byte[3 * 128 * 96])),
                "an image twice as large");
        assertRefused(
                () -> RoiFile.read(file, SIZE, new RgbImage(48, 64, new byte[3 * 48 * 64])),
                file,
                "for images of 64x48 pixels, but the parts' colour images have 48x64");
        Path image = folder.resolve("roi.png");
        Files.write(image, ImageWriter.pngGrey(2, 1, new byte[] {-1, -1}));
        assertEquals(
                SIZE * SIZE,
                RoiFile.read(image, SIZE, new RgbImage(1, 2, new byte[6])).length,
                "an image may be a map's mask");
    }

    private void refused(String text, Object... mentions) throws IOException {
        Path file = json(text);
        assertRefused(() -> RoiFile.read(file, SIZE, null), file);
        assertRefused(() -> RoiFile.read(file, SIZE, null), mentions);
    }
}
