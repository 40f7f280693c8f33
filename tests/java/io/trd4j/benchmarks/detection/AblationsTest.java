package io.trd4j.benchmarks.detection;

import static io.trd4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.SmallModel;
import io.trd4j.calibrate.Calibrator;
import io.trd4j.calibrate.PreparedParts;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.inspect.DeviceChoice;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.InputException;
import io.trd4j.model.Backbone;
import io.trd4j.model.Calibration;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import io.trd4j.model.network.Network;
import io.trd4j.model.network.TorchDevice;
import io.trd4j.train.TrainingOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The ablations' maps are the product's where the variant is the product; every variant trains and writes its results.
 */
class AblationsTest {
    private static final int SIZE = SmallModel.SIZE;
    private static final int THREADS = 2;

    @TempDir
    static Path folder;

    private static Dataset dataset;

    @BeforeAll
    static void prepare() throws IOException {
        dataset = SmallModel.category(folder.resolve("cookie"), 4, 2, 7);
    }

    @Test
    void theFullVariantAgreesWithTheInspector() throws IOException {
        TrainingOptions options =
                new TrainingOptions(Backbone.RESNET18, SIZE, Modality.NORMALS, 5, 2, 4, 0.005, 3, THREADS);
        Path file = folder.resolve("full.safetensors");
        Detection detection;
        try (PreparedParts train = prepared(dataset.train());
                PreparedParts validation = prepared(dataset.validation());
                PreparedParts test = prepared(dataset.test());
                BranchDetector full = (BranchDetector)
                        Ablations.detector(Variant.FULL, Ablations.randomTeacher(options, train), options, train)) {
            full.epoch();
            List<Double> losses = full.epoch();
            assertEquals(2, losses.size());
            detection = Detection.of(full, validation, test, SIZE, TorchDevice.CPU);
            Network network = full.network();
            Calibration calibration = Calibrator.calibrate(network, SIZE, validation, null, THREADS, done -> {});
            ModelFile.write(
                    file,
                    ModelInfo.of(
                                    Backbone.RESNET18,
                                    SIZE,
                                    Geometry.normals(5),
                                    ModelFile.teacherSha256(
                                            network.teacher().weights().sources("")))
                            .withCalibration(calibration),
                    network.sources());
        }
        try (Inspector inspector =
                Inspector.open(file, new InspectorOptions(THREADS, Precision.FP32).withDevice(DeviceChoice.CPU))) {
            Inspection inspection = inspector.newInspection();
            for (int i = 0; i < dataset.test().size(); i++) {
                inspector.inspect(dataset.test().get(i).load(), inspection);
                float[][] expected = {inspection.map(), inspection.mapRgb(), inspection.mapDepth()};
                float[] scores = {inspection.score(), inspection.scoreRgb(), inspection.scoreDepth()};
                for (int branch = 0; branch < 3; branch++) {
                    String what = Detection.BRANCHES.get(branch) + " of part " + i;
                    float[][] maps = detection.maps().get(Detection.BRANCHES.get(branch));
                    // The compiled network folds BatchNorm and convolves by Winograd: float32's rounding, in standard
                    // deviations.
                    assertClose(what, maps[i], expected[branch], 2e-4);
                    assertClose("score " + what, Detection.scores(maps)[i], scores[branch], 2e-4);
                }
            }
        }
    }

    @Test
    void everyVariantWritesItsResultsOnce() throws IOException {
        Path runs = folder.resolve("runs");
        String[] arguments = {
            "--data",
            folder.resolve("cookie").toString(),
            "--runs",
            runs.toString(),
            "--size",
            "32",
            "--epochs",
            "1",
            "--batch",
            "4",
            "--seed",
            "5",
            "--threads",
            "" + THREADS
        };
        assertEquals(0, Ablations.execute(arguments));
        for (Variant variant : Variant.values()) {
            JsonNode metrics = metrics(runs, variant);
            assertTrue(metrics.get("combined").get("I-AUROC").isDouble(), variant.key());
            boolean branches = variant.onlyBranch() < 0 && variant != Variant.FUSED;
            assertEquals(branches, metrics.has("rgb") && metrics.has("depth"), variant.key());
            List<String> scores = Files.readAllLines(run(runs, variant).resolve("scores.csv"));
            assertEquals("id,kind,anomalous,score,score_rgb,score_depth", scores.get(0));
            assertEquals(1 + dataset.test().size(), scores.size());
            assertEquals(6, scores.get(1).split(",", -1).length);
        }
        assertEquals(
                metrics(runs, Variant.INDEPENDENT).get("rgb"),
                metrics(runs, Variant.RGB_ONLY).get("combined"));
        assertEquals(
                metrics(runs, Variant.INDEPENDENT).get("depth"),
                metrics(runs, Variant.SECOND_ONLY).get("combined"));

        tablesAreMade(runs);

        Files.writeString(run(runs, Variant.FULL).resolve("metrics.json"), "kept");
        assertEquals(0, Ablations.execute(arguments));
        assertEquals("kept", Files.readString(run(runs, Variant.FULL).resolve("metrics.json")));
    }

    @Test
    void whatItCannotDoItSays() {
        assertTrue(assertThrows(InputException.class, () -> Variant.of("half"))
                .getMessage()
                .contains("no-filter"));
        assertEquals(
                2,
                Ablations.execute(
                        "--data",
                        folder.toString(),
                        "--runs",
                        folder.resolve("none").toString(),
                        "--device",
                        "tpu"));
        assertFalse(Files.exists(folder.resolve("none")));
    }

    private static void tablesAreMade(Path runs) throws IOException {
        if (!Files.isExecutable(Path.of("/usr/bin/python3"))) {
            return;
        }
        String claims = Path.of(System.getProperty("trd.fixtures"))
                .resolve("../../benchmarks/detection/claims.py")
                .toString();
        assertTrue(python(claims, "--self-test").contains("passed"));
        String tables = python(claims, runs.toString());
        for (Variant variant : Variant.values()) {
            assertTrue(tables.contains("\n| " + variant.key() + " | 1 | "), tables);
        }
        assertTrue(tables.contains("**undecided (too few pairs)**"), tables);
        assertEquals(tables, python(claims, runs.resolve("results.json").toString()));
    }

    /** What it prints; it must end with exit code 0. */
    private static String python(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("/usr/bin/python3", "-B"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertEquals(0, process.waitFor(), output);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return output;
    }

    private static Path run(Path runs, Variant variant) {
        return runs.resolve("random-" + variant.key())
                .resolve("normals")
                .resolve("cookie")
                .resolve("5");
    }

    private static JsonNode metrics(Path runs, Variant variant) throws IOException {
        return new ObjectMapper()
                .readTree(run(runs, variant).resolve("metrics.json").toFile());
    }

    private static PreparedParts prepared(List<PartFiles> parts) throws IOException {
        return new PreparedParts(parts, SIZE, Geometry.normals(5), done -> {});
    }
}
