package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.trd4j.Needs;
import io.trd4j.SmallModel;
import io.trd4j.data.Part;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.engine.NetworkRunner;
import io.trd4j.engine.NetworkTimer;
import io.trd4j.engine.torch.LibTorchRunner;
import io.trd4j.model.Backbone;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several inspectors of one model: the same results at the same time, one set of weights, lives of their own. */
class InspectorDuplicateTest {
    private static final int ROUNDS = 4;

    private static float[][] maps(Inspector inspector, List<Part> parts) {
        Inspection inspection = inspector.newInspection();
        float[][] maps = new float[parts.size()][];
        for (int i = 0; i < maps.length; i++) {
            inspector.inspect(parts.get(i), inspection);
            maps[i] = inspection.map().clone();
        }
        return maps;
    }

    /** Each thread in an order of its own, so that different parts meet. */
    private static Void compare(
            Inspector inspector, List<Part> parts, float[][] expected, int shift, CyclicBarrier start)
            throws Exception {
        start.await();
        Inspection inspection = inspector.newInspection();
        for (int i = 0; i < ROUNDS * parts.size(); i++) {
            int part = (i + shift) % parts.size();
            inspector.inspect(parts.get(part), inspection);
            assertArrayEquals(expected[part], inspection.map(), "part " + part);
        }
        return null;
    }

    @ParameterizedTest
    @CsvSource({"FP32,1,2", "FP32,2,2", "BF16,1,3", "INT8,1,2"})
    void duplicatesInspectAtTheSameTimeBitForBitAsOneAlone(Precision precision, int threads, int inspectors)
            throws Exception {
        Needs.precision(precision);
        TrainedModel model = TrainedModel.get();
        List<Part> parts = model.parts.subList(28, 40);
        ExecutorService pool = Executors.newFixedThreadPool(inspectors);
        List<Inspector> all = new ArrayList<>();
        try {
            Inspector first = Inspector.open(model.file, new InspectorOptions(threads, precision));
            all.add(first);
            float[][] expected = maps(first, parts);
            for (int i = 1; i < inspectors; i++) {
                all.add(all.get(i - 1).duplicate());
                assertEquals(precision, all.get(i).precision());
                assertEquals(first.model(), all.get(i).model());
            }
            CyclicBarrier start = new CyclicBarrier(inspectors);
            List<Future<Void>> running = new ArrayList<>();
            for (int i = 0; i < inspectors; i++) {
                Inspector mine = all.get(i);
                int shift = 5 * i;
                running.add(pool.submit((Callable<Void>) () -> compare(mine, parts, expected, shift, start)));
            }
            for (Future<Void> future : running) {
                future.get();
            }
        } finally {
            pool.shutdownNow();
            all.forEach(Inspector::close);
        }
    }

    @ParameterizedTest
    @CsvSource({"FP32", "INT8"})
    void aDuplicateOutlivesTheFirst(Precision precision) throws IOException {
        Needs.precision(precision);
        TrainedModel model = TrainedModel.get();
        List<Part> parts = model.parts.subList(0, 3);
        Inspector first = Inspector.open(model.file, new InspectorOptions(1, precision));
        float[][] expected = maps(first, parts);
        try (Inspector second = first.duplicate()) {
            first.close();
            try (Inspector third = second.duplicate()) {
                assertArrayEquals(expected, maps(third, parts));
            }
            assertArrayEquals(expected, maps(second, parts));
            assertThrows(IllegalStateException.class, first::duplicate);
            assertThrows(IllegalStateException.class, first::warmUp);
        }
    }

    /** A pool's threads take their own when they first need it, whatever the first inspector is doing. */
    @Test
    void anyThreadDuplicatesAtAnyTime() throws Exception {
        Part part = SyntheticParts.part(SyntheticProduct.COOKIE, 96, 1);
        InspectorOptions options = new InspectorOptions(1, Precision.FP32).withDevice(DeviceChoice.CPU);
        int threads = 8;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (Inspector first = Inspector.random(Backbone.RESNET18, 32, Geometry.DEPTH, options)) {
            Inspection expected = first.newInspection();
            first.inspect(part, expected);
            CyclicBarrier start = new CyclicBarrier(threads + 1);
            List<Future<float[]>> maps = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                maps.add(pool.submit(() -> {
                    start.await();
                    try (Inspector mine = first.duplicate()) {
                        Inspection result = mine.newInspection();
                        mine.inspect(part, result);
                        return result.map();
                    }
                }));
            }
            start.await();
            Inspection own = first.newInspection();
            while (!maps.stream().allMatch(Future::isDone)) {
                first.inspect(part, own);
            }
            for (Future<float[]> map : maps) {
                assertArrayEquals(expected.map(), map.get());
            }
            assertArrayEquals(expected.map(), own.map());
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void theLibTorchExecutorSharesItsNetworkToo(@TempDir Path folder) throws IOException {
        Path path = SmallModel.write(folder.resolve("model.safetensors"), Modality.DEPTH, null);
        try (ModelFile file = ModelFile.open(path)) {
            NetworkRunner first = LibTorchRunner.open(file, 1);
            float[] noise = NetworkTimer.noise(SmallModel.SIZE, 3);
            float[] expected = distances(first, noise);
            try (NetworkRunner second = first.duplicate()) {
                assertArrayEquals(expected, distances(second, noise));
                first.close();
                first.close();
                assertArrayEquals(
                        expected, distances(second, noise), "the network lives as long as an runner needs it");
            }
        }
    }

    private static float[] distances(NetworkRunner runner, float[] noise) {
        NetworkTimer.fill(runner, noise);
        runner.run();
        float[] all = new float[2 * 16 * 16];
        runner.distances(0).scale(0).get(all, 0, all.length / 2);
        runner.distances(1).scale(0).get(all, all.length / 2, all.length / 2);
        return all;
    }
}
