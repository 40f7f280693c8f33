package io.trd4j.model;

import io.trd4j.hostile.Hostile;
import io.trd4j.io.InputException;
import io.trd4j.model.tensorfile.SafetensorsTest;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TensorType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Model files that were changed: see {@link Hostile}. Their few tensors are missed last of all. */
class HostileModelTest {
    @TempDir
    private Path folder;

    private static Map<String, String> metadata() {
        boolean[] mask = new boolean[256 * 256];
        Arrays.fill(mask, 1000, 9000, true);
        HighestPlaces.Usual usual = new HighestPlaces.Usual(3, 1);
        PrecisionTests.Accuracy accuracy = new PrecisionTests.Accuracy(3, 0.99, 0.01, true);
        return ModelFileTest.info("0".repeat(64))
                .withRegionOfInterest(RegionOfInterest.of(mask, "roi.png", "1".repeat(64)))
                .withCalibration(new Calibration(1, 1, 1, 1))
                .withHighestPlaces(new HighestPlaces(usual, usual, usual))
                .withPrecisions(new PrecisionTests(accuracy, null, Map.of("a", 1f), List.of("b")))
                .withThresholds(Thresholds.NONE.with(
                        ScoreBranch.RGB, new Thresholds.Limits(Threshold.byHand(3), Threshold.byHand(2))))
                .withSensitivity(SampleSensitivity.of())
                .toMetadata();
    }

    /** Each value alone: within the header, most changes make no JSON of the header. */
    @Test
    void metadataValues() throws IOException {
        for (Map.Entry<String, String> entry : metadata().entrySet()) {
            if (entry.getValue().startsWith("{")) {
                Map<String, String> changed = new TreeMap<>(metadata());
                byte[] seed = entry.getValue().getBytes(StandardCharsets.UTF_8);
                Hostile.check(folder.resolve(entry.getKey()), List.of(seed), UnaryOperator.identity(), file -> {
                    changed.put(entry.getKey(), Files.readString(file, StandardCharsets.ISO_8859_1));
                    ModelInfo.fromMetadata(file, changed);
                    return 0;
                });
            }
        }
    }

    @Test
    void model() throws IOException {
        Path file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(
                file, metadata(), List.of(SafetensorsTest.source("a", TensorType.U8, new byte[64], 64L)));
        Hostile.check(file, List.of(Files.readAllBytes(file)), Hostile.header(64), changed -> {
            try {
                ModelFile.open(changed).close();
            } catch (InputException e) {
                if (!e.getMessage().contains("is missing; is the backbone right?")) {
                    throw e;
                }
            }
            return 0;
        });
    }
}
