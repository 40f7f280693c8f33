package io.trd4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trd4j.io.InputException;
import io.trd4j.model.tensorfile.SafetensorsTest;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TensorInfo;
import io.trd4j.model.tensorfile.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFileTest {
    private static final Calibration CALIBRATION = new Calibration(0.1, 1.0 / 3, 1e-300, Math.PI);
    private static final NormalParts.Range RANGE = new NormalParts.Range(-0.1, 1.0 / 3);
    private static final NormalParts NORMAL_PARTS =
            new NormalParts(7, true, false, null, RANGE, RANGE, RANGE, RANGE, new NormalParts.Range(1, 1), 1, -2);
    private static final TrainingSummary TRAINING = new TrainingSummary(
            200,
            3200,
            16,
            0.005,
            Long.MIN_VALUE,
            244,
            0.1 + 0.2,
            Math.E,
            1.0 / 3,
            Math.PI,
            1234.5,
            "imagenet",
            List.of(new EpochLoss(3, 2, 0.1, 1.0 / 3), new EpochLoss(Math.E, 1e-300, null, null)),
            12,
            "steps",
            "bf16");

    private static final Threshold EXACT = new Threshold(
            0.1 + 0.7,
            Threshold.Method.EXACT,
            0.001,
            0.95,
            new Threshold.Evidence(2995, 0, 0, 0, 1, null, null, "a".repeat(64), "int8", "cpu"));
    private static final Threshold TAIL = new Threshold(
            -1e-300,
            Threshold.Method.TAIL,
            0.02,
            0.95,
            new Threshold.Evidence(
                    300,
                    2,
                    7,
                    3,
                    null,
                    null,
                    new Threshold.Tail(0.1, 0.2, 30, -0.3, 1.0 / 3, 0.4, 0.5),
                    "b".repeat(64),
                    "fp32",
                    "cuda:0 (NVIDIA \"H200\")"));
    private static final Threshold F1 = new Threshold(
            3,
            Threshold.Method.MAX_F1,
            null,
            null,
            new Threshold.Evidence(2, 1, 9, 1, null, 0.9, null, "c".repeat(64), "bf16", "cpu"));
    private static final Thresholds THRESHOLDS = new Thresholds(
            new Thresholds.Limits(EXACT, TAIL),
            new Thresholds.Limits(F1, null),
            new Thresholds.Limits(null, Threshold.byHand(-7)),
            new Thresholds.Limits(F1, null),
            null);

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    static ModelInfo info(String teacherSha256) {
        return ModelInfo.of(Backbone.RESNET18, 256, Geometry.normals(3), teacherSha256)
                .withTraining(TRAINING)
                .withCalibration(CALIBRATION)
                .withThresholds(THRESHOLDS)
                .withNormalParts(NORMAL_PARTS);
    }

    /** Tensors whose every byte depends on the name; small numbers as floats. */
    static List<SafetensorsWriter.Source> tensors(List<TensorInfo> infos, String prefix) {
        List<SafetensorsWriter.Source> out = new ArrayList<>();
        for (TensorInfo info : infos) {
            out.add(new SafetensorsWriter.Source(info.withName(prefix + info.name()), () -> {
                ByteBuffer bytes = ByteBuffer.allocate((int) info.bytes()).order(ByteOrder.LITTLE_ENDIAN);
                int seed = (prefix + info.name()).hashCode();
                if (info.type() == TensorType.I64) {
                    return bytes.putLong(0, seed);
                }
                for (int i = 0; i < bytes.capacity(); i += 4) {
                    bytes.putFloat(i, (seed + i * 31 & 0xffff) / 65536f);
                }
                return bytes;
            }));
        }
        return out;
    }

    static List<SafetensorsWriter.Source> model(Backbone backbone) {
        List<SafetensorsWriter.Source> out = tensors(ParameterNames.student(backbone), ParameterNames.STUDENT_RGB);
        out.addAll(tensors(ParameterNames.student(backbone), ParameterNames.STUDENT_DEPTH));
        out.addAll(tensors(ParameterNames.teacher(backbone), ParameterNames.TEACHER));
        return out;
    }

    private static List<SafetensorsWriter.Source> teacher() {
        return model(Backbone.RESNET18).stream()
                .filter(t -> t.info().name().startsWith(ParameterNames.TEACHER))
                .map(t -> t.withName(t.info().name().substring(ParameterNames.TEACHER.length())))
                .toList();
    }

    @Test
    void aModelComesBack() throws Exception {
        Path file = folder.resolve("model.safetensors");
        ModelInfo info = info(ModelFile.teacherSha256(teacher()));
        List<SafetensorsWriter.Source> sources = model(Backbone.RESNET18);
        ModelFile.write(file, info, sources);
        try (ModelFile model = ModelFile.open(file)) {
            assertEquals(info, model.info());
            assertEquals(sources.size(), model.tensors().tensors().size());
            for (SafetensorsWriter.Source source : sources) {
                assertEquals(
                        source.bytes(),
                        ByteBuffer.wrap(model.tensors().bytes(source.info().name())));
            }
            assertEquals(
                    ParameterNames.teacher(Backbone.RESNET18),
                    model.sources(ParameterNames.TEACHER).stream()
                            .map(SafetensorsWriter.Source::info)
                            .toList());
            assertEquals(info.teacherSha256(), ModelFile.teacherSha256(model.sources(ParameterNames.TEACHER)));
            assertEquals(sha256(Files.readAllBytes(file)), model.sha256());
            model.requireIntact();
        }
        assertThrows(
                IllegalArgumentException.class, () -> ModelFile.write(file, info, sources.subList(1, sources.size())));
        List<SafetensorsWriter.Source> half = new ArrayList<>(sources);
        half.replaceAll(s -> s.info().type() == TensorType.I64
                ? s
                : new SafetensorsWriter.Source(s.info().withType(TensorType.F16), s.data()));
        assertThrows(IllegalArgumentException.class, () -> ModelFile.write(file, info, half));
    }

    @Test
    void theTeachersChecksumIsThatOfNamesAndBytesInNameOrder() throws Exception {
        byte[] hashed = "a\0\1\2b\0\3".getBytes(StandardCharsets.ISO_8859_1);
        List<SafetensorsWriter.Source> reversed = List.of(
                SafetensorsTest.source("b", TensorType.U8, new byte[] {3}, 1L),
                SafetensorsTest.source("a", TensorType.U8, new byte[] {1, 2}, 2L));
        assertEquals(sha256(hashed), ModelFile.teacherSha256(reversed));
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @Test
    void metadataRoundTripsExactly() {
        ModelInfo full = info("0".repeat(64));
        assertEquals(full, ModelInfo.fromMetadata(folder, full.toMetadata()));
        assertEquals(
                "{\"mean_rgb\":0.1,\"std_rgb\":0.3333333333333333,\"mean_depth\":1.0E-300,\"std_depth\":3.141592653589793}",
                full.toMetadata().get("trd.calibration"));
        HighestPlaces highest = new HighestPlaces(
                new HighestPlaces.Usual(0.1, 1.0 / 3),
                new HighestPlaces.Usual(-Math.E, 1e-30),
                new HighestPlaces.Usual(Math.PI, 1e30));
        ModelInfo raised = full.withHighestPlaces(highest);
        assertEquals(raised, ModelInfo.fromMetadata(folder, raised.toMetadata()));
        assertEquals(highest, raised.calibration().highest());
        assertEquals(Thresholds.NONE, raised.thresholds());
        assertEquals(CALIBRATION, raised.withHighestPlaces(null).calibration());
        assertTrue(
                !raised.calibrationSha256().equals(full.withHighestPlaces(null).calibrationSha256()));
        ModelInfo bare = ModelInfo.of(Backbone.WIDE_RESNET50_2, 32, Geometry.DEPTH, "f".repeat(64));
        assertEquals(0, bare.geometry().normalKernel());
        assertEquals(bare, ModelInfo.fromMetadata(folder, bare.toMetadata()));
        assertEquals(CALIBRATION, bare.withCalibration(CALIBRATION).calibration());
        assertEquals(bare, bare.withThresholds(THRESHOLDS).withThresholds(Thresholds.NONE));
        assertEquals(
                Thresholds.NONE, full.withCalibration(CALIBRATION).thresholds(), "they belong to the old calibration");
        assertEquals(THRESHOLDS, full.withPrecisions(null).thresholds());
        assertEquals(
                NORMAL_PARTS,
                full.withCalibration(null).withRegionOfInterest(null).normalParts());
    }

    /** The scales come back to the bit; without them, or with impossible ones, the file is refused. */
    @Test
    void scalesOfMetricGeometryAreKept() {
        MetricGeometry scales = new MetricGeometry(0.7, 0.1 + 0.00036, 1 / 3.0, 6, 1e-3, 2e-4);
        ModelInfo metric = ModelInfo.of(Backbone.RESNET18, 256, Geometry.metric(scales), "a".repeat(64));
        Map<String, String> metadata = new TreeMap<>(metric.toMetadata());
        assertEquals(metric, ModelInfo.fromMetadata(folder, metadata));
        String whole = metadata.get("trd.metric");
        metadata.put("trd.metric", whole.replace(",\"ground_metres\":2.0E-4", ""));
        assertEquals(
                scales.withoutGround(),
                ModelInfo.fromMetadata(folder, metadata).geometry().metric(),
                "older models show all");
        metadata.put("trd.metric", "{\"smooth_pixels\":0.7}");
        assertRefused(metadata, "trd.metric");
        metadata.put("trd.metric", whole.replace("\"smooth_pixels\":0.7", "\"smooth_pixels\":7.0"));
        assertRefused(metadata, "not 7.0 and 6.0");
        metadata.remove("trd.metric");
        assertRefused(metadata, "lacks trd.metric");
    }

    private void assertRefused(Map<String, String> metadata, String says) {
        InputException e = assertThrows(InputException.class, () -> ModelInfo.fromMetadata(folder, metadata));
        assertTrue(e.getMessage().contains(says), e.getMessage());
    }

    /** A file of before there were several thresholds, and what such a version reads of a new one. */
    @Test
    void oneThresholdAloneIsTheCombinedScores() {
        Map<String, String> metadata = new TreeMap<>(info("0".repeat(64)).toMetadata());
        assertEquals("0.7999999999999999", metadata.get("trd.threshold"));
        metadata.remove("trd.thresholds");
        Thresholds old = ModelInfo.fromMetadata(folder, metadata).thresholds();
        assertEquals(
                Thresholds.NONE.with(
                        ScoreBranch.COMBINED, new Thresholds.Limits(Threshold.unrecorded(0.1 + 0.7), null)),
                old);
        metadata.remove("trd.threshold");
        assertEquals(Thresholds.NONE, ModelInfo.fromMetadata(folder, metadata).thresholds());
        ModelInfo bare = info("0".repeat(64)).withThresholds(Thresholds.NONE);
        assertEquals(metadata, bare.toMetadata());
        ModelInfo one = bare.withThresholds(
                Thresholds.NONE.with(ScoreBranch.RGB, new Thresholds.Limits(null, Threshold.byHand(2))));
        assertEquals(
                "{\"combined\":{},\"rgb\":{\"review\":{\"value\":2.0,\"method\":\"by-hand\"}},\"depth\":{},\"rgb_only\":{},\"depth_only\":{}}",
                one.toMetadata().get("trd.thresholds"));
    }

    @Test
    void whatAFileSaysOfItsTensorsCanBeReplaced() throws Exception {
        Path file = folder.resolve("model.safetensors");
        ModelInfo info = info(ModelFile.teacherSha256(teacher()));
        ModelFile.write(file, info, model(Backbone.RESNET18));
        byte[] before = Files.readAllBytes(file);
        ModelFile.replaceInfo(file, old -> old.withThresholds(Thresholds.NONE));
        try (ModelFile model = ModelFile.open(file)) {
            assertEquals(info.withThresholds(Thresholds.NONE), model.info());
            assertEquals(info.teacherSha256(), ModelFile.teacherSha256(model.sources(ParameterNames.TEACHER)));
        }
        ModelFile.replaceInfo(file, old -> old.withThresholds(THRESHOLDS));
        assertArrayEquals(before, Files.readAllBytes(file), "tensors and metadata are those of before");
    }

    @Test
    void aSummaryWithoutValidationLossesIsRead() {
        Map<String, String> metadata = new TreeMap<>(info("0".repeat(64)).toMetadata());
        metadata.put(
                "trd.training",
                metadata.get("trd.training").replaceAll("\"validation_loss_\\w+\":[^,]*,|,\"curve\":\\[.*]", ""));
        assertTrue(!metadata.get("trd.training").contains("validation"), metadata.toString());
        TrainingSummary summary = ModelInfo.fromMetadata(folder, metadata).training();
        assertEquals(null, summary.validationLossRgb());
        assertEquals(null, summary.curve());
        assertEquals(Math.E, summary.finalLossDepth());
    }

    @Test
    void wrongMetadataGivesOneClearLine() {
        refused("trd.format_version", null, "not a trd4j model");
        refused("trd.format_version", "2", "use a newer trd4j");
        refused("trd.format_version", "0", "trd.format_version is wrong");
        refused("trd.format_version", "one", "not a whole number");
        refused("trd.backbone", null, "lacks trd.backbone");
        refused("trd.backbone", "vgg", "unknown backbone 'vgg'");
        refused("trd.size", "100", "multiple of 32");
        refused("trd.size", "0", "multiple of 32");
        refused("trd.size", "-32", "multiple of 32");
        refused("trd.size", "99999999999", "not a whole number");
        refused("trd.modality", "DEPTH", "trd.modality is wrong");
        refused("trd.normal_kernel", null, "lacks trd.normal_kernel");
        refused("trd.normal_kernel", "4", "must be odd");
        refused("trd.normal_kernel", "-1", "must be odd");
        refused("trd.threshold", "high", "not a number");
        refused("trd.threshold", "NaN", "trd.threshold is wrong: NaN, not a finite number");
        refused("trd.threshold", null, "trd.threshold is wrong: null, but trd.thresholds says 0.79");
        refused("trd.thresholds", "null", "trd.thresholds is wrong");
        refused("trd.thresholds", "{}", "trd.threshold is wrong: 0.79");
        refused("trd.thresholds", "{\"rgb\":{\"ng\":{}}}", "trd.thresholds is wrong");
        refused(
                "trd.thresholds",
                "{\"rgb\":{\"ng\":{\"value\":\"NaN\"}}}",
                "rgb.ng: a threshold must be a finite number, not NaN");
        refused(
                "trd.thresholds",
                "{\"rgb\":{\"ng\":{\"value\":1e999}}}",
                "rgb.ng: a threshold must be a finite number");
        refused("trd.thresholds", "{\"rgb\":{\"ng\":{\"value\":1,\"method\":\"guess\"}}}", "guess");
        refused("trd.thresholds", "{\"rgb\":{\"ng\":{\"value\":1,\"rate\":1}}}", "between 0 and 1");
        refused(
                "trd.thresholds",
                "{\"rgb\":{\"ng\":{\"value\":1},\"review\":{\"value\":2}}}",
                "review threshold 2.0 is above");
        refused(
                "trd.thresholds",
                "{\"rgb\":{\"ng\":{\"value\":1,\"evidence\":{\"normal\":1}}}}",
                "trd.thresholds is wrong");
        refused("trd.calibration", "{}", "trd.calibration is wrong");
        refused("trd.calibration", "null", "trd.calibration is wrong");
        refused("trd.calibration", "[1,2,3,4]", "trd.calibration is wrong");
        refused(
                "trd.calibration",
                "{\"mean_rgb\":1,\"std_rgb\":0,\"mean_depth\":1,\"std_depth\":1}",
                "positive standard deviation");
        refused(
                "trd.calibration",
                "{\"mean_rgb\":1,\"std_rgb\":\"NaN\",\"mean_depth\":1,\"std_depth\":1}",
                "positive standard");
        refused("trd.calibration", "{\"mean_rgb\":1,\"std_rgb\":1,\"mean_depth\":1}", "trd.calibration is wrong");
        String four = "{\"mean_rgb\":1,\"std_rgb\":1,\"mean_depth\":1,\"std_depth\":1,\"highest\":";
        String usual = "{\"median\":3,\"spread\":1}";
        refused("trd.calibration", four + "{\"sum\":" + usual + "}}", "those of sum, rgb and depth");
        refused(
                "trd.calibration",
                four + "{\"sum\":" + usual + ",\"rgb\":" + usual + ",\"depth\":{\"median\":3,\"spread\":0}}}",
                "positive spread");
        refused("trd.training", "{\"epochs\":1", "trd.training is wrong");
        refused("trd.training", "{\"epochs\":1}", "trd.training is wrong");
        refused("trd.teacher_sha256", null, "lacks trd.teacher_sha256");
        refused("trd.teacher_sha256", "abc", "64 hexadecimal digits");
    }

    private static void refused(String key, String value, String reason) {
        Map<String, String> metadata = new TreeMap<>(info("0".repeat(64)).toMetadata());
        if (value == null) {
            metadata.remove(key);
        } else {
            metadata.put(key, value);
        }
        String message = assertThrows(
                        InputException.class,
                        () -> ModelInfo.fromMetadata(Path.of("model.safetensors"), metadata),
                        key + "=" + value)
                .getMessage();
        assertTrue(
                message.contains(reason) && message.startsWith("model.safetensors") && !message.contains("\n"),
                message);
    }

    /** Every number, list and object of every key, replaced by what it cannot be. */
    @Test
    void everyWrongValueIsNamed() throws IOException {
        DriftReference reference = new DriftReference(
                12,
                "d".repeat(64),
                "fp32",
                "cpu",
                Map.of(Statistic.values()[0], List.of(1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f, 10f)));
        PrecisionTests.Accuracy accuracy = new PrecisionTests.Accuracy(3, 0.99, 0.01, true);
        HighestPlaces.Usual usual = new HighestPlaces.Usual(3, 1);
        Map<String, String> sound = info("0".repeat(64))
                .withHighestPlaces(new HighestPlaces(usual, usual, usual))
                .withThresholds(THRESHOLDS)
                .withPrecisions(new PrecisionTests(accuracy, null, Map.of("a", 1f), List.of("b")))
                .withDriftReference(reference)
                .withSensitivity(SampleSensitivity.of())
                .toMetadata();
        int wrong = 0;
        for (Map.Entry<String, String> entry : sound.entrySet()) {
            if (entry.getValue().startsWith("{")) {
                for (String pointer : pointers(JSON.readTree(entry.getValue()), "")) {
                    for (String bad : List.of("\"=1\\n\"", "1e999", "[[]]", "{\"x\":[1]}")) {
                        wrong += isRefused(sound, entry.getKey(), pointer, bad) ? 1 : 0;
                    }
                }
            }
        }
        assertTrue(wrong > 500, wrong + " wrong values");
    }

    /** Checks what is wrong there; false for what may stand there. */
    private static boolean isRefused(Map<String, String> sound, String key, String pointer, String bad)
            throws IOException {
        JsonNode root = JSON.readTree(sound.get(key));
        JsonNode old = root.at(pointer);
        if (old.isTextual() && bad.startsWith("\"") || old.isObject() && bad.startsWith("{")) {
            return false;
        }
        int slash = pointer.lastIndexOf('/');
        JsonNode parent = root.at(pointer.substring(0, slash));
        if (parent.isArray()) {
            ((ArrayNode) parent).set(Integer.parseInt(pointer.substring(slash + 1)), JSON.readTree("\"HERE\""));
        } else {
            ((ObjectNode) parent).put(pointer.substring(slash + 1), "HERE");
        }
        Map<String, String> metadata = new TreeMap<>(sound);
        metadata.put(key, root.toString().replace("\"HERE\"", bad));
        String message = assertThrows(
                        InputException.class,
                        () -> ModelInfo.fromMetadata(Path.of("m"), metadata),
                        () -> key + pointer + " = " + bad)
                .getMessage();
        assertTrue(
                message.startsWith("m is not a sound model: " + key + " is wrong: ")
                        && !message.contains("\n")
                        && !message.contains("com.fasterxml")
                        && !message.contains("java"),
                message);
        return true;
    }

    private static List<String> pointers(JsonNode node, String at) {
        List<String> all = new ArrayList<>();
        node.properties().forEach(child -> {
            all.add(at + "/" + child.getKey());
            all.addAll(pointers(child.getValue(), at + "/" + child.getKey()));
        });
        for (int i = 0; node.isArray() && i < Math.min(2, node.size()); i++) {
            all.add(at + "/" + i);
            all.addAll(pointers(node.get(i), at + "/" + i));
        }
        return all;
    }

    @Test
    void wrongTensorsAreNamedOnOpening() throws IOException {
        Path file = folder.resolve("m");
        Map<String, String> metadata = info("0".repeat(64)).toMetadata();
        SafetensorsWriter.write(file, metadata, List.of());
        assertEquals(
                file + ": tensor student_rgb.bn.bn_layer.0.conv1.weight is missing; is the backbone right?",
                assertThrows(InputException.class, () -> ModelFile.open(file)).getMessage());
        SafetensorsWriter.write(file, Map.of(), List.of());
        assertTrue(assertThrows(InputException.class, () -> ModelFile.open(file))
                .getMessage()
                .contains("not a trd4j model"));
    }
}
