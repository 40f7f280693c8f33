package io.trd4j.inspect;

import io.trd4j.engine.NetworkRunner;
import io.trd4j.engine.NetworkTimer;
import io.trd4j.engine.PlanReport;
import io.trd4j.engine.cpu.CpuProfile;
import io.trd4j.engine.cpu.CpuRunner;
import io.trd4j.engine.cuda.CudaRunner;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.model.Backbone;
import io.trd4j.model.ModelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Measures the network that an {@link Inspector} would run here, step by step where its steps can be told apart. */
public final class PlanMeasurement {
    private PlanMeasurement() {}

    /**
     * Compiles a model's plan as {@link Inspector#open} does and measures it.
     *
     * @param runs at least 1
     * @throws io.trd4j.io.InputException when the file is no model, or the precision cannot be had
     */
    public static PlanReport measure(Path model, InspectorOptions options, int runs) throws IOException {
        try (ModelFile file = new ModelSource(model).open(options)) {
            ExecutionPlan plan =
                    ExecutionPlan.of(file.info().backbone(), file.info().size());
            try (NetworkRunner runner = EngineChoice.runner(file, options)) {
                return of(runner, plan, options.resolvedThreads(), runs);
            }
        }
    }

    /** The same with random weights; see {@link Inspector#random}. */
    public static PlanReport measureRandom(Backbone backbone, int size, InspectorOptions options, int runs) {
        ExecutionPlan plan = ExecutionPlan.of(backbone, size);
        try (NetworkRunner runner = EngineChoice.randomRunner(plan, options)) {
            return of(runner, plan, options.resolvedThreads(), runs);
        }
    }

    static PlanReport of(NetworkRunner runner, ExecutionPlan plan, int threads, int runs) {
        if (runs < 1) {
            throw new IllegalArgumentException("a report needs at least one measured run, not " + runs);
        }
        if (runner instanceof CpuRunner cpu) {
            return CpuProfile.measure(cpu, runs);
        }
        double millis = NetworkTimer.median(runner, plan.size(), runs);
        if (runner instanceof CudaRunner cuda) {
            return new PlanReport(
                    plan.backbone(),
                    plan.size(),
                    runner.precision(),
                    threads,
                    "CUDA, one graph of " + cuda.nodes() + " kernels and copies on " + cuda.device(),
                    runs,
                    plan.flop(),
                    cuda.weightBytes(),
                    cuda.arenaBytes(),
                    cuda.steps(),
                    millis,
                    0);
        }
        return new PlanReport(
                plan.backbone(),
                plan.size(),
                runner.precision(),
                threads,
                "LibTorch",
                runs,
                plan.flop(),
                0,
                0,
                List.of(),
                millis,
                0);
    }
}
