package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.SmallModel;
import io.trd4j.align.CropBuilder;
import io.trd4j.calibrate.CalibrationRun;
import io.trd4j.data.Part;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.io.Progress;
import io.trd4j.model.Alignment;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.Precision;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts inspected by a model that crops them. */
class CroppedInspectionTest {
    private static final int SIZE = SmallModel.SIZE;
    private static final InspectorOptions OPTIONS =
            new InspectorOptions(2, Precision.FP32).withDevice(DeviceChoice.CPU);

    @TempDir
    private static Path folder;

    private static Path model;
    private static Dataset category;
    private static Alignment crop;

    @BeforeAll
    static void make() throws IOException {
        model = SmallModel.write(folder.resolve("model.safetensors"), Modality.METRIC, null);
        category = SmallModel.category(folder.resolve("cookie"), 3, 4, 2);
        crop = CropBuilder.of(category.train(), SIZE, Progress.NONE);
        ModelFile.replaceAlignment(model, crop);
        CalibrationRun.run(model, category, 2, Progress.NONE);
    }

    private static Inspection inspected(Inspector inspector, Part part) {
        Inspection result = inspector.newInspection();
        inspector.inspect(part, result);
        return result;
    }

    @Test
    void theFileKeepsTheCropAndHasNoPositions() throws IOException {
        try (ModelFile file = ModelFile.open(model)) {
            assertTrue(file.alignment().crops());
            assertArrayEquals(crop.frame(), file.alignment().frame());
            assertArrayEquals(crop.whole(), file.alignment().whole());
            assertNull(file.alignment().positions());
            assertNotNull(file.info().calibration().highest(), "scored as models that are not aligned");
        }
    }

    @Test
    void mapsAreInTheImageAndScoresTheirMaxima() throws IOException {
        Part part = category.test().get(0).load();
        try (Inspector inspector = Inspector.open(model, OPTIONS);
                Inspector duplicate = inspector.duplicate();
                Inspector scoresAlone = Inspector.open(model, OPTIONS.withMaps(false))) {
            Inspection result = inspected(inspector, part);
            float[] map = result.map();
            float lowest = Float.POSITIVE_INFINITY;
            float highest = Float.NEGATIVE_INFINITY;
            for (float value : map) {
                lowest = Math.min(lowest, value);
                highest = Math.max(highest, value);
            }
            assertEquals(highest, result.score(), 0);
            int beyond = 0;
            for (float value : map) {
                beyond += value == lowest ? 1 : 0;
            }
            double outside = 1 - crop.frame()[2] * crop.frame()[2];
            assertEquals(outside, (double) beyond / map.length, 0.05, "share of the image beyond the frame");
            assertEquals(lowest, map[0], 0, "the corner is no part");
            assertArrayEquals(map, inspected(duplicate, part).map());
            Inspection alone = inspected(scoresAlone, part);
            assertEquals(result.score(), alone.score(), 0);
            assertEquals(result.scoreDepth(), alone.scoreDepth(), 0);
            assertArrayEquals(new float[SIZE * SIZE], alone.map());
        }
    }

    @Test
    void aPartWithoutPointsIsCroppedByItsColour() throws IOException {
        Part part = category.test().get(0).load().withoutSecond();
        try (Inspector inspector = Inspector.open(model, OPTIONS.withInputs(InputPolicy.inspectOther()))) {
            Inspection result = inspected(inspector, part);
            assertEquals(InspectionMode.RGB_ONLY, result.mode());
            assertTrue(Float.isFinite(result.score()));
        }
    }
}
