package io.trd4j.data.synthetic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.cli.Main;
import io.trd4j.data.Part;
import io.trd4j.data.prepare.Prepared;
import io.trd4j.data.synthetic.SyntheticDefect.Grade;
import io.trd4j.data.synthetic.SyntheticDefect.Kind;
import io.trd4j.data.synthetic.SyntheticParts.Sample;
import io.trd4j.model.Geometry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Hard categories: that they are hard in the way they say, and that their masks and lists of defects are true. */
class SyntheticHardPartsTest {
    private static final int PIXELS = 96;

    @TempDir
    Path root;

    private static Sample sample(
            SyntheticProduct shape, SyntheticDifficulty difficulty, int size, int part, Kind kind, Grade grade) {
        return SyntheticParts.sample(shape, difficulty, size, SyntheticParts.partSeed(21, 2, part), kind, grade);
    }

    private static Sample hard(SyntheticProduct shape, int size, int part, Kind kind, Grade grade) {
        return sample(shape, SyntheticDifficulty.HARD, size, part, kind, grade);
    }

    /** A list of defects with its contrasts, and the same bytes of everything for the same seed. */
    @Test
    void theVerbWritesAHardCategory() throws IOException {
        for (String name : List.of("a", "b")) {
            assertEquals(0, synth(name, "--difficulty", "hard", "--seed", "4"));
        }
        assertEquals(0, synth("c", "--difficulty", "hard", "--seed", "5"));
        assertEquals(0, synth("d", "--seed", "4"));
        TreeMap<String, String> a = contents("a");
        assertEquals(2 * 2 + 3 * 19 + 1, a.size());
        assertEquals(a, contents("b"));
        for (String other : List.of("c", "d")) {
            TreeMap<String, String> files = contents(other);
            assertEquals(a.keySet(), files.keySet());
            a.forEach((file, bytes) -> assertTrue(file.contains("good/gt") || !bytes.equals(files.get(file)), file));
        }
        List<String> defects = Files.readAllLines(root.resolve("a/defects.csv"));
        assertEquals("id,kind,grade,severity,height_mm,contrast", defects.get(0));
        for (String line : defects.subList(1, defects.size())) {
            String[] cells = line.split(",", -1);
            assertEquals(cells[1].equals("stain"), cells[4].isEmpty(), line);
            double contrast = Double.parseDouble(cells[5]);
            assertTrue(contrast > 0 && contrast < 1.5, line);
        }
        assertEquals(2, synth("e", "--difficulty", "medium"));
        assertTrue(Files.notExists(root.resolve("e")));
    }

    /** Recorded results are of these parts: a change of them must be meant. */
    @ParameterizedTest
    @CsvSource({"COOKIE, 2634879368", "PLATE, 664722618", "RING, 2403361047", "ROPE, 4185268272", "CLOTH, 2884704954"})
    void partsStayAsTheyWere(SyntheticProduct shape, long expected) {
        CRC32 crc = new CRC32();
        for (Kind kind : Kind.values()) {
            Sample sample = hard(shape, 64, kind.ordinal(), kind, null);
            crc.update(sample.rgb().rgb());
            crc.update(sample.mask());
            ByteBuffer points = ByteBuffer.allocate(Float.BYTES * sample.xyz().xyz().length);
            points.asFloatBuffer().put(sample.xyz().xyz());
            crc.update(points);
        }
        assertEquals(expected, crc.getValue());
    }

