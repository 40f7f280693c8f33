package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.bench.BenchOptions;
import io.trd4j.bench.BenchRun;
import io.trd4j.calibrate.CalibrationOptions;
import io.trd4j.calibrate.CalibrationRun;
import io.trd4j.calibrate.Rate;
import io.trd4j.calibrate.ThresholdPlan;
import io.trd4j.calibrate.ThresholdRun;
import io.trd4j.data.Part;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.Progress;
import io.trd4j.io.Stop;
import io.trd4j.io.StoppedException;
import io.trd4j.model.Backbone;
import io.trd4j.report.ReportOptions;
import io.trd4j.report.TestReport;
import io.trd4j.train.TrainingListener;
import io.trd4j.train.TrainingOptions;
import io.trd4j.train.TrainingPlan;
import io.trd4j.train.TrainingRun;
import io.trd4j.train.pretrain.Pretext;
import io.trd4j.train.pretrain.PretrainOptions;
import io.trd4j.train.pretrain.PretrainRun;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Services that are asked to end, or whose thread is interrupted, end between two steps and can go on. */
class StoppedServicesTest {
    private static final TrainingPlan TRAINING = TrainingPlan.of(
                    TrainingOptions.defaults().withSize(32).withBatch(2).withEpochs(3))
            .withStateSeconds(3600);

    @TempDir
    private static Path folder;

    private static Sample sample;
    private static Dataset parts;
    private static byte[] whole;
    /** Progress's steps in an undisturbed training, and the milliseconds that it takes. */
    private static int steps;

    private static long millis;

    @BeforeAll
    static void trainToTheEnd() throws IOException {
        sample = Sample.get();
        parts = Dataset.open(sample.category);
        Path model = folder.resolve("whole.safetensors");
        AtomicInteger counted = new AtomicInteger();
        long start = System.nanoTime();
        training(false, (name, total) -> (done, extra) -> counted.incrementAndGet())
                .run(parts, model);
        millis = (System.nanoTime() - start) / 1_000_000;
        steps = counted.get();
        whole = tensors(model);
    }

