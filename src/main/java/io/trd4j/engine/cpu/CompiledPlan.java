package io.trd4j.engine.cpu;

import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.FoldedLayers;
import io.trd4j.engine.plan.WeightSource;
import io.trd4j.model.Precision;
import io.trd4j.ops.Ops;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A plan turned into oneDNN primitives with packed weights: what all runners of one model share. Read only after it is
 * made; freed when the last of its users closes it.
 */
public final class CompiledPlan implements AutoCloseable {
    private final ExecutionPlan plan;
    private final Precision precision;
    private final int threads;
    private final OneDnn.Owner owner = new OneDnn.Owner();
    private final List<CpuStep> steps;
    private final CpuTensor images;
    private final long featureBytes;
    private final long scratchBytes;
    private int users = 1;

    /**
     * @param precision any but AUTO
     * @param quantization needed for INT8, else null
     * @param threads that will run it; oneDNN divides the work when a primitive is made
     * @throws UnsupportedOperationException when this CPU lacks the precision's instructions
     */
    public CompiledPlan(
            ExecutionPlan plan, WeightSource source, Precision precision, Quantization quantization, int threads)
            throws IOException {
        if (precision == Precision.AUTO || precision == Precision.INT8 && quantization == null) {
            throw new IllegalArgumentException("precision " + precision + " cannot be compiled without more choices");
        }
        if (!CpuSupport.supports(precision)) {
            throw new UnsupportedOperationException("this CPU has no instructions for " + precision.key());
        }
        this.plan = plan;
        this.precision = precision;
        this.threads = threads;
        Ops.setThreads(threads);
        try {
            ValueType type = PlanCompiler.imageType(precision);
            images = CpuTensor.dense(type, 1, 2, 3, plan.size());
            Primitives primitives = new Primitives(owner);
            FoldedLayers folded = new FoldedLayers(source);
            steps = new PlanCompiler(plan, precision, quantization, folded::blend, threads, primitives).compile(images);
            Set<CpuTensor.Buffer> buffers = new LinkedHashSet<>();
            buffers.add(images.buffer());
            for (CpuStep step : steps) {
                if (step.output() != null) {
                    buffers.add(step.output().buffer());
                }
            }
            featureBytes = Arena.place(buffers);
            scratchBytes = Arena.align(primitives.scratchBytes());
            WeightPacker.pack(primitives.layers(), source, threads);
        } catch (IOException | RuntimeException | Error e) {
            owner.close();
            throw e;
        }
    }

    public ExecutionPlan plan() {
        return plan;
    }

    public Precision precision() {
        return precision;
    }

    public int threads() {
        return threads;
    }

    /** Bytes of one runner's arena: all feature maps, and the largest scratchpad. */
    public long arenaBytes() {
        return featureBytes + scratchBytes;
    }

    List<CpuStep> steps() {
        return steps;
    }

    CpuTensor images() {
        return images;
    }

    /** Where the scratchpad lies in the arena. */
    long scratchPlace() {
        return featureBytes;
    }

    /** One more user, who must close it too. */
    public synchronized CompiledPlan share() {
        if (users == 0) {
            throw new IllegalStateException("the compiled plan is closed");
        }
        users++;
        return this;
    }

    @Override
    public synchronized void close() {
        if (users > 0 && --users == 0) {
            owner.close();
        }
    }
}
