package io.trd4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.trd4j.data.Modality;
import io.trd4j.data.Part;
import io.trd4j.data.Shape;
import io.trd4j.data.SyntheticParts;
import io.trd4j.engine.cpu.CpuSupport;
import io.trd4j.model.Backbone;
import io.trd4j.model.Precision;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** After the warm-up, a part allocates nothing on the Java heap, from its buffers to the verdict. */
class AllocationTest {
    private static final int SIZE = 32;
    private static final int WARM_UP = 50;
    /** The JVM allocates a few bytes once, in the calling thread, when a method becomes hot: only what every round repeats counts. */
    private static final int ROUNDS = 4;
    private static final int PARTS = 25;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @CsvSource({"FP32,DEPTH", "FP32,NORMALS", "BF16,NORMALS", "INT8,DEPTH"})
    void aPartAllocatesNothingOnTheJavaHeap(Precision precision, Modality modality) {
        assumeTrue(CpuSupport.isAvailable() && CpuSupport.supports(precision));
        Part[] parts = {SyntheticParts.part(Shape.COOKIE, 96, 1), SyntheticParts.part(Shape.RING, 96, 2)};
        try (Inspector inspector = Inspector.random(Backbone.RESNET18, SIZE, modality, 5, new InspectorOptions(2, precision))) {
            Inspection result = inspector.newInspection();
            for (int i = 0; i < WARM_UP; i++) {
                inspector.inspect(parts[i % parts.length], result);
            }
            // The counter works, and reading it costs nothing itself.
            long before = THREADS.getCurrentThreadAllocatedBytes();
            byte[] seen = new byte[1000];
            assertTrue(THREADS.getCurrentThreadAllocatedBytes() - before >= seen.length);

            long least = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                before = THREADS.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < PARTS; i++) {
                    inspector.inspect(parts[i % parts.length], result);
                }
                least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
            }
            assertEquals(0, least, "bytes for " + PARTS + " parts");
        }
    }
}
