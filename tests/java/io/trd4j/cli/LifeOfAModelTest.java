package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.LifeOfAModelExample;
import io.trd4j.calibrate.CalibrationRun;
import io.trd4j.calibrate.PreparedParts;
import io.trd4j.calibrate.Rate;
import io.trd4j.calibrate.ThresholdPlan;
import io.trd4j.calibrate.ThresholdRun;
import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.io.InputException;
import io.trd4j.io.Progress;
import io.trd4j.model.Backbone;
import io.trd4j.model.Checkpoints;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.ParameterNames;
import io.trd4j.model.Statistic;
import io.trd4j.model.TeacherWeights;
import io.trd4j.model.Threshold;
import io.trd4j.train.TrainingOptions;
import io.trd4j.train.TrainingPlan;
import io.trd4j.train.TrainingRun;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Java and the command line do the same: same weights, calibration, thresholds, scores and metrics. Java prints
 * nothing.
 */
class LifeOfAModelTest {
    @TempDir
    private Path folder;

    @Test
    void javaDoesWhatTheCommandLineDoes() throws IOException {
        LifeOfAModelExample example = new LifeOfAModelExample();
        assertEquals("", printed(() -> example.run(folder)), "services print nothing");

        Path data = folder.resolve("plate");
        Path model = folder.resolve("cli.safetensors");
        Cli.Outcome trained = Cli.here(
                        "train",
                        "--data",
                        data,
                        "--out",
                        model,
                        "--size",
                        64,
                        "--batch",
                        4,
                        "--epochs",
                        2,
                        "--train-precision",
                        "fp32",
                        "--no-sensitivity")
                .expect(0);
        Cli.here("calibrate", "--model", model, "--data", data, "--no-sensitivity")
                .expect(0);
        Cli.here("calibrate", "--model", model, "--data", data, "--false-reject-rate", "30%", "--no-sensitivity")
                .expect(0);
        Cli.here("evaluate", "--model", model, "--data", data, "--out", folder.resolve("cli"))
                .expect(0);

        List<String> warnings = trained.complaints();
        assertTrue(
                warnings.stream().anyMatch(line -> line.startsWith("trd: a run of 4 steps is short: ")), trained.err());
        assertEquals(
                warnings,
                example.log.subList(0, warnings.size()).stream()
                        .map(line -> "trd: " + line)
                        .toList());
        String inspected = example.log.get(warnings.size());
        assertEquals(warnings.size() + 1, example.log.size());

        ModelInfo java = info(folder.resolve("model.safetensors"));
        ModelInfo cli = info(model);
        assertEquals(cli.training().curve(), java.training().curve());
        assertEquals(cli.geometry(), java.geometry());
        assertEquals(Modality.METRIC, cli.modality(), "the default");
        assertTrue(
                trained.out().lines().anyMatch(line -> line.startsWith("metric geometry: pixels of ")), trained.out());
        assertEquals(cli.calibration(), java.calibration());
        assertEquals(cli.precisions(), java.precisions());
        assertEquals(cli.thresholds(), java.thresholds());
        assertEquals(cli.driftReference(), java.driftReference());
        assertEquals(null, cli.sensitivity(), "skipped");
        assertTrue(java.sensitivity().series().stream().allMatch(s -> s.trials().size() == 2));
        for (String file : List.of("scores.csv", "metrics.json")) {
            assertArrayEquals(
                    Files.readAllBytes(folder.resolve("cli").resolve(file)),
                    Files.readAllBytes(folder.resolve("results").resolve(file)),
                    file);
        }
        String[] first =
                Files.readAllLines(folder.resolve("results/scores.csv")).get(1).split(",");
        assertEquals(
                first[0] + " is " + first[6] + ": score " + first[3] + ", threshold "
                        + java.thresholds().combined().ng().value(),
                inspected);
        String report = Files.readString(folder.resolve("report.html"));
        assertTrue(report.contains(first[0]));
        assertTrue(report.contains("How small a defect would be seen</h2>") && report.contains("\"kind\":\"dent\""));
        doesTheOtherVerbs(example, data, model);
    }

    /** An export stands for an official checkpoint: its second student has seen something else than normals. */
    private void doesTheOtherVerbs(LifeOfAModelExample example, Path data, Path model) throws IOException {
        Path students = folder.resolve("official.pth");
        Path teacher = folder.resolve("official-teacher.pth");
        List<String> lost = Checkpoints.export(model, students, teacher);
        assertTrue(lost.get(0).startsWith("its second student has seen metric geometry, "), lost.toString());
        Path imported = Files.createDirectory(folder.resolve("other"));
        example.log.clear();
        assertEquals(
                "", printed(() -> example.otherVerbs(students, teacher, data, imported)), "services print nothing");

        assertEquals(1, example.log.size(), "nothing is lost by the export of normals: " + example.log);
        assertTrue(example.log.get(0).matches("false, [0-9.]+ ms"), example.log.get(0));
        ModelInfo info = info(imported.resolve("imported.safetensors"));
        assertEquals(Modality.NORMALS, info.modality());
        assertEquals(9.5, info.thresholds().combined().ng().value());
        assertEquals(10, info.driftReference().statistics().get(Statistic.SCORE).size());
        assertArrayEquals(Files.readAllBytes(students), Files.readAllBytes(imported.resolve("students.pth")));
        assertArrayEquals(Files.readAllBytes(teacher), Files.readAllBytes(imported.resolve("teacher.pth")));
        assertEquals(
                ParameterNames.teacher(Backbone.RESNET18).size(),
                TeacherWeights.load(imported.resolve("formulas.safetensors"), Backbone.RESNET18)
                        .size());
    }

