package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.data.RgbImage;
import io.trd4j.data.image.ImageReader;
import io.trd4j.data.image.ImageWriter;
import io.trd4j.model.DriftReference;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Statistic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From calibration to {@code trd monitor}: parts like the normal ones, then darker ones. */
class MonitorTest {
    private static final int PARTS = 12;

    @TempDir
    private Path folder;

    private static ModelInfo info(Path model) throws IOException {
        return ModelFile.readInfo(model);
    }

    @Test
    void darkerImagesAreFoundAndNamed() throws IOException {
        Path model = folder.resolve("model.safetensors");
        Files.copy(Sample.get().model, model);
        assertNull(info(model).driftReference(), "the sample was calibrated on two parts");
        Cli.here(
                        "synth",
                        "--out",
                        folder,
                        "--shape",
                        "plate",
                        "--train",
                        0,
                        "--validation",
                        PARTS,
                        "--test",
                        0,
                        "--size",
                        64,
                        "--seed",
                        9)
                .expect(0);
        Path parts = folder.resolve("plate");
        Cli.Outcome without = Cli.run(List.of("monitor", "--model", model, "--data", parts.resolve("validation/good")));
        assertEquals(2, without.code());
        assertTrue(without.err().contains("run: trd calibrate --model " + model), without.err());

        Cli.here(
                        "calibrate",
                        "--model",
                        model,
                        "--data",
                        parts,
                        "--false-reject-rate",
                        "30%",
                        "--confidence",
                        "90%",
                        "--no-sensitivity")
                .expect(0);
        DriftReference reference = info(model).driftReference();
        assertEquals(PARTS, reference.parts());
        assertEquals(Statistic.values().length, reference.statistics().size());
        assertEquals(info(model).thresholds().combined().ng().evidence().dataSha256(), reference.dataSha256());
        assertNotNull(reference.statistics().get(Statistic.BRIGHTNESS));

        // The same parts again: nothing can be more alike.
        Path json = folder.resolve("windows.json");
        Cli.Outcome same = Cli.here(
                        "monitor",
                        "--model",
                        model,
                        "--data",
                        parts.resolve("validation/good"),
                        "--window",
                        PARTS,
                        "--json",
                        json)
                .expect(0);
        assertEquals("000 to 011: no drift\n", same.out());
        JsonNode window = new ObjectMapper().readTree(json.toFile()).get(0);
        assertFalse(window.get("drift").asBoolean());
        assertEquals(
                0.5,
                window.get("statistics").get("brightness").get("superiority").asDouble());

        Path dark = folder.resolve("dark");
        Files.createDirectories(dark.resolve("rgb"));
        Files.createDirectories(dark.resolve("xyz"));
        for (int i = 0; i < PARTS; i++) {
            String name = String.format("%03d", i);
            RgbImage image = ImageReader.readRgb(parts.resolve("validation/good/rgb/" + name + ".png"));
            byte[] half = image.rgb().clone();
            for (int b = 0; b < half.length; b++) {
                half[b] = (byte) ((half[b] & 255) / 2);
            }
            Files.write(
                    dark.resolve("rgb/" + name + ".png"),
                    ImageWriter.png(new RgbImage(image.width(), image.height(), half)));
            Files.copy(parts.resolve("validation/good/xyz/" + name + ".tiff"), dark.resolve("xyz/" + name + ".tiff"));
        }
        Cli.Outcome drift =
                Cli.run(List.of("monitor", "--model", model, "--data", dark, "--window", PARTS, "--json", json));
        assertEquals(3, drift.code(), drift.err());
        assertTrue(drift.out().startsWith("000 to 011: DRIFT\n"), drift.out());
        assertTrue(drift.out().contains("  brightness is lower: median "), drift.out());
        window = new ObjectMapper().readTree(json.toFile()).get(0);
        assertTrue(window.get("drift").asBoolean()
                && window.get("statistics").get("brightness").get("moved").asBoolean());
        assertFalse(
                window.get("statistics").get("valid_depth_share").get("moved").asBoolean(), "the points are the same");

        // Another calibration has other scores.
        Cli.here("calibrate", "--model", model, "--data", Sample.get().category).expect(0);
        assertNull(info(model).driftReference());
    }
}