    private int synth(String name, String... more) {
        return Main.run(Stream.concat(
                        Stream.of(("synth --shape ring --train 1 --validation 1 --good 1 --per-kind 3 --size 48 --out "
                                        + root + " --category " + name)
                                .split(" ")),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    private TreeMap<String, String> contents(String category) throws IOException {
        TreeMap<String, String> files = new TreeMap<>();
        Path folder = root.resolve(category);
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                files.put(
                        folder.relativize(file).toString(),
                        Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
            }
        }
        return files;
    }

    /** Of every kind and grade: nothing changes outside of the mask, and what is listed is what the images have. */
    @ParameterizedTest
    @EnumSource(SyntheticProduct.class)
    void masksAndListsAreTrue(SyntheticProduct shape) {
        for (int size : new int[] {48, 128}) {
            for (int part = 0; part < 2; part++) {
                Sample good = hard(shape, size, part, null, null);
                for (Kind kind : Kind.values()) {
                    for (Grade grade : Grade.values()) {
                        compare(good, hard(shape, size, part, kind, grade), kind, shape + " " + kind + " " + grade);
                    }
                }
            }
        }
    }

    private static void compare(Sample good, Sample bad, Kind kind, String what) {
        int size = good.rgb().width();
        byte[] before = good.rgb().rgb();
        byte[] after = bad.rgb().rgb();
        float[] points = good.xyz().xyz();
        float[] moved = bad.xyz().xyz();
        int marked = 0;
        double contrast = 0;
        double most = 0;
        for (int i = 0; i < size * size; i++) {
            boolean same = true;
            int was = 0;
            int is = 0;
            for (int k = 3 * i; k < 3 * i + 3; k++) {
                same &= before[k] == after[k] && points[k] == moved[k];
                was += before[k] & 0xFF;
                is += after[k] & 0xFF;
            }
            assertTrue(bad.mask()[i] != 0 || same, what + ": a pixel outside of the mask changed");
            if (bad.mask()[i] != 0) {
                marked++;
                contrast += Math.abs(is - was) / (double) Math.max(1, was);
                double nearer = points[3 * i + 2] - moved[3 * i + 2];
                boolean measured = points[3 * i + 2] != 0 && moved[3 * i + 2] != 0;
                most = measured && Math.abs(nearer) > Math.abs(most) ? nearer : most;
            }
        }
        assertTrue(marked > 0 && marked < 0.06 * size * size, what + ": the mask has " + marked + " pixels");
        // Rounding to 255 values, noise in the denominator, clipped highlights.
        assertEquals(bad.contrast(), contrast / marked, 0.015 + 0.25 * bad.contrast(), what + ": contrast");
        if (kind.geometry) {
            // A tilted view, depths in steps of 0.02 mm; steep walls are noisier and lose the points at the bottom.
            double lost = kind == Kind.HOLE || kind == Kind.CRACK ? 0.6 * Math.abs(bad.raised()) : 0;
            assertEquals(bad.raised(), most, 0.00012 + 0.06 * Math.abs(bad.raised()) + lost, what + ": height");
            assertEquals(kind == Kind.BUMP || kind == Kind.CONTAMINATION, bad.raised() > 0, what);
        } else {
            assertEquals(0, bad.raised());
            assertArrayEquals(points, moved, what);
        }
    }

    /** The slight ones are barely visible, the severe ones obvious, and each grade is plainer than the one before. */
    @ParameterizedTest
    @EnumSource(SyntheticProduct.class)
    void severitiesReachFromBarelyVisibleToObvious(SyntheticProduct shape) {
        for (Kind kind : Kind.values()) {
            double[] height = new double[3];
            double[] contrast = new double[3];
            for (Grade grade : Grade.values()) {
                for (int part = 0; part < 4; part++) {
                    Sample sample = hard(shape, PIXELS, part, kind, grade);
                    height[grade.ordinal()] += Math.abs(sample.raised()) / 4;
                    contrast[grade.ordinal()] += sample.contrast() / 4;
                }
            }
            String what = shape + " " + kind + ": " + List.of(height[0], contrast[0], height[2], contrast[2]);
            if (kind.geometry) {
                assertTrue(height[0] < height[1] && height[1] < height[2], what);
            }
            if (kind == Kind.STAIN) {
                assertTrue(contrast[0] > 0.01 && contrast[0] < 0.08 && contrast[2] > 0.12, what);
            }
            if (kind == Kind.DENT || kind == Kind.BUMP) {
                assertTrue(height[0] > 0.00025 && height[0] < 0.0006 && height[2] > 0.001, what);
            }
            assertTrue(contrast[0] < contrast[2], what);
        }
    }

    /** Points are missing as a sensor misses them: a few anywhere, more at edges, more than of a standard part. */
    @ParameterizedTest
    @EnumSource(SyntheticProduct.class)
    void pointsAreMissing(SyntheticProduct shape) {
        for (int part = 0; part < 16; part++) {
            double standard = missing(sample(shape, SyntheticDifficulty.STANDARD, 64, part, null, null));
            double missing = missing(hard(shape, 64, part, null, null));
            assertTrue(missing > standard && missing > 0.008 && missing < 0.15, standard + ", " + missing);
        }
    }

    private static double missing(Sample sample) {
        int missing = 0;
        float[] xyz = sample.xyz().xyz();
        for (int i = 2; i < xyz.length; i += 3) {
            missing += xyz[i] == 0 ? 1 : 0;
        }
        return 3.0 * missing / xyz.length;
    }

    /** A flat piece of the plane has the noise of the sensor, within a factor of two: 0.05 mm. */
    @Test
    void heightsAreNoisyAsTheSensorIs() {
        float[] xyz = hard(SyntheticProduct.ROPE, 256, 0, null, null).xyz().xyz();
        double squares = 0;
        int count = 0;
        for (int y = 4; y < 40; y++) {
            for (int x = 40; x < 216; x++) {
                int i = 3 * (y * 256 + x) + 2;
                if (xyz[i - 3] != 0 && xyz[i] != 0 && xyz[i + 3] != 0) {
                    // The second difference of independent values has six times their variance.
                    double bend = xyz[i - 3] - 2.0 * xyz[i] + xyz[i + 3];
                    squares += bend * bend / 6;
                    count++;
                }
            }
        }
        double noise = Math.sqrt(squares / count);
        assertTrue(noise > 0.000035 && noise < 0.0001, "noise " + noise);
    }

    /** Normal parts lie, look and are lit in more ways than standard ones, whole within the image. */
    @ParameterizedTest
    @EnumSource(SyntheticProduct.class)
    void normalPartsVary(SyntheticProduct shape) {
        double standard = brightnessSpread(shape, SyntheticDifficulty.STANDARD);
        double hard = brightnessSpread(shape, SyntheticDifficulty.HARD);
        assertTrue(hard > 2 * standard, standard + ", " + hard);
        byte[] first = null;
        for (int part = 0; part < 6; part++) {
            Sample sample = hard(shape, PIXELS, part, null, null);
            byte[] mask = Prepared.second(Part.of("p", sample.rgb(), sample.xyz()), PIXELS, Geometry.DEPTH)
                    .mask();
            for (int i = 0; i < PIXELS; i++) {
                int border = mask[i] + mask[i * PIXELS] + mask[(i + 1) * PIXELS - 1] + mask[mask.length - 1 - i];
                assertEquals(0, border, "part " + part + " touches the border");
            }
            int area = 0;
            int apart = 0;
            for (int i = 0; i < mask.length; i++) {
                area += mask[i];
                apart += first != null && first[i] != mask[i] ? 1 : 0;
            }
            assertTrue(area > 0.05 * mask.length, "area " + area);
            assertTrue(first == null || apart > 0.02 * area, part + " lies as the first does");
            first = first == null ? mask.clone() : first;
        }
    }

    /** Standard deviation of the images' mean brightness over parts. */
    private static double brightnessSpread(SyntheticProduct shape, SyntheticDifficulty difficulty) {
        int parts = 8;
        double sum = 0;
        double squares = 0;
        for (int part = 0; part < parts; part++) {
            double mean = 0;
            byte[] rgb = sample(shape, difficulty, 64, part, null, null).rgb().rgb();
            for (byte value : rgb) {
                mean += (value & 0xFF) / (double) rgb.length;
            }
            sum += mean;
            squares += mean * mean;
        }
        return Math.sqrt(Math.max(0, squares / parts - sum / parts * (sum / parts)));
    }
}