    /** Bit for bit the inputs of files, and evidence over what was in memory. */
    @Test
    void partsInMemoryAreTrainedAndCalibratedOn() throws Exception {
        SyntheticParts.write(folder, SyntheticProduct.PLATE, 2, 9, 0, 32, 5, done -> {});
        Dataset files = Dataset.open(folder);
        List<Part> normal = inMemory(files.train());
        List<Part> others = inMemory(files.validation());
        try (PreparedParts memory =
                        PreparedParts.of(PartSource.inMemory(others), 32, Geometry.normals(5), null, Progress.NONE);
                PreparedParts read =
                        PreparedParts.of(files.validation(), 32, Geometry.normals(5), null, Progress.NONE)) {
            assertEquals(read.sha256(), memory.sha256());
            assertEquals("part validation/good/000", memory.source(0), "what a message calls it");
        }
        LifeOfAModelExample example = new LifeOfAModelExample();
        Path model = folder.resolve("memory.safetensors");
        TrainingOptions options =
                TrainingOptions.defaults().withSize(32).withBatch(2).withEpochs(1);
        // The least that a training does: this is about its parts.
        TrainingPlan plan = TrainingPlan.of(options).withChoosesAperture(false).withDriftReference(false);
        assertEquals("", printed(() -> example.trainInMemory(normal, others, plan, model)), "services print nothing");

        ModelInfo info = info(model);
        assertEquals(2, info.training().parts());
        Threshold.Evidence evidence = info.thresholds().combined().ng().evidence();
        assertEquals(9, evidence.normal());
        assertEquals(0, evidence.falseRejects());
        assertEquals(checksum(others), evidence.dataSha256());
        assertTrue(example.log.get(0).matches("NG by [0-9a-f]{64}"), example.log.get(0));
        assertNotEquals("NG by " + info.calibrationSha256(), example.log.get(0), "the file's thresholds stay");
    }

    @Test
    void tooFewPartsInMemoryAreRefused() {
        Path model = folder.resolve("model.safetensors");
        assertRefused(
                "there are no normal training parts; give two or more",
                () -> new TrainingRun(TrainingPlan.of(TrainingOptions.defaults())).run(List.of(), List.of(), model));
        assertRefused(
                "there are no normal parts to calibrate " + model + " on; give some",
                () -> CalibrationRun.run(model, List.of(), null, 1, Progress.NONE));
        assertRefused(
                "a false reject rate of 1% with 95% confidence needs 299 normal parts, and the list has 0; add parts, "
                        + "allow more, or use the method tail, which models the scores' tail",
                () -> new ThresholdRun(ThresholdPlan.exact(Rate.of("1%")), List.of(), List.of()));
        assertRefused(
                "the method max-f1 needs parts with a defect, and for max-f1 normal ones",
                () -> new ThresholdRun(ThresholdPlan.maxF1(), List.of(), List.of()));
        assertFalse(Files.exists(model));
    }

    private static void assertRefused(String message, Executable work) {
        assertEquals(message, assertThrows(InputException.class, work).getMessage());
    }

    /** As a camera gives them. */
    private static List<Part> inMemory(List<PartFiles> files) throws IOException {
        List<Part> parts = new ArrayList<>();
        for (PartFiles one : files) {
            Part part = one.load();
            RgbImage rgb = part.rgb();
            PointCloud xyz = part.xyz();
            parts.add(Part.of(
                    one.id(),
                    new RgbImage(rgb.width(), rgb.height(), rgb.rgb()),
                    new PointCloud(xyz.width(), xyz.height(), xyz.xyz())));
        }
        return parts;
    }

    /** As {@link Threshold.Evidence} and {@link io.trd4j.data.PartSource#checksums} define it. */
    private static String checksum(List<Part> parts) throws Exception {
        MessageDigest all = MessageDigest.getInstance("SHA-256");
        for (Part part : parts) {
            all.update((part.id() + "\0").getBytes(StandardCharsets.UTF_8));
            MessageDigest one = MessageDigest.getInstance("SHA-256");
            one.update("32x32".getBytes(StandardCharsets.UTF_8));
            all.update(one.digest(part.rgb().rgb()));
            one.update("32x32".getBytes(StandardCharsets.UTF_8));
            ByteBuffer value = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (float coordinate : part.xyz().xyz()) {
                one.update(value.putFloat(0, coordinate).array());
            }
            all.update(one.digest());
        }
        return HexFormat.of().formatHex(all.digest());
    }

    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    /** Standard output and error. */
    private static String printed(Work work) throws IOException {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream both = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        System.setOut(both);
        System.setErr(both);
        try {
            work.run();
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static ModelInfo info(Path model) throws IOException {
        return ModelFile.readInfo(model);
    }
}
