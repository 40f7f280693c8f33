package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.SmallModel;
import io.trd4j.io.InputException;
import io.trd4j.io.OutputLock;
import io.trd4j.io.Sha256;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several runs that write one model: the second one is refused, and nothing of the first is lost. */
class ConcurrentWritersTest {
    @TempDir
    private Path folder;

    private Path model() throws IOException {
        return SmallModel.write(folder.resolve("model.safetensors"), Modality.METRIC, null);
    }

    private static <T> T elsewhere(Callable<T> call) throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            return other.submit(call).get();
        } finally {
            other.shutdown();
        }
    }

    @Test
    void verbsAreRefusedWhileAnotherRunWrites() throws Exception {
        Path model = model();
        Path category = folder.resolve("cookie");
        SmallModel.category(category, 2, 2, 2);
        String before = Sha256.of(model);
        OutputLock training = elsewhere(() -> OutputLock.of(model));
        String words = model + " is being written by another run of this process; wait for its end, or choose another"
                + " name";
        for (List<Object> verb : List.<List<Object>>of(
                List.of("threshold", "--model", model, "--ng", 3),
                List.of("calibrate", "--model", model, "--data", category),
                List.of("train", "--out", model, "--data", category, "--size", 64, "--epochs", 1))) {
            Cli.Outcome outcome = Cli.run(verb).expect(2);
            assertEquals(
                    "trd: " + words,
                    outcome.complaints().get(outcome.complaints().size() - 1),
                    verb.toString());
        }
        assertEquals(
                words,
                assertThrows(InputException.class, () -> {
                            try (ModelFile file = ModelFile.open(model)) {
                                ModelFile.write(
                                        model,
                                        file.info(),
                                        file.tensors().tensors().stream()
                                                .map(t -> file.tensors().source(t.name()))
                                                .toList());
                            }
                        })
                        .getMessage());
        assertEquals(before, Sha256.of(model));
        training.close();
        Cli.here("threshold", "--model", model, "--ng", 3).expect(0);
    }

    /** Each of several threads sets another threshold: those that are not refused are all there. */
    @Test
    void nothingIsLost() throws Exception {
        Path model = model();
        ScoreBranch[] branches = ScoreBranch.values();
        ExecutorService writers = Executors.newFixedThreadPool(branches.length);
        List<Future<ScoreBranch>> runs = new ArrayList<>();
        for (ScoreBranch branch : branches) {
            runs.add(writers.submit(() -> {
                ModelFile.replaceInfo(
                        model,
                        info -> info.withThresholds(info.thresholds()
                                .with(branch, new Thresholds.Limits(Threshold.byHand(branch.ordinal() + 1), null))));
                return branch;
            }));
        }
        writers.shutdown();
        Thresholds expected = Thresholds.NONE;
        int refused = 0;
        for (Future<ScoreBranch> run : runs) {
            try {
                ScoreBranch branch = run.get();
                expected = expected.with(branch, new Thresholds.Limits(Threshold.byHand(branch.ordinal() + 1), null));
            } catch (ExecutionException e) {
                assertTrue(e.getCause() instanceof InputException, e.toString());
                assertTrue(e.getCause().getMessage().contains("is being written"), e.toString());
                refused++;
            }
        }
        assertTrue(refused < branches.length, "one writes");
        try (ModelFile file = ModelFile.open(model)) {
            assertEquals(expected, file.info().thresholds());
            file.requireIntact();
        }
        assertEquals(
                List.of(model), Files.list(folder).filter(Files::isRegularFile).toList());
    }
}
