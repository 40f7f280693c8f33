package io.trd4j.data.synthetic;

import static io.trd4j.data.Fixtures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.cli.Main;
import io.trd4j.data.Part;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.prepare.Prepared;
import io.trd4j.model.Geometry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SyntheticPartsTest {
    @TempDir
    Path root;

    private static SyntheticParts.Sample standard(
            SyntheticProduct shape, int size, long seed, SyntheticDefect.Kind kind, SyntheticDefect.Grade grade) {
        return SyntheticParts.sample(shape, SyntheticDifficulty.STANDARD, size, seed, kind, grade);
    }

    private static TreeMap<String, Integer> contents(Path folder) throws IOException {
        TreeMap<String, Integer> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(file).toString(), Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return files;
    }

    @ParameterizedTest
    @EnumSource(SyntheticProduct.class)
    void aSeedAlwaysGivesTheSameBytes(SyntheticProduct shape) throws IOException {
        SyntheticParts.write(root.resolve("a"), shape, 1, 1, 8, 64, 5, n -> {});
        SyntheticParts.write(root.resolve("b"), shape, 1, 1, 8, 64, 5, n -> {});
        SyntheticParts.write(root.resolve("c"), shape, 1, 1, 8, 64, 6, n -> {});
        TreeMap<String, Integer> a = contents(root.resolve("a"));
        TreeMap<String, Integer> c = contents(root.resolve("c"));
        assertEquals(2 * 2 + 8 * 3 + 1, a.size());
        assertEquals(a, contents(root.resolve("b")));
        assertEquals(a.keySet(), c.keySet());
        a.forEach((name, hash) -> assertTrue(name.contains("good/gt") || !hash.equals(c.get(name)), name));
    }

    /** Recorded results are of these parts: a change of them must be meant. */
    @ParameterizedTest
    @CsvSource({"COOKIE, 2943410559", "PLATE, 146835434", "RING, 3031083594", "ROPE, 3059259559", "CLOTH, 1408488284"})
    void partsStayAsTheyWere(SyntheticProduct shape, long expected) {
        CRC32 crc = new CRC32();
        for (SyntheticDefect.Kind kind : SyntheticDefect.Kind.values()) {
            SyntheticParts.Sample sample =
                    standard(shape, 64, SyntheticParts.partSeed(42, 2, kind.ordinal()), kind, null);
            crc.update(sample.rgb().rgb());
            crc.update(sample.mask());
            ByteBuffer points = ByteBuffer.allocate(Float.BYTES * sample.xyz().xyz().length);
            points.asFloatBuffer().put(sample.xyz().xyz());
            crc.update(points);
        }
        assertEquals(expected, crc.getValue());
    }

    /** What a defect changes, how much, and that nothing changes outside of its mask, at three image sizes. */
    @ParameterizedTest
    @EnumSource(SyntheticProduct.class)
    void defectsChangeWhatTheyMustAndOnlyThat(SyntheticProduct shape) {
        for (SyntheticDefect.Kind kind : SyntheticDefect.Kind.values()) {
            for (int size : new int[] {32, 128, 200}) {
                for (int part = 0; part < 3; part++) {
                    compare(shape, kind, size, SyntheticParts.partSeed(77, 2, part));
                }
            }
        }
    }

    private static void compare(SyntheticProduct shape, SyntheticDefect.Kind kind, int size, long seed) {
        String what = shape + " " + kind + " " + size;
        SyntheticParts.Sample good = standard(shape, size, seed, null, null);
        SyntheticParts.Sample bad = standard(shape, size, seed, kind, null);
        int marked = 0;
        int colours = 0;
        int points = 0;
        for (int i = 0; i < size * size; i++) {
            int colour = 0;
            float depth = 0;
            for (int c = 0; c < 3; c++) {
                int k = 3 * i + c;
                colour = Math.max(
                        colour,
                        Math.abs((good.rgb().rgb()[k] & 0xFF) - (bad.rgb().rgb()[k] & 0xFF)));
                depth = Math.max(depth, Math.abs(good.xyz().xyz()[k] - bad.xyz().xyz()[k]));
            }
            assertEquals(0, good.mask()[i]);
            boolean defect = bad.mask()[i] != 0;
            assertTrue(defect || colour == 0 && depth == 0, what + ": a pixel outside of the mask changed");
            marked += defect ? 1 : 0;
            colours += colour > 8 ? 1 : 0;
            points += depth > 1e-4f ? 1 : 0;
        }
        assertTrue(marked >= Math.max(1, 0.0005 * size * size), what + ": the mask has " + marked + " pixels");
        assertTrue(marked < 0.12 * size * size, what + ": the mask has " + marked + " pixels");
        assertTrue(
                kind.colour ? colours > 0.5 * marked : colours == 0, what + ": " + colours + " colours of " + marked);
        assertTrue(kind.geometry ? points > 0.5 * marked : points == 0, what + ": " + points + " points of " + marked);
        if (!kind.colour) {
            assertArrayEquals(good.rgb().rgb(), bad.rgb().rgb(), what);
        }
        if (!kind.geometry) {
            assertArrayEquals(good.xyz().xyz(), bad.xyz().xyz(), what);
        }
    }

    /** The plane is removed, the part stays, some points are missing, and everything is in metres. */
    @ParameterizedTest
    @EnumSource(SyntheticProduct.class)
    void partsStandOutOfTheirPlane(SyntheticProduct shape) {
        int size = 128;
        byte[] first = null;
        for (int k = 0; k < 4; k++) {
            SyntheticParts.Sample sample = standard(shape, size, SyntheticParts.partSeed(1, 0, k), null, null);
            Part part = Part.of("p", sample.rgb(), sample.xyz());
            byte[] mask = Prepared.second(part, size, Geometry.DEPTH).mask();
            int foreground = 0;
            int border = 0;
            int missing = 0;
            for (int i = 0; i < size * size; i++) {
                foreground += mask[i];
                int x = i % size;
                int y = i / size;
                border += x == 0 || y == 0 || x == size - 1 || y == size - 1 ? mask[i] : 0;
                float z = sample.xyz().xyz()[3 * i + 2];
                missing += z == 0 ? 1 : 0;
                assertTrue(z == 0 || z > 0.5f && z < 0.75f, "z = " + z);
            }
            assertEquals(0, border, "the part touches the border, or the plane was not removed");
            assertTrue(foreground > 0.08 * size * size && foreground < 0.5 * size * size, "foreground " + foreground);
            assertTrue(missing > 0 && missing < 0.06 * size * size, "missing " + missing);
            assertFalse(Arrays.equals(first, mask), "all parts lie alike");
            first = mask.clone();
        }
    }

    @Test
    void testPartsAreDealtOut() {
        for (int n = 0; n < 40; n++) {
            List<SyntheticTestSet.Entry> entries = SyntheticTestSet.inAll(n).entries();
            assertEquals(n, entries.size());
            int good = (int) entries.stream().filter(e -> e.kind() == null).count();
            assertTrue(good <= n / 3 + 1);
            assertTrue(entries.stream().allMatch(e -> e.grade() == null), "the seeds decide");
            if (n >= 7) {
                assertEquals(
                        6,
                        entries.stream()
                                .map(SyntheticTestSet.Entry::kind)
                                .filter(k -> k != null)
                                .distinct()
                                .count());
                assertTrue(good >= 1);
            }
        }
    }

    @Test
    void severitiesAreDealtOutEvenlyToEachKind() {
        assertEquals(20 + 6 * 10, SyntheticTestSet.exactly(20, 10).size());
        assertEquals(0, SyntheticTestSet.exactly(0, 0).size());
        List<SyntheticTestSet.Entry> entries = SyntheticTestSet.exactly(3, 5).entries();
        assertEquals(
                3,
                entries.stream()
                        .filter(e -> e.kind() == null && e.grade() == null)
                        .count());
        for (SyntheticDefect.Kind kind : SyntheticDefect.Kind.values()) {
            assertEquals(
                    List.of(1, 2, 3, 1, 2),
                    entries.stream()
                            .filter(e -> e.kind() == kind)
                            .map(e -> e.grade().number())
                            .toList());
        }
        assertRefused(() -> SyntheticTestSet.exactly(-1, 1), "good -1");
        assertRefused(() -> SyntheticTestSet.exactly(1, -1), "per kind -1");
        assertRefused(() -> SyntheticTestSet.exactly(1, 20_000), "per kind 20000");
    }

    /** Each grade is a third of the severities, and the whole of them is what a seed alone may draw. */
    @Test
    void aGradeIsAThirdOfTheSeverities() {
        for (SyntheticDefect.Grade grade : SyntheticDefect.Grade.values()) {
            double least = 1;
            double most = 0;
            for (int i = 0; i < 40; i++) {
                long seed = SyntheticParts.partSeed(9, 2, i);
                double drawn = standard(SyntheticProduct.PLATE, 32, seed, SyntheticDefect.Kind.STAIN, null)
                        .severity();
                double dealt = standard(SyntheticProduct.PLATE, 32, seed, SyntheticDefect.Kind.STAIN, grade)
                        .severity();
                assertEquals((grade.ordinal() + drawn) / 3, dealt, 1e-12);
                assertEquals(grade, SyntheticDefect.Grade.of(dealt));
                least = Math.min(least, 3 * dealt - grade.ordinal());
                most = Math.max(most, 3 * dealt - grade.ordinal());
            }
            assertTrue(least < 0.1 && most > 0.9, least + " to " + most);
        }
        assertEquals(SyntheticDefect.Grade.SEVERE, SyntheticDefect.Grade.of(1));
    }

    /** The same part with a more severe defect: more of it is changed. */
    @ParameterizedTest
    @EnumSource(SyntheticProduct.class)
    void severeDefectsAreLarger(SyntheticProduct shape) {
        for (SyntheticDefect.Kind kind : SyntheticDefect.Kind.values()) {
            int[] marked = new int[3];
            for (int part = 0; part < 3; part++) {
                for (SyntheticDefect.Grade grade : SyntheticDefect.Grade.values()) {
                    for (byte pixel : standard(shape, 96, SyntheticParts.partSeed(3, 2, part), kind, grade)
                            .mask()) {
                        marked[grade.ordinal()] += pixel != 0 ? 1 : 0;
                    }
                }
            }
            assertTrue(
                    marked[0] < marked[1] && marked[1] < marked[2],
                    shape + " " + kind + ": " + Arrays.toString(marked));
        }
    }

    @Test
    void theVerbWritesADataset() throws IOException {
        assertEquals(
                0,
                Main.run(
                        "synth",
                        "--out",
                        root.toString(),
                        "--shape",
                        "plate",
                        "--category",
                        "bracket",
                        "--train",
                        "2",
                        "--validation",
                        "1",
                        "--test",
                        "9",
                        "--size",
                        "64",
                        "--seed",
                        "3"));
        Dataset data = Dataset.open(root.resolve("bracket"));
        assertEquals(2, data.train().size());
        assertEquals(1, data.validation().size());
        assertEquals(9, data.test().size());
        for (PartFiles files : data.test()) {
            boolean any = false;
            for (boolean pixel : files.mask(64)) {
                any |= pixel;
            }
            assertEquals(files.anomalous(), any, files.id());
            assertEquals(64, files.load().xyz().width());
        }
        // The folder is in use now; what is there stays.
        TreeMap<String, Integer> before = contents(root);
        assertEquals(2, Main.run("synth", "--out", root.toString(), "--category", "bracket", "--size", "64"));
        assertEquals(2, Main.run("synth", "--out", root.toString(), "--category", "../x", "--size", "64"));
        assertEquals(2, Main.run("synth", "--out", root.toString(), "--size", "7"));
        assertEquals(2, Main.run("synth", "--out", root.toString(), "--shape", "teapot"));
        assertEquals(2, Main.run("synth"));
        assertEquals(before, contents(root));
    }

    @Test
    void theVerbWritesExactNumbersAndHowSevereDefectsAre() throws IOException {
        String[] arguments = {
            "synth",
            "--out",
            root.toString(),
            "--shape",
            "cloth",
            "--train",
            "1",
            "--validation",
            "0",
            "--good",
            "2",
            "--per-kind",
            "4",
            "--size",
            "48"
        };
        assertEquals(0, Main.run(arguments));
        Dataset data = Dataset.open(root.resolve("cloth"));
        List<String> defects = Files.readAllLines(root.resolve("cloth/defects.csv"));
        assertEquals(2, data.test().stream().filter(p -> !p.anomalous()).count());
        assertEquals("id,kind,grade,severity,height_mm", defects.get(0));
        assertEquals(
                data.test().stream()
                        .filter(PartFiles::anomalous)
                        .map(p -> p.id() + " " + p.kind())
                        .toList(),
                defects.stream()
                        .skip(1)
                        .map(line -> line.split(",")[0] + " " + line.split(",")[1])
                        .sorted()
                        .toList());
        for (String line : defects.subList(1, defects.size())) {
            String[] cells = line.split(",", -1);
            switch (cells[1]) {
                case "stain" -> assertEquals("", cells[4], line);
                case "bump", "contamination" -> assertTrue(Double.parseDouble(cells[4]) > 2, line);
                default -> assertTrue(Double.parseDouble(cells[4]) < -2, line);
            }
            int number = Integer.parseInt(cells[0].substring(cells[0].length() - 3));
            assertEquals(number % 3 + 1, Integer.parseInt(cells[2]), line);
            double severity = Double.parseDouble(cells[3]);
            assertTrue(severity >= number % 3 / 3.0 - 1e-4 && severity <= (number % 3 + 1) / 3.0 + 1e-4, line);
        }
        TreeMap<String, Integer> before = contents(root);
        for (List<String> wrong : List.of(
                List.of("--good", "1"),
                List.of("--per-kind", "1"),
                List.of("--good", "1", "--per-kind", "1", "--test", "9"),
                List.of("--good", "-1", "--per-kind", "1"))) {
            List<String> all = new ArrayList<>(List.of("synth", "--out", root.toString(), "--size", "48"));
            all.addAll(wrong);
            assertEquals(2, Main.run(all.toArray(new String[0])), wrong.toString());
        }
        assertEquals(before, contents(root));
    }

    @Test
    void refusesAndCleansUp() throws IOException {
        Path file = Files.writeString(root.resolve("file"), "x");
        assertRefused(
                () -> SyntheticParts.write(file, SyntheticProduct.RING, 1, 0, 0, 64, 1, n -> {}), file, "is a file");
        assertRefused(
                () -> SyntheticParts.write(file.resolve("n"), SyntheticProduct.RING, 1, 0, 0, 64, 1, n -> {}),
                file,
                "is a file");
        assertRefused(
                () -> SyntheticParts.write(root.resolve("n"), SyntheticProduct.RING, 0, 0, 0, 64, 1, n -> {}),
                "no parts");
        assertRefused(
                () -> SyntheticParts.write(root.resolve("n"), SyntheticProduct.RING, -1, 0, 0, 64, 1, n -> {}),
                "train -1");
        assertThrows(
                IllegalStateException.class,
                () -> SyntheticParts.write(root.resolve("n"), SyntheticProduct.RING, 3, 0, 0, 64, 1, n -> {
                    if (n == 2) {
                        throw new IllegalStateException("stopped");
                    }
                }));
        assertFalse(Files.exists(root.resolve("n")), "a failed run leaves nothing behind");
    }
}
