package io.trd4j.model;

import io.trd4j.data.Fixtures;
import io.trd4j.hostile.Hostile;
import io.trd4j.hostile.HostileReader;
import io.trd4j.io.InputException;
import io.trd4j.model.tensorfile.SafetensorsTest;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TensorType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The readers of model files, and of weights that are no model's. A model's few tensors are missed last of all. */
public final class HostileModels {
    private HostileModels() {}

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

    /** All of them. */
    public static List<HostileReader> all() throws IOException {
        List<HostileReader> readers = new ArrayList<>();
        // Each value alone: within the header, most changes make no JSON of the header.
        for (Map.Entry<String, String> entry : new TreeMap<>(metadata()).entrySet()) {
            if (entry.getValue().startsWith("{")) {
                byte[] seed = entry.getValue().getBytes(StandardCharsets.UTF_8);
                Map<String, String> changed = new TreeMap<>(metadata());
                readers.add(HostileReader.of(entry.getKey(), entry.getKey(), List.of(seed), file -> {
                    changed.put(entry.getKey(), Files.readString(file, StandardCharsets.ISO_8859_1));
                    ModelInfo.fromMetadata(file, changed);
                }));
            }
        }
        readers.add(model());
        readers.add(weights());
        return readers;
    }

    private static HostileReader model() throws IOException {
        Path file = Files.createTempFile("model", ".safetensors");
        try {
            SafetensorsWriter.write(
                    file, metadata(), List.of(SafetensorsTest.source("a", TensorType.U8, new byte[64], 64L)));
            byte[] seed = Files.readAllBytes(file);
            return new HostileReader(
                    "model", "model.safetensors", List.of(seed), Hostile.header(seed), HostileModels::openModel);
        } finally {
            Files.delete(file);
        }
    }

    private static long openModel(Path file) throws IOException {
        try {
            ModelFile.open(file).close();
        } catch (InputException e) {
            if (!e.getMessage().contains("is missing; is the backbone right?")) {
                throw e;
            }
        }
        return 0;
    }

    private static HostileReader weights() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        for (String name : List.of("zip.pth", "legacy.pth", "expected.safetensors")) {
            seeds.add(Files.readAllBytes(Fixtures.ROOT.resolve("torch").resolve(name)));
        }
        return HostileReader.of("weights", "weights", seeds, file -> {
            try (WeightsFile weights = WeightsFile.open(file)) {
                weights.tensors();
            }
        });
    }
}
