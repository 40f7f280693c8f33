package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.data.RgbImage;
import io.trd4j.data.image.ImageReader;
import io.trd4j.data.image.ImageWriter;
import io.trd4j.io.Sha256;
import io.trd4j.model.Calibration;
import io.trd4j.model.ModelFile;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files and lines that a user gets, from synthetic parts to scores and back through PyTorch's format. */
class EndToEndTest {
    private static final int SIZE = 64;
    private static final List<String> COLUMNS =
            List.of("I-AUROC", "P-AUROC", "AUPRO@30", "AUPRO@10", "AUPRO@5", "AUPRO@1", "I-AP", "P-AP", "I-F1", "P-F1");
    private static final List<String> BRANCHES = List.of("combined", "rgb", "depth");
    private static final List<String> MAPS =
            List.of("anomaly_map.tiff", "anomaly_map_rgb.tiff", "anomaly_map_depth.tiff");

    @TempDir
    private static Path folder;

    private static Sample sample;
    /** Per part: score, score_rgb, score_depth as {@code scores.csv} spells them. */
    private static final Map<String, List<String>> SCORES = new TreeMap<>();

    private static Cli.Outcome evaluation;

    @BeforeAll
    static void evaluate() throws IOException {
        sample = Sample.get();
        evaluation = Cli.here(
                        "evaluate",
                        "--model",
                        sample.model,
                        "--data",
                        sample.category,
                        "--out",
                        folder.resolve("results"),
                        "--maps")
                .expect(0);
        List<String> lines = Files.readAllLines(folder.resolve("results/scores.csv"));
        assertEquals("id,kind,anomalous,score,score_rgb,score_depth,verdict", lines.get(0));
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",", -1);
            assertEquals(7, cells.length, line);
            assertEquals("", cells[6], "no thresholds, no verdict");
            assertEquals(cells[0].split("/")[1], cells[1]);
            assertEquals(!cells[1].equals("good"), Boolean.parseBoolean(cells[2]));
            SCORES.put(cells[0], List.of(cells[3], cells[4], cells[5]));
        }
    }

    private static void assertMetrics(JsonNode branches) {
        for (String branch : BRANCHES) {
            List<String> keys = new ArrayList<>();
            branches.get(branch).fieldNames().forEachRemaining(keys::add);
            assertEquals(COLUMNS, keys);
            for (String column : COLUMNS) {
                double value = branches.get(branch).get(column).asDouble(Double.NaN);
                assertTrue(value >= 0 && value <= 1, branch + " " + column + " " + value);
            }
        }
    }

    private static float[] map(Path file) {
        try (Mat mat = opencv_imgcodecs.imread(file.toString(), opencv_imgcodecs.IMREAD_UNCHANGED)) {
            assertFalse(mat.empty(), file.toString());
            assertEquals(opencv_core.CV_32FC1, mat.type());
            assertEquals(SIZE, mat.rows());
            assertEquals(SIZE, mat.cols());
            float[] values = new float[SIZE * SIZE];
            FloatBuffer buffer = mat.createBuffer();
            buffer.get(values);
            for (float value : values) {
                assertTrue(Float.isFinite(value), file.toString());
            }
            return values;
        }
    }

    private static String max(float[] map) {
        float max = Float.NEGATIVE_INFINITY;
        for (float value : map) {
            max = Math.max(max, value);
        }
        return Float.toString(max);
    }

    @Test
    void evaluationWritesTableScoresAndMaps() throws IOException {
        assertMetrics(new ObjectMapper()
                .readTree(folder.resolve("results/metrics.json").toFile()));
        assertEquals(8, SCORES.size());
        List<String> table = evaluation.out().lines().toList();
        assertEquals(
                List.of(COLUMNS, BRANCHES),
                List.of(
                        List.of(table.get(0).strip().split("\\s+")),
                        table.subList(1, 4).stream()
                                .map(line -> line.split("\\s+")[0])
                                .toList()));
        assertEquals("wrote " + folder.resolve("results/metrics.json"), table.get(4));
        assertEquals(List.of(), evaluation.complaints());
        for (Map.Entry<String, List<String>> part : SCORES.entrySet()) {
            for (int branch = 0; branch < 3; branch++) {
                float[] map =
                        map(folder.resolve("results/maps/" + part.getKey() + "_" + BRANCHES.get(branch) + ".tiff"));
                assertEquals(part.getValue().get(branch), max(map), part.getKey());
            }
        }
    }

    @Test
    void severalCategoriesGiveTheirMean() throws IOException {
        Cli.here(
                        "synth",
                        "--out",
                        folder,
                        "--shape",
                        "ring",
                        "--train",
                        0,
                        "--validation",
                        0,
                        "--test",
                        8,
                        "--size",
                        64)
                .expect(0);
        Cli.Outcome both = Cli.here(
                        "evaluate",
                        "--model",
                        sample.model,
                        "--data",
                        sample.category,
                        "--data",
                        folder.resolve("ring"),
                        "--out",
                        folder.resolve("both"))
                .expect(0);
        JsonNode mean =
                new ObjectMapper().readTree(folder.resolve("both/metrics.json").toFile());
        JsonNode plate = new ObjectMapper()
                .readTree(folder.resolve("both/plate/metrics.json").toFile());
        JsonNode ring = new ObjectMapper()
                .readTree(folder.resolve("both/ring/metrics.json").toFile());
        assertMetrics(mean);
        assertEquals(plate, mean.get("categories").get("plate"));
        assertEquals(ring, mean.get("categories").get("ring"));
        assertEquals(
                plate,
                new ObjectMapper()
                        .readTree(folder.resolve("results/metrics.json").toFile()));
        for (String branch : BRANCHES) {
            for (String column : COLUMNS) {
                assertEquals(
                        (plate.get(branch).get(column).asDouble()
                                        + ring.get(branch).get(column).asDouble())
                                / 2,
                        mean.get(branch).get(column).asDouble(),
                        1e-12,
                        branch + " " + column);
            }
        }
        for (String word : List.of("plate", "ring", "mean")) {
            assertTrue(both.out().toLowerCase(java.util.Locale.ROOT).contains(word), both.out());
        }
    }

    @Test
    void inspectionSaysWhatWasInspectedAndRepeatsBitForBit() throws Exception {
        Path one = folder.resolve("one");
        // In a process of its own: what a user sees, every line of it.
        Cli.Outcome run = Cli.in(folder)
                .run(sample.inspect("test/hole/000", one).toArray())
                .expect(0);
        assertEquals("", run.err());
        assertTrue(
                run.out().matches("000: score -?[\\d.]+ \\(rgb -?[\\d.]+, depth -?[\\d.]+\\), [\\d.]+ ms\n"),
                run.out());

        JsonNode result = new ObjectMapper().readTree(one.resolve("result.json").toFile());
        assertEquals(List.of("000"), List.of(result.get("id").asText()));
        assertEquals(
                SCORES.get("test/hole/000"),
                List.of(
                        result.get("score").asText(),
                        result.get("score_rgb").asText(),
                        result.get("score_depth").asText()));
        assertTrue(result.get("thresholds").isNull() && result.get("verdict").isNull());
        assertEquals("rgb+depth", result.get("mode").asText());
        assertTrue(result.get("warnings").isEmpty());
        assertTrue(
                List.of("rgb", "depth", "both").contains(result.get("deciding").asText()));
        int peak = result.get("peak_at").get(1).asInt() * SIZE
                + result.get("peak_at").get(0).asInt();
        assertEquals(result.get("score").asText(), Float.toString(map(one.resolve("anomaly_map.tiff"))[peak]));
        assertTrue(result.get("calibration_sha256").asText().matches("[0-9a-f]{64}"));
        assertTrue(result.get("device").asText().startsWith("c"));
        assertTrue(
                result.get("regions").isEmpty() && Files.exists(one.resolve("mask.png")),
                "without a limit nothing is above it");
        for (String stage : List.of("read", "prepare", "network", "anomaly_map")) {
            assertTrue(result.get("timings_ms").get(stage).asDouble(-1) > 0, stage);
        }
        Map<Path, JsonNode> files = Map.of(
                sample.model,
                result.get("model"),
                sample.rgb("test/hole/000"),
                result.get("inputs").get("rgb"),
                sample.xyz("test/hole/000"),
                result.get("inputs").get("xyz"));
        for (Map.Entry<Path, JsonNode> file : files.entrySet()) {
            assertEquals(file.getKey().toString(), file.getValue().get("file").asText());
            assertEquals(Sha256.of(file.getKey()), file.getValue().get("sha256").asText());
        }
        for (int i = 0; i < MAPS.size(); i++) {
            assertEquals(SCORES.get("test/hole/000").get(i), max(map(one.resolve(MAPS.get(i)))));
        }
        RgbImage overlay = ImageReader.readRgb(one.resolve("overlay.png"));
        RgbImage part = ImageReader.readRgb(sample.rgb("test/hole/000"));
        assertEquals(List.of(part.width(), part.height()), List.of(overlay.width(), overlay.height()));

        // Over the older results, from another process: the same bits.
        Map<String, byte[]> before = new TreeMap<>();
        for (String name : MAPS) {
            before.put(name, Files.readAllBytes(one.resolve(name)));
        }
        Cli.run(sample.inspect("test/hole/000", one)).expect(0);
        for (String name : MAPS) {
            assertArrayEquals(before.get(name), Files.readAllBytes(one.resolve(name)), name);
        }
        assertEquals(7, Cli.listing(one).size(), "six files and their folder");
    }

    @Test
    void aFolderOfPartsIsInspectedLikeEachOfThem() throws IOException {
        Path many = folder.resolve("many");
        assertScores(sample.model, many);
        // A plain folder of unlabelled parts, and images of different size: both are resized.
        Path plain = Files.createDirectories(folder.resolve("plain"));
        Files.createDirectories(plain.resolve("xyz"));
        Files.copy(sample.xyz("test/dent/000"), plain.resolve("xyz/a.tiff"));
        byte[] grey = new byte[40 * 30 * 3];
        Arrays.fill(grey, (byte) 90);
        RgbImage small = new RgbImage(40, 30, grey);
        Files.createDirectories(plain.resolve("rgb"));
        Files.write(plain.resolve("rgb/a.png"), ImageWriter.png(small));
        Path unlabelled = folder.resolve("unlabelled");
        Cli.here("inspect", "--model", sample.model, "--data", plain, "--out", unlabelled)
                .expect(2);
        Cli.here("inspect", "--model", sample.model, "--data", plain, "--out", unlabelled, "--on-unlike", "review")
                .expect(0);
        assertEquals(
                40,
                ImageReader.readRgb(folder.resolve("unlabelled/a/overlay.png")).width());
        assertTrue(Float.isFinite(Float.parseFloat(max(map(folder.resolve("unlabelled/a/anomaly_map.tiff"))))));
    }

    private static void assertScores(Path model, Path out) throws IOException {
        assertEquals(SCORES, scores(model, out, "auto"));
    }

    /** The three printed scores of every test part. */
    private static Map<String, List<String>> scores(Path model, Path out, String precision) throws IOException {
        Cli.Outcome run = Cli.here(
                        "inspect", "--model", model, "--data", sample.category, "--out", out, "--precision", precision)
                .expect(0);
        assertEquals(SCORES.size(), run.out().lines().count());
        Map<String, List<String>> scores = new LinkedHashMap<>();
        for (String part : SCORES.keySet()) {
            JsonNode result = new ObjectMapper()
                    .readTree(out.resolve(part).resolve("result.json").toFile());
            scores.put(
                    part,
                    List.of(
                            result.get("score").asText(),
                            result.get("score_rgb").asText(),
                            result.get("score_depth").asText()));
        }
        return scores;
    }

    @Test
    void theSameModelComesBackThroughPyTorchsFormat() throws IOException {
        Calibration trained;
        int kernel;
        try (ModelFile file = ModelFile.open(sample.model)) {
            trained = file.info().calibration();
            kernel = file.info().geometry().normalKernel();
        }
        Cli.here(
                        "export",
                        "--model",
                        sample.model,
                        "--to",
                        "pth",
                        "--out",
                        folder.resolve("s.pth"),
                        "--teacher-out",
                        folder.resolve("t.pth"))
                .expect(0);
        List<Object> importing = List.of(
                "import",
                "--student",
                folder.resolve("s.pth"),
                "--teacher",
                folder.resolve("t.pth"),
                "--backbone",
                "resnet18",
                "--size",
                SIZE,
                "--modality",
                "normals",
                "--normal-kernel",
                kernel,
                "--out");
        Path given = folder.resolve("given.safetensors");
        List<Object> withCalibration = new ArrayList<>(importing);
        withCalibration.addAll(List.of(
                given,
                "--calibration",
                trained.meanRgb() + "," + trained.stdRgb() + "," + trained.meanDepth() + "," + trained.stdDepth()));
        assertEquals(1, Cli.run(withCalibration).expect(0).out().lines().count());
        // No precision was tested for it: auto means float32.
        assertEquals(
                scores(sample.model, folder.resolve("exact"), "fp32"),
                scores(given, folder.resolve("from-given"), "auto"));

        Path bare = folder.resolve("bare.safetensors");
        List<Object> without = new ArrayList<>(importing);
        without.add(bare);
        String hint = Cli.run(without).expect(0).out().lines().toList().get(1);
        assertTrue(hint.endsWith("trd calibrate --model " + bare + " --data CATEGORY"), hint);
        Cli.here("calibrate", "--model", bare, "--data", sample.category).expect(0);
        try (ModelFile file = ModelFile.open(bare)) {
            assertEquals(trained, file.info().calibration());
        }
        assertScores(bare, folder.resolve("from-bare"));
    }
}
