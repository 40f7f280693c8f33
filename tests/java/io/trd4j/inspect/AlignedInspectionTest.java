package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.align.AlignmentBuilder;
import io.trd4j.align.PositionScores;
import io.trd4j.align.RigidPart;
import io.trd4j.calibrate.CalibrationRun;
import io.trd4j.calibrate.Calibrator;
import io.trd4j.calibrate.PreparedParts;
import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.PointCloud;
import io.trd4j.data.SurfaceNormals;
import io.trd4j.io.InputException;
import io.trd4j.io.Progress;
import io.trd4j.model.Alignment;
import io.trd4j.model.Backbone;
import io.trd4j.model.Calibration;
import io.trd4j.model.Geometry;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.network.LibTorch;
import io.trd4j.model.network.Network;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TensorInfo;
import io.trd4j.model.tensorfile.TensorType;
import io.trd4j.train.RandomTeacher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Parts of a rigid kind in any pose, inspected by an aligned model. Its students are as they were initialised: what the
 * positions say does not depend on them.
 */
final class AlignedInspectionTest {
    private static final int SIZE = 64;
    private static final int CAMERA = 96;
    private static final int THREADS = 2;
    private static final InspectorOptions OPTIONS =
            new InspectorOptions(THREADS, Precision.FP32).withDevice(DeviceChoice.CPU);

    @TempDir
    private static Path folder;

    private static Path model;

    @BeforeAll
    static void make() throws IOException {
        model = folder.resolve("aligned.safetensors");
        List<PartSource> normal = RigidPart.normal(24, CAMERA, 0.05, 1);
        List<PartSource> others = RigidPart.normal(16, CAMERA, 0.05, 2);
        Alignment alignment = AlignmentBuilder.of(normal, SIZE, Progress.NONE).alignment();
        try (Network network = new Network(Backbone.RESNET18);
                PreparedParts prepared =
                        PreparedParts.of(normal, SIZE, Geometry.normals(3), alignment, Progress.NONE)) {
            LibTorch.setThreads(THREADS);
            RandomTeacher.initialise(network.teacher(), 1, prepared, THREADS);
            network.studentRgb().weights().initialise(1);
            network.studentDepth().weights().initialise(2);
            Calibration calibration = Calibrator.calibrate(network, SIZE, prepared, null, THREADS, done -> {});
            ModelInfo info = ModelInfo.of(
                            Backbone.RESNET18,
                            SIZE,
                            Geometry.normals(3),
                            ModelFile.teacherSha256(network.teacher().weights().sources("")))
                    .withCalibration(calibration);
            List<SafetensorsWriter.Source> tensors = new ArrayList<>(network.sources());
            tensors.addAll(alignment.sources());
            ModelFile.write(model, info, tensors);
        }
        CalibrationRun.positions(model, null, normal, others, THREADS, Progress.NONE);
    }

    private static Inspection inspected(Inspector inspector, Part part) {
        Inspection result = inspector.newInspection();
        inspector.inspect(part, result);
        return result;
    }

    @Test
    void dentsAreFoundWhereTheyAreInEveryPose() throws IOException {
        double highestNormal = Double.NEGATIVE_INFINITY;
        try (Inspector inspector = Inspector.open(model, OPTIONS)) {
            for (int i = 0; i < 6; i++) {
                RigidPart drawn = new RigidPart(CAMERA, Math.toRadians(5 * i - 12), i - 3, 2 - i);
                highestNormal = Math.max(
                        highestNormal,
                        inspected(inspector, drawn.draw("ok", 0.05, 0, 0, 0, 100 + i))
                                .score());
            }
            for (int i = 0; i < 6; i++) {
                RigidPart drawn = new RigidPart(CAMERA, Math.toRadians(5 * i - 12), i - 3, 2 - i);
                Inspection dented = inspected(inspector, drawn.draw("ng", 0.05, 0.5, 0.32, 0.5, 200 + i));
                assertTrue(
                        dented.score() > highestNormal + 1,
                        "dent of ten times the noise: " + dented.score() + ", normal up to " + highestNormal);
                double[] place = drawn.pixel(0.32, 0.5);
                double scale = (double) SIZE / CAMERA;
                assertEquals(place[0] * scale, dented.peak() % SIZE, 4, "column of the peak");
                assertEquals(place[1] * scale, dented.peak() / SIZE, 4, "row of the peak");
                assertEquals(Region.Deciding.DEPTH, dented.deciding());
            }
        }
    }

