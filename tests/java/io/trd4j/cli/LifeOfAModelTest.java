package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.LifeOfAModelExample;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
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
                        "train", "--data", data, "--out", model, "--size", 64, "--batch", 4, "--epochs", 2)
                .expect(0);
        Cli.here("calibrate", "--model", model, "--data", data).expect(0);
        Cli.here("calibrate", "--model", model, "--data", data, "--false-reject-rate", "30%")
                .expect(0);
        Cli.here("evaluate", "--model", model, "--data", data, "--out", folder.resolve("cli"))
                .expect(0);

        List<String> warnings = trained.complaints();
        assertTrue(
                warnings.stream().anyMatch(line -> line.startsWith("trd: the model has not converged after 2 epochs")),
                trained.err());
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
        assertEquals(cli.normalKernel(), java.normalKernel());
        assertEquals(cli.calibration(), java.calibration());
        assertEquals(cli.precisions(), java.precisions());
        assertEquals(cli.thresholds(), java.thresholds());
        assertEquals(cli.driftReference(), java.driftReference());
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
        assertTrue(Files.readString(folder.resolve("report.html")).contains(first[0]));
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
        try (ModelFile file = ModelFile.open(model)) {
            return file.info();
        }
    }
}
