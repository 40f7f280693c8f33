package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.align.RigidPart;
import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.image.ImageWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An aligned model's parts, one of which in each split is no such part: nobody finds it. */
final class LostPartsTest {
    private static final int CAMERA = 64;
    private static final String NOT_FOUND = " does not show the part that the model was trained on";

    @TempDir
    private static Path folder;

    private static Path category;
    private static Path model;
    private static Cli.Outcome trained;

    @BeforeAll
    static void make() throws IOException {
        category = folder.resolve("plates");
        model = folder.resolve("aligned");
        write(category, "train/good", RigidPart.normal(12, CAMERA, 0.05, 1));
        write(category, "validation/good", RigidPart.normal(8, CAMERA, 0.05, 2));
        write(category, "test/good", RigidPart.normal(3, CAMERA, 0.05, 3));
        List<PartSource> dented = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Part part = new RigidPart(CAMERA, 0.1 * i, i, -i).draw("dented", 0.05, 1, 0.32, 0.5, 7 + i);
            dented.add(() -> part);
        }
        write(category, "test/dent", dented);
        writeMasks(category, dented.size() + 1);
        trained = train("--skip-broken");
    }

    private static void writeMasks(Path category, int count) throws IOException {
        byte[] mask = new byte[CAMERA * CAMERA];
        for (int i = 0; i < 8; i++) {
            mask[CAMERA * (CAMERA / 2) + CAMERA / 4 + i] = (byte) 255;
        }
        Path masks = Files.createDirectories(category.resolve("test/dent/gt"));
        for (int i = 0; i < count; i++) {
            Files.write(masks.resolve("00" + i + ".png"), ImageWriter.pngGrey(CAMERA, CAMERA, mask));
        }
    }

    /** The parts, and a last one that shows something else. */
    private static void write(Path category, String split, List<PartSource> parts) throws IOException {
        List<PartSource> all = new ArrayList<>(parts);
        all.add(() -> RigidPart.noise(CAMERA, split.hashCode()));
        Path rgb = Files.createDirectories(category.resolve(split).resolve("rgb"));
        Path xyz = Files.createDirectories(category.resolve(split).resolve("xyz"));
        for (int i = 0; i < all.size(); i++) {
            Part part = all.get(i).load();
            String name = String.format("%03d", i);
            Files.write(rgb.resolve(name + ".png"), ImageWriter.png(part.rgb()));
            Files.write(xyz.resolve(name + ".tiff"), ImageWriter.tiffXyz(part.xyz()));
        }
    }

    private static Cli.Outcome train(Object... more) {
        List<Object> args = new ArrayList<>(List.of("train", "--data", category, "--out", model, "--align", "pose"));
        args.addAll(List.of("--size", 64, "--epochs", 1, "--batch", 4, "--no-sensitivity"));
        args.addAll(List.of("--modality", "normals", "--normal-kernel", 3));
        args.addAll(List.of(more));
        return Cli.run(args);
    }

    private static void assertSkipped(Cli.Outcome outcome, int parts) {
        outcome.expect(0);
        assertEquals(
                parts,
                outcome.complaints().stream()
                        .filter(line -> line.startsWith("trd: skipped: ") && line.contains(NOT_FOUND))
                        .count(),
                outcome.err());
        assertFalse(outcome.err().contains("--skip-broken"), outcome.err());
        assertTrue(
                outcome.err().contains("trd: " + parts + (parts == 1 ? " part was" : " parts were") + " skipped"),
                outcome.err());
    }

    private static void assertRefused(Cli.Outcome outcome) {
        outcome.expect(2);
        List<String> lines = outcome.complaints().stream()
                .filter(line -> line.contains(NOT_FOUND))
                .toList();
        assertEquals(1, lines.size(), outcome.err());
        assertTrue(lines.get(0).contains("--skip-broken goes on without it"), lines.get(0));
    }

    @Test
    void trainingLeavesThemOutAndSaysWhich() {
        assertSkipped(trained, 1);
        assertTrue(
                trained.complaints().stream()
                        .anyMatch(line -> line.startsWith("trd: these training parts are not found in the mean one")
                                && line.contains("012.png")),
                trained.err());
        assertRefused(train());
    }

    @Test
    void evaluationLeavesThemOut() throws IOException {
        Path out = folder.resolve("results");
        List<Object> args = List.of("evaluate", "--model", model, "--data", category, "--out", out);
        assertRefused(Cli.run(args));
        assertFalse(Files.exists(out.resolve("metrics.json")));
        assertSkipped(skipping(args), 2);
        List<String> rows = Files.readAllLines(out.resolve("scores.csv"));
        assertEquals(1 + 6, rows.size(), rows.toString());
        assertTrue(rows.stream().noneMatch(row -> row.contains("/003,")), rows.toString());
        JsonNode skipped = new ObjectMapper()
                .readTree(out.resolve("metrics.json").toFile())
                .get("skipped");
        assertEquals(2, skipped.size(), skipped.toString());
        assertEquals("test/dent/003", skipped.get(0).get("id").asText());
        assertEquals("test/good/003", skipped.get(1).get("id").asText());
        assertTrue(skipped.get(0).get("reason").asText().contains(NOT_FOUND), skipped.toString());

        // Whoever reads the file finds the metrics where they were.
        List<Object> again = new ArrayList<>(args);
        again.set(again.size() - 1, folder.resolve("again"));
        again.addAll(List.of("--baseline", out.resolve("metrics.json")));
        assertTrue(skipping(again).expect(0).out().contains("0 of 6 parts changed"));
    }

    @Test
    void ofSeveralCategoriesEachHasItsOwn() throws IOException {
        Path out = folder.resolve("several");
        Path same = Files.createSymbolicLink(folder.resolve("same"), category);
        skipping(List.of("evaluate", "--model", model, "--data", category, same, "--out", out))
                .expect(0);
        JsonNode metrics =
                new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
        assertFalse(metrics.has("skipped"), metrics.toString());
        for (String name : List.of("plates", "same")) {
            JsonNode skipped = metrics.get("categories").get(name).get("skipped");
            assertEquals(2, skipped.size(), metrics.toString());
            assertTrue(skipped.get(0).get("reason").asText().contains("/" + name + "/"), skipped.toString());
        }
    }

    @Test
    void whereNothingIsLeftThatIsSaid() throws IOException {
        Path lost = folder.resolve("lost");
        for (String split : List.of("validation/good", "test/good", "test/dent")) {
            write(lost, split, List.of(() -> RigidPart.noise(CAMERA, 3)));
        }
        writeMasks(lost, 2);
        Path copy = folder.resolve("kept");
        Files.copy(model, copy);
        List<Object> calibrate = List.of("calibrate", "--model", copy, "--data", lost, "--no-sensitivity");
        assertNothingLeft("none of the 2 validation parts can be used", calibrate);
        List<Object> thresholds = new ArrayList<>(calibrate);
        thresholds.addAll(List.of("--false-reject-rate", "40%"));
        assertNothingLeft("none of the 2 validation parts can be used", thresholds);
        assertEquals(-1, Files.mismatch(model, copy), "the model changed");
        for (String verb : List.of("evaluate", "report", "inspect")) {
            Path out = folder.resolve("nothing-" + verb);
            assertNothingLeft(
                    "none of the 4 test parts can be used",
                    List.of(verb, "--model", model, "--data", lost, "--out", out));
        }
        Files.delete(lost.resolve("test/good/xyz/000.tiff"));
        Files.delete(lost.resolve("test/good/rgb/001.png"));
        assertNothingLeft(
                "all 2 test parts are anomalous; the metrics need at least one normal part; 2 others were left out",
                List.of("evaluate", "--model", model, "--data", lost, "--out", folder.resolve("nothing")));
    }

    private static void assertNothingLeft(String what, List<Object> args) {
        List<String> lines = skipping(args).expect(2).complaints();
        String last = lines.get(lines.size() - 1);
        assertTrue(last.contains(what) && last.contains("; the first: "), last);
        assertFalse(last.contains("--skip-broken"), last);
    }

    @Test
    void onePartAloneIsRefusedInOneLine() {
        List<Object> args = new ArrayList<>(List.of("inspect", "--model", model, "--out", folder.resolve("alone")));
        args.addAll(List.of("--rgb", category.resolve("test/good/rgb/003.png")));
        args.addAll(List.of("--xyz", category.resolve("test/good/xyz/003.tiff")));
        for (Cli.Outcome outcome : List.of(Cli.run(args), skipping(args))) {
            assertEquals(1, outcome.expect(2).complaints().size(), outcome.err());
            assertTrue(outcome.err().contains(NOT_FOUND), outcome.err());
            assertFalse(outcome.err().contains("--"), outcome.err());
        }
    }

    @Test
    void theReportLeavesThemOut() throws IOException {
        Path out = folder.resolve("report.html");
        List<Object> args = List.of("report", "--model", model, "--data", category, "--out", out);
        assertRefused(Cli.run(args));
        assertSkipped(skipping(args), 2);
        String html = Files.readString(out);
        assertTrue(html.contains("<strong>2 parts were left out.</strong>"), "no line about them");
        assertTrue(html.contains("<li>test/good/003: "), "no id");
        assertFalse(html.contains("<span class=\"id\">test/good/003"), "a card");
    }

    @Test
    void inspectionLeavesThemOut() throws IOException {
        Path out = folder.resolve("inspected");
        List<Object> args = List.of("inspect", "--model", model, "--data", category, "--out", out);
        assertRefused(Cli.run(args));
        assertSkipped(skipping(args), 2);
    }

    @Test
    void calibrationAndThresholdsLeaveThemOut() throws IOException {
        Path copy = folder.resolve("calibrated");
        Files.copy(model, copy);
        List<Object> args = List.of("calibrate", "--model", copy, "--data", category, "--no-sensitivity");
        assertRefused(Cli.run(args));
        assertSkipped(skipping(args), 1);
        List<Object> thresholds = new ArrayList<>(args);
        thresholds.addAll(List.of("--false-reject-rate", "40%", "--branch", "combined,rgb-only"));
        assertRefused(Cli.run(thresholds));
        assertSkipped(skipping(thresholds), 1);
    }

    @Test
    void aRegionWhereTheModelDoesNotLookIsRefused() throws IOException {
        byte[] corner = new byte[CAMERA * CAMERA];
        corner[0] = (byte) 255;
        Path roi = folder.resolve("corner.png");
        Files.write(roi, ImageWriter.pngGrey(CAMERA, CAMERA, corner));
        for (List<Object> args : List.of(
                List.<Object>of("calibrate", "--model", model, "--data", category, "--skip-broken", "--roi", roi),
                List.<Object>of(
                        "train",
                        "--data",
                        category,
                        "--out",
                        folder.resolve("never"),
                        "--align",
                        "pose",
                        "--size",
                        64,
                        "--skip-broken",
                        "--roi",
                        roi))) {
            Cli.Outcome outcome = Cli.run(args).expect(2);
            assertTrue(
                    outcome.err().contains("nothing of the region of interest corner.png can ever be NG"),
                    outcome.err());
        }
    }

    private static Cli.Outcome skipping(List<Object> args) {
        List<Object> more = new ArrayList<>(args);
        more.add("--skip-broken");
        return Cli.run(more);
    }
}
