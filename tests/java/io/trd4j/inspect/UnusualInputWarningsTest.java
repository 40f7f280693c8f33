package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.SmallModel;
import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.drift.ReferenceCollector;
import io.trd4j.engine.PartEngine;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import io.trd4j.outline.NormalViews;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts whose images are unlike those of the calibration say so, and normal ones do not. */
class UnusualInputWarningsTest {
    private static final InspectorOptions OPTIONS =
            new InspectorOptions(1, Precision.FP32).withDevice(DeviceChoice.CPU).withInputs(InputPolicy.inspectOther());

    @Test
    void unusualImagesAreNamed(@TempDir Path folder) throws IOException {
        Path model = SmallModel.write(folder.resolve("model.safetensors"), 32, Modality.DEPTH, null);
        ReferenceCollector collector = new ReferenceCollector();
        ModelInfo info;
        PartEngine engine;
        try (ModelFile file = ModelFile.open(model)) {
            info = file.info();
            engine = EngineChoice.open(file, OPTIONS);
        }
        try (Inspector inspector = new Inspector(info, engine.duplicate(), OPTIONS, NormalViews.NONE)) {
            Inspection result = inspector.newInspection();
            for (int seed = 1; seed <= 14; seed++) {
                inspector.inspect(SyntheticParts.part(SyntheticProduct.COOKIE, 128, seed), result);
                assertEquals(Set.of(), result.warnings(), "without a reference nothing is unusual");
                collector.add(result);
            }
        }
        try (Inspector inspector = new Inspector(
                info.withDriftReference(collector.build("a".repeat(64), "fp32", "cpu")),
                engine,
                OPTIONS,
                NormalViews.NONE)) {
            for (int seed = 15; seed < 25; seed++) {
                assertWarnings(inspector, SyntheticParts.part(SyntheticProduct.COOKIE, 128, seed));
            }
            Part part = SyntheticParts.part(SyntheticProduct.COOKIE, 128, 30);
            byte[] rgb = part.rgb().rgb();
            float[] xyz = part.xyz().xyz();
            byte[] dark = rgb.clone();
            byte[] red = rgb.clone();
            for (int i = 0; i < rgb.length; i++) {
                dark[i] = (byte) ((rgb[i] & 255) / 4);
                red[i] = (byte) (i % 3 == 0 ? Math.min(255, 1.6 * (rgb[i] & 255)) : rgb[i] & 255);
            }
            assertWarnings(inspector, with(part, dark, xyz), Warning.UNUSUAL_COLOUR);
            assertWarnings(inspector, with(part, red, xyz), Warning.UNUSUAL_COLOUR);
            assertWarnings(inspector, with(part, blurred(blurred(rgb)), xyz), Warning.BLURRED);
            float[] rows = xyz.clone();
            Arrays.fill(rows, rows.length / 3, rows.length, 0);
            assertWarnings(inspector, with(part, rgb, rows), Warning.FEW_POINTS);
            float[] far = xyz.clone();
            float[] tilted = xyz.clone();
            for (int i = 0; i < xyz.length; i += 3) {
                far[i + 2] *= 1.2f;
                tilted[i + 2] += 0.4f * xyz[i];
            }
            assertWarnings(inspector, with(part, rgb, far), Warning.UNUSUAL_POSE);
            assertWarnings(inspector, with(part, rgb, tilted), Warning.UNUSUAL_POSE);
            // What is missing is not unusual as well.
            assertWarnings(inspector, part.withoutRgb(), Warning.NO_RGB);
            assertWarnings(inspector, part.withoutSecond(), Warning.NO_DEPTH);
        }
    }

    private static Part with(Part part, byte[] rgb, float[] xyz) {
        return Part.of("changed", new RgbImage(128, 128, rgb), new PointCloud(128, 128, xyz));
    }

    private static byte[] blurred(byte[] rgb) {
        byte[] blurred = rgb.clone();
        int row = 3 * 128;
        for (int y = 2; y < 126; y++) {
            for (int i = 6; i < row - 6; i++) {
                int sum = 0;
                for (int dy = -2; dy <= 2; dy++) {
                    for (int dx = -2; dx <= 2; dx++) {
                        sum += rgb[(y + dy) * row + i + 3 * dx] & 255;
                    }
                }
                blurred[y * row + i] = (byte) (sum / 25);
            }
        }
        return blurred;
    }

    private static void assertWarnings(Inspector inspector, Part part, Warning... expected) {
        Inspection result = inspector.newInspection();
        inspector.inspect(part, result);
        assertTrue(
                result.warnings().containsAll(Set.of(expected)),
                result.warnings() + " of " + Arrays.toString(expected));
        assertEquals(Set.of(expected), result.warnings());
    }
}
