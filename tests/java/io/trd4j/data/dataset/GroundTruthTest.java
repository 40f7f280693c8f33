package io.trd4j.data.dataset;

import static io.trd4j.data.Fixtures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.dataset.GroundTruth.Form;
import io.trd4j.data.image.StoredImage;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Masks of 4 x 4 pixels whose last two rows mark, or of a row, in the forms that people save them in. */
class GroundTruthTest {
    private static final int SIZE = 4;
    private static final String LOWER_HALF = "........########";

    @TempDir
    private Path folder;

    private static StoredImage stored(int channels, int full, boolean lossy, int... samples) {
        short[] narrow = new short[samples.length];
        for (int i = 0; i < samples.length; i++) {
            narrow[i] = (short) samples[i];
        }
        int pixels = samples.length / channels;
        return new StoredImage(
                Path.of("m.png"), pixels == 16 ? 4 : pixels, pixels == 16 ? 4 : 1, channels, full, lossy, narrow);
    }

    /** Rows 2 and 3 hold a value. */
    private static int[] lowerHalf(int background, int value) {
        int[] samples = new int[SIZE * SIZE];
        Arrays.fill(samples, 0, 8, background);
        Arrays.fill(samples, 8, 16, value);
        return samples;
    }

    private static String shown(GroundTruth truth) {
        StringBuilder out = new StringBuilder();
        for (byte pixel : truth.marks().pixels()) {
            out.append((pixel & 0xFF) > 127 ? '#' : '.');
        }
        return out.toString();
    }

    private static void assertMarks(Form form, String marks, StoredImage image) {
        GroundTruth truth = GroundTruth.of(image);
        assertEquals(marks, shown(truth), truth.values());
        assertEquals(form, truth.form(), truth.values());
        assertEquals(marks.contains("#"), truth.any());
    }

    @Test
    void brightIsTheRule() {
        assertMarks(Form.BRIGHT, LOWER_HALF, stored(1, 255, false, lowerHalf(0, 255)));
        assertMarks(Form.BRIGHT, LOWER_HALF, stored(1, 255, false, lowerHalf(127, 128)));
        assertMarks(Form.BRIGHT, LOWER_HALF, stored(1, 65535, false, lowerHalf(0, 65535)));
        assertMarks(Form.BRIGHT, "................", stored(1, 255, false, lowerHalf(0, 0)));
        // soft edges: the region only gets narrower
        assertMarks(Form.BRIGHT, "..###...", stored(1, 255, false, 0, 60, 200, 255, 140, 30, 0, 0));
        // JPEG's noise
        assertMarks(Form.BRIGHT, "....", stored(1, 255, true, 0, 3, 0, 9));
        byte[] marks =
                GroundTruth.of(stored(1, 255, false, 0, 60, 200, 255)).marks().pixels();
        assertEquals(List.of(0, 60, 200, 255), List.of(marks[0] & 255, marks[1] & 255, marks[2] & 255, marks[3] & 255));
    }

    @Test
    void labelsMarkAllOrNone() {
        assertMarks(Form.LABELS, LOWER_HALF, stored(1, 255, false, lowerHalf(0, 1)));
        assertMarks(Form.LABELS, LOWER_HALF, stored(1, 65535, false, lowerHalf(0, 1)));
        assertMarks(Form.LABELS, LOWER_HALF, stored(1, 65535, false, lowerHalf(0, 255)));
        assertMarks(Form.LABELS, ".#.#.#", stored(1, 255, false, 0, 1, 0, 2, 0, 3));
        assertMarks(Form.LABELS, ".#.#.#", stored(1, 255, false, 0, 60, 0, 120, 0, 240));
        assertMarks(Form.LABELS, ".#.#", stored(1, 255, false, 0, 1, 0, 255));
        assertEquals(
                "0, 1 and 2", GroundTruth.of(stored(1, 255, false, 0, 1, 2)).values());
        // no background: nothing says which value marks
        assertMarks(Form.BRIGHT, "....", stored(1, 255, false, 1, 1, 2, 2));
    }

