package io.trd4j.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.engine.GoldenNetwork;
import io.trd4j.engine.GoldenNetwork.Maps;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.RandomWeights;
import io.trd4j.model.Backbone;
import io.trd4j.model.Precision;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What the runners of one compiled plan share, and the memory that each of them has. */
class CompiledPlanTest {
    private static CompiledPlan compile(int size, int threads) throws IOException {
        ExecutionPlan plan = ExecutionPlan.of(Backbone.RESNET18, size);
        return new CompiledPlan(plan, new RandomWeights(plan, 3), Precision.FP32, null, threads);
    }

    @Test
    void runnersOfOneModelShareItsWeights() throws Exception {
        CompiledPlan compiled = compile(64, 1);
        CpuRunner first = new CpuRunner(compiled);
        Maps expected = GoldenNetwork.run(first, 64, "");
        try (CpuRunner second = (CpuRunner) first.duplicate()) {
            assertSame(first.compiled(), second.compiled());
            first.close();
            first.close();
            assertArrayEquals(
                    expected.rgb(),
                    GoldenNetwork.run(second, 64, "").rgb(),
                    "the weights live as long as an runner needs them");
        }
        assertThrows(IllegalStateException.class, compiled::share);
    }

    @Test
    void theArenaReusesMemory() throws Exception {
        try (CpuRunner runner = new CpuRunner(compile(256, 2))) {
            long all = runner.compiled().plan().ops().stream()
                    .filter(o -> o.output() != null)
                    .mapToLong(o -> 4 * o.output().elements())
                    .sum();
            long arena = runner.compiled().arenaBytes();
            assertTrue(arena < all / 4, arena + " bytes for feature maps of " + all);
        }
    }
}
