package io.trd4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.trd4j.data.dataset.Dataset;
import io.trd4j.io.InputException;
import io.trd4j.io.OutputLock;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run is worth more than its state file, and belongs to one process. */
class StateSaverTest {
    @TempDir
    private Path folder;

    /** A disk that is full for a while. */
    private static final class Run implements Resumable {
        private IOException failure;
        private int saved;

        @Override
        public void save(Path file) throws IOException {
            if (failure != null) {
                throw failure;
            }
            saved++;
        }

        @Override
        public void resume(Path file) {
            throw new UnsupportedOperationException("it was never saved");
        }
    }

    @Test
    void withoutRoomTheRunGoesOnWithOneWarning() {
        Run run = new Run();
        List<String> warnings = new ArrayList<>();
        StateSaver saver = new StateSaver(run, Path.of("m.state"), 0, warnings::add);
        saver.saveWhenDue();
        run.failure = new FileSystemException("m.state", null, "No space left on device");
        saver.saveWhenDue();
        saver.saveWhenDue();
        assertEquals(
                List.of(
                        "m.state cannot be written (No space left on device); make room there; the run goes on, and cannot"
                                + " be continued if it is stopped"),
                warnings);
        run.failure = null;
        saver.saveWhenDue();
        assertEquals(2, run.saved);
        run.failure = new IOException("again");
        saver.saveWhenDue();
        assertEquals(2, warnings.size());
    }

    @Test
    void twoTrainingsDoNotWriteOneModel() throws IOException {
        Path model = folder.resolve("model.safetensors");
        Dataset empty = new Dataset("empty", folder, List.of(), List.of(), List.of());
        TrainingRun second = new TrainingRun(TrainingPlan.of(TrainingOptions.defaults()));
        try (OutputLock first = OutputLock.of(model)) {
            assertEquals(
                    model
                            + " is being written by another run of this process; wait for its end, or choose another name",
                    assertThrows(InputException.class, () -> second.run(empty, model))
                            .getMessage());
        }
        assertEquals(
                "empty: no normal training parts; put some under train/good",
                assertThrows(InputException.class, () -> second.run(empty, model))
                        .getMessage());
        assertFalse(Files.exists(folder.resolve(".model.safetensors.lock")));
    }
}