    @Test
    void bitsThatAreNotUsedAreScaled() {
        int[] samples = new int[64];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = i * 65; // 0 to 4095
        }
        GroundTruth truth = GroundTruth.of(stored(1, 65535, false, samples));
        assertEquals(Form.SCALED, truth.form());
        assertEquals(".".repeat(32) + "#".repeat(32), shown(truth));
    }

    @Test
    void coloursMarkWhateverTheyAre() {
        // blue, dark red of a palette, and green on black; as blue, green, red
        assertMarks(
                Form.COLOURS,
                ".#.#.#",
                stored(3, 255, false, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 0, 200, 0));
        int[] onWhite = new int[3 * SIZE * SIZE];
        Arrays.fill(onWhite, 255);
        onWhite[3 * 5] = 0;
        onWhite[3 * 5 + 1] = 0;
        assertMarks(Form.COLOURS_ON_BACKGROUND, ".....#..........", stored(3, 255, false, onWhite));
        // JPEG: red with noise
        assertMarks(Form.BRIGHT_COLOURS, "..#.", stored(3, 255, true, 0, 0, 3, 0, 2, 9, 6, 9, 250, 4, 4, 0));
        int[] photo = new int[3 * 400];
        for (int i = 0; i < photo.length; i++) {
            photo[i] = 100 + i * 7 % 150;
        }
        assertRefused(
                () -> GroundTruth.of(stored(3, 255, true, photo)),
                "m.png",
                "is a picture",
                "white where the defect is");
        // grey in three channels is grey
        assertMarks(Form.LABELS, ".#", stored(3, 255, false, 0, 0, 0, 1, 1, 1));
    }

    @Test
    void alphaMarksWhereColoursSayNothing() {
        assertMarks(Form.OPAQUE, ".#", stored(4, 255, false, 255, 255, 255, 0, 255, 255, 255, 255));
        assertMarks(Form.OPAQUE, ".#", stored(4, 255, false, 255, 255, 255, 0, 0, 0, 0, 255));
        assertMarks(Form.COLOURS, ".#.", stored(4, 255, false, 255, 255, 255, 0, 0, 0, 255, 255, 0, 0, 0, 255));
        assertMarks(Form.BRIGHT, ".#", stored(4, 255, false, 0, 0, 0, 255, 255, 255, 255, 255));
    }

    /** A line-scan camera's mask in colours, of more pixels than 32 million. */
    @Test
    void largeMasksInColoursAreRead() {
        int width = 8192;
        int height = 4100;
        short[] samples = new short[3 * width * height];
        samples[3 * (width + 1) + 2] = 200; // red
        GroundTruth truth = GroundTruth.of(new StoredImage(Path.of("m.png"), width, height, 3, 255, false, samples));
        assertEquals(Form.COLOURS, truth.form());
        byte[] marks = truth.marks().pixels();
        int marked = 0;
        for (byte mark : marks) {
            marked += mark < 0 ? 1 : 0;
        }
        assertEquals(1, marked);
        assertTrue(marks[width + 1] < 0);
    }

    /** Files: a palette, 16 bits, alpha; and what a part makes of them. */
    @Test
    void filesAreReadInFull() throws IOException {
        byte[] red = {0, (byte) 128};
        BufferedImage palette = new BufferedImage(
                SIZE, SIZE, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 2, red, new byte[2], new byte[2]));
        BufferedImage wide = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_USHORT_GRAY);
        BufferedImage alpha = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_ARGB);
        for (int i = 8; i < 16; i++) {
            palette.getRaster().setSample(i % SIZE, i / SIZE, 0, 1);
            wide.getRaster().setSample(i % SIZE, i / SIZE, 0, 1);
            alpha.getRaster().setSample(i % SIZE, i / SIZE, 3, 255);
        }
        MaskNotes notes = new MaskNotes();
        int files = 0;
        for (BufferedImage image : List.of(palette, wide, alpha)) {
            Path file = folder.resolve(files++ + ".png");
            ImageIO.write(image, "png", file.toFile());
            assertEquals(LOWER_HALF, shown(GroundTruth.read(file)), file.toString());
            PartFiles hole = new PartFiles("test/hole/0", "hole", file, file, file);
            boolean[] mask = hole.mask(2, notes);
            assertTrue(!mask[0] && !mask[1] && mask[2] && mask[3]);
            PartFiles good = new PartFiles("test/good/0", PartFiles.GOOD, file, file, file);
            assertRefused(() -> good.mask(2), file, "marks a defect", "part is good");
        }
        assertEquals(3, notes.lines().size(), notes.lines().toString());
        assertTrue(
                notes.lines()
                        .get(0)
                        .startsWith("1 of 3 masks were read so that every value except 0 marks a defect, the "
                                + "first with the values 0 and 1: "),
                notes.lines().get(0));
    }

    @Test
    void marksThatSayNothingAreNamedAndThoseThatVanishCounted() throws IOException {
        BufferedImage image = new BufferedImage(256, 256, BufferedImage.TYPE_BYTE_GRAY);
        Path file = folder.resolve("m.png");
        ImageIO.write(image, "png", file.toFile());
        PartFiles hole = new PartFiles("test/hole/0", "hole", file, file, file);
        assertRefused(() -> hole.mask(32), file, "marks nothing (its values are 0)", "hole");
        image.getRaster().setSample(9, 9, 0, 255);
        ImageIO.write(image, "png", file.toFile());
        MaskNotes notes = new MaskNotes();
        for (boolean marked : hole.mask(32, notes)) {
            assertFalse(marked);
        }
        assertEquals(
                List.of(
                        "1 of 1 masks mark only what is gone at the model's size, and count in no pixel metric, the first: "
                                + file),
                notes.lines());
    }

    @Test
    void aMaskThatMarksNearlyAllIsSaid() throws IOException {
        BufferedImage inverted = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 256; i++) {
            boolean defect = i % 16 > 4 && i % 16 < 9 && i / 16 > 4 && i / 16 < 9;
            inverted.setRGB(i % 16, i / 16, defect ? 0 : 0xFFFFFF);
        }
        Path file = folder.resolve("inverted.png");
        ImageIO.write(inverted, "png", file.toFile());
        MaskNotes notes = new MaskNotes();
        new PartFiles("test/hole/0", "hole", file, file, file).mask(16, notes);
        assertEquals(
                List.of("1 of 1 masks mark most of their image and of its border; look at them, they may be inverted, "
                        + "the first: " + file),
                notes.lines());
    }
}