    /** They could not be laid over the mean part, and would be left out without a word. */
    @Test
    void surfaceNormalsAreRefused() throws IOException {
        Part part = new RigidPart(CAMERA, 0, 0, 0).draw("p", 0.05, 0, 0, 0, 7);
        Part normals = Part.of("p", part.rgb(), SurfaceNormals.encoded(part.rgb()));
        // That it is of another kind than the model's normal parts is no reason here.
        InputPolicy policy = OPTIONS.inputs().withUnlike(InputPolicy.OnUnlike.REVIEW);
        try (Inspector inspector = Inspector.open(model, OPTIONS.withInputs(policy))) {
            InputException refused = assertThrows(InputException.class, () -> inspected(inspector, normals));
            assertTrue(
                    refused.getMessage().startsWith("part p has surface normals, which cannot be aligned"),
                    refused.getMessage());
        }
    }

    /** What the frame does not show of a part can never be NG there: not without a word. */
    @Test
    void aRegionThatAPartMovedOutOfIsSaid() throws IOException {
        Path own = Files.copy(model, folder.resolve("region.safetensors"));
        boolean[] counts = new boolean[SIZE * SIZE];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = i % SIZE >= 44 && i % SIZE < 52 && i / SIZE >= 18 && i / SIZE < 28;
        }
        RegionOfInterest roi = RegionOfInterest.of(counts, "roi.png", "5".repeat(64));
        ModelFile.replaceInfo(own, now -> now.withRegionOfInterest(roi).withCalibration(now.calibration()));
        try (Inspector inspector = Inspector.open(own, OPTIONS)) {
            Inspection inPlace = inspected(inspector, new RigidPart(CAMERA, 0, 0, 0).draw("p", 0.05, 0, 0, 0, 7));
            assertFalse(inPlace.warnings().contains(Warning.REGION_UNSEEN));
            Inspection moved =
                    inspected(inspector, new RigidPart(CAMERA, 0, -0.3 * CAMERA, 0).draw("p", 0.05, 0, 0, 0, 7));
            assertTrue(moved.warnings().contains(Warning.REGION_UNSEEN), moved.warnings() + ", " + moved.score());
        }
    }

    @Test
    void valuesThatAreNoStatisticsAreRefused() throws IOException {
        Path own = Files.copy(model, folder.resolve("unsound.safetensors"));
        Alignment sound;
        try (ModelFile file = ModelFile.open(own)) {
            sound = file.alignment();
        }
        Alignment.Positions p = sound.positions();
        Alignment.Positions flat = p.with(p.mapMean(), p.mapDeviation(), new float[p.limits().length]);
        ModelFile.replaceAlignment(own, sound.withPositions(flat));
        InputException e = assertThrows(InputException.class, () -> Inspector.open(own, OPTIONS));
        assertTrue(e.getMessage().contains("is not a sound model"), e.getMessage());
    }

    @Test
    void scoresAreTheMapsMaxima() throws IOException {
        try (Inspector inspector = Inspector.open(model, OPTIONS)) {
            Inspection result = inspected(inspector, new RigidPart(CAMERA, 0.1, 1, 1).draw("p", 0.05, 0, 0, 0, 7));
            float highest = Float.NEGATIVE_INFINITY;
            for (float value : result.map()) {
                highest = Math.max(highest, value);
            }
            assertEquals(highest, result.score(), 0);
            assertTrue(Math.abs(result.score() - PositionScores.USUAL) < 8, "a normal part: " + result.score());
        }
    }

    @Test
    void withoutMapsAndInDuplicatesTheScoresAreTheSame() throws IOException {
        Part part = new RigidPart(CAMERA, -0.2, 2, 1).draw("p", 0.05, 0.3, 0.5, 0.36, 7);
        try (Inspector inspector = Inspector.open(model, OPTIONS);
                Inspector other = inspector.duplicate();
                Inspector scoresAlone = Inspector.open(model, OPTIONS.withMaps(false))) {
            Inspection first = inspected(inspector, part);
            Inspection second = inspected(other, part);
            assertArrayEquals(first.map(), second.map());
            Inspection third = inspected(scoresAlone, part);
            assertEquals(first.score(), third.score(), 0);
            assertEquals(first.scoreRgb(), third.scoreRgb(), 0);
            assertArrayEquals(new float[SIZE * SIZE], third.map());
        }
    }

    @Test
    void onePartWithoutPointsIsJudgedByItsColour() throws IOException {
        Part part =
                new RigidPart(CAMERA, -0.1, 2, 1).draw("p", 0.05, 0, 0, 0, 7).withoutSecond();
        try (Inspector inspector = Inspector.open(model, OPTIONS.withInputs(InputPolicy.inspectOther()))) {
            Inspection result = inspected(inspector, part);
            assertEquals(InspectionMode.RGB_ONLY, result.mode());
            assertTrue(Float.isFinite(result.score()));
            assertEquals(0, result.scoreDepth(), 0);
        }
    }

    @Test
    void calibratedAnewThePositionsStayAndTheScaleIsMeasured() throws IOException {
        Path copy = folder.resolve("again.safetensors");
        java.nio.file.Files.copy(model, copy);
        CalibrationRun.run(copy, RigidPart.normal(8, CAMERA, 0.05, 3), THREADS, Progress.NONE);
        try (ModelFile before = ModelFile.open(model);
                ModelFile after = ModelFile.open(copy)) {
            assertArrayEquals(before.alignment().mean(), after.alignment().mean());
            assertArrayEquals(
                    before.alignment().positions().basis(),
                    after.alignment().positions().basis());
            assertTrue(!Arrays.equals(
                    before.alignment().positions().limits(),
                    after.alignment().positions().limits()));
        }
        // Few parts that set the scale must not make other normal parts look like defects.
        try (Inspector first = Inspector.open(model, OPTIONS);
                Inspector second = Inspector.open(copy, OPTIONS)) {
            for (PartSource source : RigidPart.normal(6, CAMERA, 0.05, 4)) {
                float once = inspected(first, source.load()).score();
                float again = inspected(second, source.load()).score();
                assertTrue(again < once + 4, once + " before, " + again + " after");
            }
        }
    }

    @Test
    void aGapAndWildPointsDoNotHideWhereAPartLies() throws IOException {
        Part whole = new RigidPart(CAMERA, 0.15, 2, -1).draw("p", 0.05, 0, 0, 0, 12);
        float[] xyz = whole.xyz().xyz().clone();
        for (int i = 0; i < CAMERA * CAMERA; i++) {
            int x = i % CAMERA;
            int y = i / CAMERA;
            if (x >= 25 && x < 60 && y >= 30 && y < 65) {
                Arrays.fill(xyz, 3 * i, 3 * i + 3, 0);
            } else if (i % 311 == 0) {
                xyz[3 * i + 2] -= 0.1f;
            }
        }
        Part holed = Part.of("holed", whole.rgb(), new PointCloud(CAMERA, CAMERA, xyz));
        try (Inspector inspector = Inspector.open(model, OPTIONS)) {
            assertTrue(inspected(inspector, holed).score()
                    > inspected(inspector, whole).score());
        }
    }

    /** Models from before images could be wide. */
    @Test
    void aFrameOfFiveNumbersIsThatOfASquare() throws IOException {
        Path old = folder.resolve("old.safetensors");
        try (ModelFile file = ModelFile.open(model)) {
            float[] frame = file.alignment().frame();
            assertEquals(1, frame[5], 0);
            ByteBuffer bytes = ByteBuffer.allocate(5 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(frame, 0, 5);
            List<SafetensorsWriter.Source> tensors = file.tensors().tensors().stream()
                    .map(t -> t.name().equals("alignment.frame")
                            ? new SafetensorsWriter.Source(
                                    new TensorInfo(t.name(), TensorType.F32, List.of(5L)), () -> bytes)
                            : file.tensors().source(t.name()))
                    .toList();
            Map<String, String> metadata = new TreeMap<>(file.tensors().metadata());
            metadata.keySet().removeIf(key -> key.startsWith("trd.sha256."));
            SafetensorsWriter.write(old, metadata, tensors);
        }
        Part part = new RigidPart(CAMERA, -0.2, 2, 1).draw("p", 0.05, 0.3, 0.5, 0.36, 7);
        try (Inspector now = Inspector.open(model, OPTIONS);
                Inspector then = Inspector.open(old, OPTIONS)) {
            assertArrayEquals(inspected(now, part).map(), inspected(then, part).map());
        }
    }

    /** Why the model is refused when a tensor is missing in it. */
    private static String refusalWithout(String tensor) throws IOException {
        Path without = folder.resolve("without-" + tensor + ".safetensors");
        try (ModelFile file = ModelFile.open(model)) {
            List<SafetensorsWriter.Source> tensors = file.tensors().tensors().stream()
                    .filter(t -> !t.name().equals(tensor))
                    .map(t -> file.tensors().source(t.name()))
                    .toList();
            SafetensorsWriter.write(without, file.tensors().metadata(), tensors);
        }
        return assertThrows(InputException.class, () -> Inspector.open(without, OPTIONS))
                .getMessage();
    }

    @Test
    void damagedAlignmentIsNoSoundModel() throws IOException {
        String message = refusalWithout("alignment.area");
        assertTrue(message.contains("alignment.* are incomplete"), message);
    }

    @Test
    void aModelAlignedBeforeLinesWereLookedForIsToBeTrainedAgain() throws IOException {
        String message = refusalWithout("alignment.line_deviation");
        assertTrue(message.contains("train the model again"), message);
    }
}
