package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.io.Sha256;
import io.trd4j.model.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code trd learn}: parts by their names, the printed change, the JSON, the history that other verbs show. */
class LearnTest {
    @TempDir
    private static Path w;

    private static Sample sample;
    private static Path model;
    private static Path monday;

    @BeforeAll
    static void prepare() throws IOException {
        sample = Sample.get();
        model = w.resolve("model.safetensors");
        Files.copy(sample.model, model);
        Cli.here(
                        "calibrate",
                        "--model",
                        model,
                        "--data",
                        sample.category,
                        "--false-reject-rate",
                        "80%",
                        "--confidence",
                        "80%",
                        "--no-sensitivity")
                .expect(0);
        Cli.here(
                        "synth",
                        "--out",
                        w,
                        "--category",
                        "monday",
                        "--shape",
                        "plate",
                        "--train",
                        0,
                        "--validation",
                        3,
                        "--test",
                        0,
                        "--size",
                        64,
                        "--seed",
                        5)
                .expect(0);
        monday = w.resolve("monday/validation/good");
    }

    @Test
    void aNewModelSaysWhereItComesFrom() throws IOException {
        Path out = w.resolve("new/learnt.safetensors");
        Path json = w.resolve("learnt.json");
        String before = Sha256.of(model);
        Cli.Outcome learnt = Cli.here(
                        "learn",
                        "--model",
                        model,
                        "--ok",
                        monday,
                        "--data",
                        sample.category,
                        "--out",
                        out,
                        "--json",
                        json)
                .expect(0);
        assertEquals(before, Sha256.of(model));
        assertTrue(learnt.out().contains("good/000"), learnt.out());
        assertTrue(learnt.out().contains("the gate accepts the new model\nwrote " + out + "\n"), learnt.out());
        assertEquals(
                5,
                ModelFile.readInfo(out).thresholds().combined().ng().evidence().normal());
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertTrue(report.get("accepted").asBoolean());
        assertEquals(
                3,
                report.get("parts").findValuesAsText("role").stream()
                        .filter("ok"::equals)
                        .count());
        String shown = Cli.here("threshold", "--model", out, "--show").expect(0).out();
        assertTrue(shown.contains("learnt ") && shown.contains(before.substring(0, 16)), shown);
        // A file of the folder, and both files, are the same part.
        for (String name : List.of(
                monday.resolve("rgb/001.png").toString(),
                monday.resolve("xyz/001.tiff").toString(),
                monday.resolve("rgb/001.png") + "," + monday.resolve("xyz/001.tiff"))) {
            Path one = w.resolve("one.safetensors");
            Cli.here("learn", "--model", model, "--ok", name, "--data", sample.category, "--out", one)
                    .expect(0);
            assertEquals(
                    3,
                    ModelFile.readInfo(one)
                            .thresholds()
                            .combined()
                            .ng()
                            .evidence()
                            .normal());
        }
    }

    /** A refusal writes no file, says why in one line, and shows what would have changed. */
    @Test
    void aRefusalWritesNothing() throws IOException {
        Path out = w.resolve("refused.safetensors");
        Path json = w.resolve("refused.json");
        Cli.Outcome refused = Cli.here(
                        "learn",
                        "--model",
                        model,
                        "--ok",
                        monday.resolve("rgb/000.png"),
                        "--ng",
                        monday.resolve("rgb/001.png"),
                        monday.resolve("rgb/002.png"),
                        "--data",
                        sample.category,
                        "--out",
                        out,
                        "--json",
                        json)
                .expect(2);
        assertTrue(
                refused.complaints()
                        .get(refused.complaints().size() - 1)
                        .startsWith("trd: " + out + " was not written: "),
                refused.err());
        assertTrue(refused.out().contains("the gate refuses the new model\n"), refused.out());
        assertFalse(Files.exists(out));
        assertFalse(Files.exists(json));
    }
}
