package io.trd4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.trd4j.engine.cpu.CpuSupport;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.model.Backbone;
import io.trd4j.model.Calibration;
import io.trd4j.model.Precision;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * After the warm-up, a part allocates nothing on the Java heap. From the prepared images to the scores; the preparation
 * joins when it is native: then {@link #part} calls {@link Inspector#inspect} and this sentence goes.
 */
class AllocationTest {
    private static final int SIZE = 32;
    /** The JVM allocates a few bytes once, in the calling thread, when it compiles a method that became hot. */
    private static final int WARM_UP = 100;
    private static final int PARTS = 50;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static void part(Executor executor, CalibratedMaps maps, Inspection result) {
        executor.run();
        maps.compute(executor.distances(0), executor.distances(1));
        maps.map().get(result.map);
        maps.mapRgb().get(result.mapRgb);
        maps.mapDepth().get(result.mapDepth);
        result.score = maps.score(0);
        result.scoreRgb = maps.score(1);
        result.scoreDepth = maps.score(2);
    }

    @ParameterizedTest
    @EnumSource(value = Precision.class, names = {"FP32", "BF16", "INT8"})
    void aPartAllocatesNothingOnTheJavaHeap(Precision precision) {
        assumeTrue(CpuSupport.isAvailable() && CpuSupport.supports(precision));
        ExecutionPlan plan = ExecutionPlan.of(Backbone.RESNET18, SIZE);
        try (Executor executor = RandomNetwork.open(plan, new InspectorOptions(2, precision));
             CalibratedMaps maps = new CalibratedMaps(SIZE, new Calibration(0, 1, 0, 1))) {
            RunTimes.fill(executor, RunTimes.noise(SIZE, 1));
            Inspection result = new Inspection(SIZE);
            for (int i = 0; i < WARM_UP; i++) {
                part(executor, maps, result);
            }
            // The counter works, and reading it costs nothing itself.
            long before = THREADS.getCurrentThreadAllocatedBytes();
            byte[] seen = new byte[1000];
            assertTrue(THREADS.getCurrentThreadAllocatedBytes() - before >= seen.length);

            before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < PARTS; i++) {
                part(executor, maps, result);
            }
            assertEquals(0, THREADS.getCurrentThreadAllocatedBytes() - before, "bytes for " + PARTS + " parts");
        }
    }
}
