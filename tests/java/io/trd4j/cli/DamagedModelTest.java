package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.SmallModel;
import io.trd4j.align.CropBuilder;
import io.trd4j.calibrate.CalibrationRun;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.inspect.DeviceChoice;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.PlanMeasurement;
import io.trd4j.io.HashedFile;
import io.trd4j.io.InputException;
import io.trd4j.io.Progress;
import io.trd4j.io.Sha256;
import io.trd4j.model.DamagedFile;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.Precision;
import io.trd4j.model.tensorfile.Safetensors;
import io.trd4j.model.tensorfile.TensorInfo;
import io.trd4j.sign.ModelSignature;
import io.trd4j.sign.SigningKey;
import io.trd4j.sign.TrustedKeys;
import io.trd4j.sign.UntrustedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Model files of which a bit has changed since they were written, as failing disks and cables leave them. */
class DamagedModelTest {
    private static final InspectorOptions OPTIONS =
            new InspectorOptions(2, Precision.FP32).withDevice(DeviceChoice.CPU);
    private static final List<String> GROUPS =
            List.of("alignment", "normal_images", "student_depth", "student_rgb", "teacher");

    @TempDir
    private static Path folder;

    /** Has tensors of every group. */
    private static Path model;

    private static Path category;

    @BeforeAll
    static void make() throws IOException {
        model = SmallModel.write(folder.resolve("model.safetensors"), Modality.METRIC, null);
        category = folder.resolve("cookie");
        Dataset parts = SmallModel.category(category, 3, 4, 2);
        ModelFile.replaceAlignment(model, CropBuilder.of(parts.train(), SmallModel.SIZE, Progress.NONE));
        CalibrationRun.run(model, parts, 2, Progress.NONE);
        Inspector.open(model, OPTIONS).close();
    }

    private static String words(Path file, String group) {
        return file + " is damaged: the tensors of " + group
                + " are not those that were written; restore it from a copy, or train it again";
    }

    /** Five tensors of each group, spread over it, at their beginning, middle and end. */
    @Test
    void everyGroupIsRefusedByName() throws IOException {
        List<TensorInfo> tensors;
        try (Safetensors file = Safetensors.open(model)) {
            tensors = List.copyOf(file.tensors());
        }
        int flips = 0;
        for (String group : GROUPS) {
            List<TensorInfo> own = tensors.stream()
                    .filter(t -> t.name().startsWith(group + ".") && t.elements() > 0)
                    .toList();
            int step = Math.max(1, own.size() / 5);
            for (int i = 0; i < own.size(); i += step) {
                TensorInfo tensor = own.get(i);
                long element = (i / step % 3) * (tensor.elements() - 1) / 2;
                DamagedFile.flip(model, tensor.name(), element);
                InputException e = assertThrows(InputException.class, () -> Inspector.open(model, OPTIONS));
                assertEquals(words(model, group), e.getMessage(), tensor.name());
                DamagedFile.flip(model, tensor.name(), element);
                flips++;
            }
        }
        assertTrue(flips >= 20, flips + " places");
    }

    @Test
    void everyVerbThatLoadsWeightsRefusesThemOnOneLine() throws IOException {
        Path key = folder.resolve("key");
        SigningKey.create(key);
        Path out = folder.resolve("out");
        String before = Sha256.of(model);
        for (Map.Entry<String, String> tensor : Map.of(
                        "student_rgb", "student_rgb.decoder.layer1.0.conv1.weight",
                        "normal_images", "normal_images.relief")
                .entrySet()) {
            DamagedFile.flip(model, tensor.getValue(), 17);
            List<List<Object>> verbs = new ArrayList<>();
            verbs.add(List.of("inspect", "--data", category, "--out", out));
            verbs.add(List.of("evaluate", "--data", category, "--out", out));
            verbs.add(List.of("calibrate", "--data", category));
            verbs.add(List.of("export", "--to", "pth", "--out", out));
            verbs.add(List.of("sign", "--key", key));
            for (List<Object> verb : verbs) {
                List<Object> command = new ArrayList<>(verb);
                command.addAll(List.of("--model", model));
                Cli.Outcome outcome = Cli.run(command).expect(2);
                assertEquals(List.of("trd: " + words(model, tensor.getKey())), outcome.complaints(), verb.toString());
                assertFalse(Files.exists(out), verb.toString());
            }
            assertFalse(Files.exists(ModelSignature.file(model)));
            assertEquals(
                    words(model, tensor.getKey()),
                    assertThrows(InputException.class, () -> PlanMeasurement.measure(model, OPTIONS, 1))
                            .getMessage());
            DamagedFile.flip(model, tensor.getValue(), 17);
        }
        assertEquals(before, Sha256.of(model), "nothing was written");
    }

    @Test
    void theComparisonCanBeSwitchedOff() throws IOException {
        DamagedFile.flip(model, "student_rgb.decoder.layer1.0.conv1.weight", 3);
        InspectorOptions off = OPTIONS.withVerifiedWeights(false);
        assertTrue(OPTIONS.verifiedWeights());
        assertFalse(off.withMaps(false).withThreads(1).verifiedWeights());
        Inspector.open(model, off).close();
        PlanMeasurement.measure(model, off, 1);
        DamagedFile.flip(model, "student_rgb.decoder.layer1.0.conv1.weight", 3);
    }

    /** They are hashed whole: weights that somebody signed are those that are loaded. */
    @Test
    void signedModelsAreComparedWithTheirSignatureAlone() throws IOException {
        Path file = Files.copy(model, folder.resolve("signed.safetensors"));
        DamagedFile.flip(file, "teacher.conv1.weight", 3);
        Path keys = Files.createDirectory(folder.resolve("keys"));
        try (HashedFile content = HashedFile.open(file)) {
            ModelSignature.of(content, SigningKey.create(keys.resolve("key"))).write(ModelSignature.file(file));
        }
        InspectorOptions trusting = OPTIONS.withTrustedKeys(TrustedKeys.read(List.of(keys)));
        Inspector.open(file, trusting).close();
        DamagedFile.flip(file, "teacher.conv1.weight", 4);
        assertThrows(UntrustedModelException.class, () -> Inspector.open(file, trusting));
    }
}
