package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
        write("train/good", RigidPart.normal(12, CAMERA, 0.05, 1));
        write("validation/good", RigidPart.normal(8, CAMERA, 0.05, 2));
        write("test/good", RigidPart.normal(3, CAMERA, 0.05, 3));
        List<PartSource> dented = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Part part = new RigidPart(CAMERA, 0.1 * i, i, -i).draw("dented", 0.05, 1, 0.32, 0.5, 7 + i);
            dented.add(() -> part);
        }
        write("test/dent", dented);
        byte[] mask = new byte[CAMERA * CAMERA];
        for (int i = 0; i < 8; i++) {
            mask[CAMERA * (CAMERA / 2) + CAMERA / 4 + i] = (byte) 255;
        }
        Path masks = Files.createDirectories(category.resolve("test/dent/gt"));
        for (int i = 0; i <= dented.size(); i++) {
            Files.write(masks.resolve("00" + i + ".png"), ImageWriter.pngGrey(CAMERA, CAMERA, mask));
        }
        trained = train("--skip-broken");
    }

    /** The parts, and a last one that shows something else. */
    private static void write(String split, List<PartSource> parts) throws IOException {
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
    }

    @Test
    void theReportLeavesThemOut() throws IOException {
        Path out = folder.resolve("report.html");
        List<Object> args = List.of("report", "--model", model, "--data", category, "--out", out);
        assertRefused(Cli.run(args));
        assertSkipped(skipping(args), 2);
        String html = Files.readString(out);
        assertTrue(html.contains("002") && !html.contains("003.png"), "parts of the report");
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