    /** The next class starts with a thread that nobody asked. */
    @AfterEach
    void nothingIsLeft() throws IOException {
        assertFalse(Thread.interrupted());
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(
                    List.of(),
                    left.map(file -> file.getFileName().toString())
                            .filter(name -> name.startsWith("."))
                            .toList());
        }
    }

    private static byte[] tensors(Path model) throws IOException {
        byte[] file = Files.readAllBytes(model);
        long header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return Arrays.copyOfRange(file, (int) (8 + header), file.length);
    }

    private static TrainingRun training(boolean resumes, Progress progress) {
        return new TrainingRun(TRAINING.withResumes(resumes), TrainingListener.NONE, progress);
    }

    /** Asks for a stop in step {@code last} of all tasks' steps: of every second one by an interruption. */
    private static Progress until(int last) {
        AtomicInteger counted = new AtomicInteger();
        return (name, total) -> (done, extra) -> {
            if (counted.incrementAndGet() == last) {
                if (last % 2 == 0) {
                    Thread.currentThread().interrupt();
                } else {
                    Stop.request(Thread.currentThread());
                }
            }
        };
    }

    @Test
    void aStoppedTrainingGoesOnToTheSameBits() throws IOException {
        Path model = folder.resolve("stopped.safetensors");
        Path state = TrainingRun.state(model);
        int saved = 0;
        for (int step = 1; step <= steps; step += Math.max(1, steps / 4)) {
            TrainingRun run = training(false, until(step));
            assertThrows(StoppedException.class, () -> run.run(parts, model));
            // It would have been due after five minutes.
            saved += Files.exists(state) ? 1 : 0;
            training(true, Progress.NONE).run(parts, model);
            assertArrayEquals(whole, tensors(model), "stopped in step " + step + " of " + steps);
            assertFalse(Files.exists(state));
            Files.delete(model);
        }
        assertTrue(saved > 1, saved + " states");
    }

    /** While it reads, writes or computes. */
    @Test
    void anInterruptionAtAnyMomentIsAStop() throws Exception {
        Random random = new Random(5);
        Path model = folder.resolve("interrupted.safetensors");
        for (int i = 0; i < 3; i++) {
            Throwable[] thrown = new Throwable[1];
            Thread worker = new Thread(() -> {
                try {
                    training(false, Progress.NONE).run(parts, model);
                } catch (IOException | RuntimeException | Error e) {
                    thrown[0] = e;
                }
            });
            worker.start();
            worker.join((long) (random.nextDouble() * millis));
            worker.interrupt();
            worker.join();
            if (thrown[0] != null) {
                assertInstanceOf(StoppedException.class, thrown[0], () -> String.valueOf(thrown[0]));
            }
            training(true, Progress.NONE).run(parts, model);
            assertArrayEquals(whole, tensors(model));
        }
    }

    /** Whoever forgets to resume, and stops at once, has lost nothing. */
    @Test
    void theStateOfAnEarlierRunStays() throws IOException {
        Path model = folder.resolve("forgotten.safetensors");
        Path state = TrainingRun.state(model);
        assertThrows(
                StoppedException.class, () -> training(false, until(steps - 1)).run(parts, model));
        byte[] before = Files.readAllBytes(state);
        assertThrows(
                StoppedException.class, () -> training(false, until(steps / 2)).run(parts, model));
        assertArrayEquals(before, Files.readAllBytes(state));
    }

    @Test
    void aStoppedPretrainingGoesOnToTheSameBits() throws IOException {
        PretrainOptions options = new PretrainOptions(Backbone.RESNET18, Pretext.DENSE, 3, 1, 32, 0.0015, 42, 1);
        Path straight = folder.resolve("straight.safetensors");
        new PretrainRun(options).run(straight, false);
        Path stopped = folder.resolve("teacher.safetensors");
        for (int step : new int[] {1, 2}) {
            PretrainRun run = new PretrainRun(options, 300, PretrainRun.Listener.NONE, until(step));
            assertThrows(StoppedException.class, () -> run.run(stopped, false));
            assertTrue(Files.exists(PretrainRun.state(stopped)));
            new PretrainRun(options).run(stopped, true);
            assertArrayEquals(tensors(straight), tensors(stopped));
        }
    }

    @Test
    void theOthersLeaveTheirFilesAsTheyWere() throws IOException {
        Path model = Files.copy(sample.model, folder.resolve("model.safetensors"));
        byte[] before = Files.readAllBytes(model);
        List<Part> one = List.of(parts.test().get(0).load());
        Path report = folder.resolve("report.html");
        for (int step : new int[] {1, 2}) {
            assertStops(() -> CalibrationRun.run(model, parts, CalibrationOptions.defaults(), until(step)));
            assertStops(() -> new ThresholdRun(ThresholdPlan.exact(new Rate(0.9)), parts)
                    .run(model, InspectorOptions.defaults(), until(step)));
            assertStops(() -> TestReport.write(model, parts, report, ReportOptions.defaults(), until(step)));
            try (Inspector inspector = Inspector.open(model)) {
                assertStops(() ->
                        BenchRun.run(inspector, one, new BenchOptions(3, 2), BenchRun.Listener.NONE, until(step)));
                inspector.inspect(one.get(0), inspector.newInspection()); // it works as before
            }
        }
        assertArrayEquals(before, Files.readAllBytes(model));
        assertFalse(Files.exists(report));
    }

    private static void assertStops(Executable work) {
        assertThrows(StoppedException.class, work);
    }

    @Test
    void partsThatAreNotAllDrawnAreNone() throws IOException {
        Path drawn = folder.resolve("drawn");
        assertThrows(
                StoppedException.class,
                () -> SyntheticParts.write(drawn, SyntheticProduct.COOKIE, 3, 0, 0, 32, 1, done -> {
                    if (done == 2) {
                        Stop.request(Thread.currentThread());
                    }
                }));
        assertFalse(Files.exists(drawn));
    }
}
