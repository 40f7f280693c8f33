package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What trd train chooses by itself and warns of: apertures, epochs, training parts that are not like the others. */
class TrainTest {
    private static final String OUTLIERS = "trd: these training parts are unlike the others; ";

    @TempDir
    private Path folder;

    private Path category(String name, int seed) throws IOException {
        Cli.here("synth", "--out", folder.resolve(name), "--shape", "plate", "--train", 11, "--validation", 3, "--test", 7, "--size", 64,
                "--seed", seed).expect(0);
        return folder.resolve(name).resolve("plate");
    }

    private Cli.Outcome train(Path category, Object... more) throws IOException {
        List<Object> args = new java.util.ArrayList<>(List.of("train", "--data", category, "--out", folder.resolve("m"), "--size", 64,
                "--batch", 4));
        args.addAll(List.of(more));
        return Cli.run(args).expect(0);
    }

    private static List<String> outliers(Cli.Outcome outcome) {
        return outcome.complaints().stream().filter(line -> line.startsWith(OUTLIERS)).toList();
    }

    @Test
    void aDefectiveTrainingPartIsListedAndCleanOnesAreNot() throws IOException {
        Path spoilt = category("spoilt", 5);
        Cli.Outcome clean = train(spoilt, "--epochs", 4);
        assertEquals(List.of(), outliers(clean));
        assertTrue(clean.out().lines().anyMatch(line -> line.matches("normal kernel [357]: small dents are visible by .*")), clean.out());
        int kernel = Integer.parseInt(clean.out().replaceFirst("(?s).*normal kernel (\\d).*", "$1"));
        try (ModelFile model = ModelFile.open(folder.resolve("m"))) {
            ModelInfo info = model.info();
            assertEquals(kernel, info.normalKernel());
            assertTrue(info.training().validationLossRgb() > 0 && info.training().validationLossDepth() > 0, info.toString());
            assertTrue(clean.complaints().contains("trd: " + clean.complaints().stream()
                    .filter(line -> line.contains("has not converged after 4 epochs")).findFirst().orElseThrow().substring(5)));
        }

        Files.copy(spoilt.resolve("test/contamination/rgb/000.png"), spoilt.resolve("train/good/rgb/011.png"));
        Files.copy(spoilt.resolve("test/contamination/xyz/000.tiff"), spoilt.resolve("train/good/xyz/011.tiff"));
        List<String> found = outliers(train(spoilt, "--epochs", 4));
        assertEquals(1, found.size(), "no line");
        assertTrue(found.get(0).endsWith(": " + spoilt.resolve("train/good/rgb/011.png")), found.get(0));
    }
}
