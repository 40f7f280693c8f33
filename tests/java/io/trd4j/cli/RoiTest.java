package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.data.RgbImage;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.image.ImageReader;
import io.trd4j.data.image.ImageWriter;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.Sha256;
import io.trd4j.metrics.Evaluation;
import io.trd4j.model.Calibration;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A region of interest from its file to the model, its scores, metrics and out again, through the command line. */
class RoiTest {
    private static final int SIZE = 64;

    @TempDir
    private Path folder;

    private Sample sample;
    private Path model;
    /** The left half, as an image of another size. */
    private Path left;

    @BeforeEach
    void copy() throws IOException {
        sample = Sample.get();
        model = folder.resolve("model.safetensors");
        Files.copy(sample.model, model);
        byte[] pixels = new byte[128 * 128];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i % 128 < 64 ? 255 : 0);
        }
        left = folder.resolve("left.png");
        Files.write(left, ImageWriter.pngGrey(128, 128, pixels));
    }

    private ModelInfo info() throws IOException {
        return ModelFile.readInfo(model);
    }

    private Cli.Outcome calibrate(Object... more) {
        List<Object> line = new ArrayList<>(List.of("calibrate", "--model", model, "--data", sample.category));
        line.addAll(List.of(more));
        return Cli.run(line).expect(0);
    }

    @Test
    void isSetKeptShownAndRemoved() throws IOException {
        assertEquals(
                "no region of interest: all pixels count\n",
                Cli.here("roi", "--model", model, "--show").expect(0).out());
        String text = "region of interest: 50.0 % of the pixels count (2048 of 64x64), from left.png\n";
        assertTrue(calibrate("--roi", left).out().contains("\n" + text));
        assertEquals(text, Cli.here("roi", "--model", model, "--show").expect(0).out());
        ModelInfo set = info();
        boolean[] mask = set.regionOfInterest().mask();
        for (int i = 0; i < mask.length; i++) {
            assertEquals(i % SIZE < 32, mask[i]);
        }
        assertEquals(Sha256.of(left), set.regionOfInterest().sourceSha256());
        Calibration whole = Inspector.describe(sample.model).calibration();
        assertNotEquals(whole, set.calibration());

        Path out = folder.resolve("out.png");
        Cli.here("roi", "--model", model, "--out", out).expect(0);
        byte[] rgb = ImageReader.readRgb(out).rgb();
        for (int i = 0; i < mask.length; i++) {
            assertEquals(mask[i] ? (byte) 255 : 0, rgb[3 * i]);
        }
        calibrate();
        assertEquals(set, info(), "calibrated again, with the region that it has");
        Thresholds thresholds = Thresholds.NONE.with(ScoreBranch.RGB, new Thresholds.Limits(Threshold.byHand(1), null));
        ModelFile.replaceInfo(model, info -> info.withThresholds(thresholds));
        calibrate("--roi", out);
        assertEquals(
                List.of(set.calibration(), Thresholds.NONE),
                List.of(info().calibration(), info().thresholds()),
                "the same pixels, and the thresholds of the old region are gone");
        calibrate("--roi", "none");
        assertEquals(Sha256.of(sample.model), Sha256.of(model), "back to the file it was");
    }

    @Test
    void thresholdsAreThoseOfTheScoresInside() throws IOException {
        Path roi = Files.writeString(
                folder.resolve("roi.json"),
                "{\"width\": 64, \"height\": 64, \"include\": [[[0, 0], [31, 0], [31, 63], [0, 63]]]}");
        calibrate("--roi", roi, "--method", "max-f1", "--precision", "fp32");
        Threshold set = info().thresholds().combined().ng();
        boolean found = false;
        try (Inspector inspector = Inspector.open(model, new InspectorOptions(2, Precision.FP32))) {
            Inspection inspection = inspector.newInspection();
            for (PartFiles part : Dataset.open(sample.category).test()) {
                inspector.inspect(part.load(), inspection);
                found |= inspection.score() >= set.value() && Math.nextDown(inspection.score()) <= set.value();
            }
        }
        assertTrue(found, "a threshold just at a score: " + set);
        assertEquals(2048, info().regionOfInterest().pixels());
    }

    /** Metrics as Evaluation has them of maps, masks and what counts; maps and regions without anything outside. */
    @Test
    void evaluationAndInspectionStayInside() throws IOException {
        calibrate("--roi", left);
        Path results = folder.resolve("results");
        Cli.here(
                        "evaluate",
                        "--model",
                        model,
                        "--data",
                        sample.category,
                        "--out",
                        results,
                        "--precision",
                        "fp32",
                        "--device",
                        "cpu")
                .expect(0);
        JsonNode metrics = new ObjectMapper()
                .readTree(results.resolve("metrics.json").toFile())
                .get("combined");
        List<PartFiles> parts = Dataset.open(sample.category).test();
        RegionOfInterest roi = info().regionOfInterest();
        float[][] maps = new float[parts.size()][];
        float[] scores = new float[parts.size()];
        boolean[][] masks = new boolean[parts.size()][];
        boolean[] anomalous = new boolean[parts.size()];
        InspectorOptions options = InspectorOptions.defaults().withPrecision(Precision.FP32);
        try (Inspector inspector = Inspector.open(model, options)) {
            Inspection inspection = inspector.newInspection();
            for (int i = 0; i < maps.length; i++) {
                inspector.inspect(parts.get(i).load(), inspection);
                maps[i] = inspection.map().clone();
                scores[i] = inspection.score();
                masks[i] = parts.get(i).mask(SIZE);
                anomalous[i] = parts.get(i).anomalous();
            }
        }
        Evaluation.of(maps, scores, masks, anomalous, roi.mask(), SIZE, SIZE)
                .toMap()
                .forEach((column, value) ->
                        assertEquals(value, metrics.get(column).asDouble(), column));

        Cli.here("threshold", "--model", model, "--ng", -1e6).expect(0);
        Path part = folder.resolve("part");
        Cli.here(sample.inspect("test/hole/000", part).stream()
                        .map(o -> o.equals(sample.model) ? model : o)
                        .toArray())
                .expect(0);
        RgbImage mask = ImageReader.readRgb(part.resolve("mask.png"));
        for (int i = 0; i < SIZE * SIZE; i++) {
            assertTrue(roi.counts(i) || mask.rgb()[3 * i] == 0);
        }
        JsonNode regions = new ObjectMapper()
                .readTree(part.resolve("result.json").toFile())
                .get("regions");
        assertTrue(regions.size() > 0);
    }

    @Test
    void trainingSeesWholeImages() throws IOException {
        Path[] models = {folder.resolve("whole.safetensors"), folder.resolve("left.safetensors")};
        for (Path file : models) {
            List<Object> line = new ArrayList<>(List.of(
                    "train", "--data", sample.category, "--out", file, "--size", 32, "--epochs", 1, "--batch", 2));
            line.addAll(file == models[1] ? List.of("--roi", left) : List.of());
            String out = Cli.run(line).expect(0).out();
            assertEquals(
                    file == models[1],
                    out.contains("region of interest: 50.0 % of the pixels count (512 of 32x32)"),
                    out);
        }
        try (ModelFile whole = ModelFile.open(models[0]);
                ModelFile cut = ModelFile.open(models[1])) {
            assertEquals(512, cut.info().regionOfInterest().pixels());
            assertNotEquals(whole.info().calibration(), cut.info().calibration());
            String name = "student_rgb.bn.bn_layer.0.conv1.weight";
            assertArrayEquals(bytes(whole, name), bytes(cut, name));
        }
    }

    private static byte[] bytes(ModelFile model, String tensor) throws IOException {
        return model.tensors().bytes(tensor);
    }
}
