package io.trd4j.engine.cpu;

import io.trd4j.engine.NetworkTimer;
import io.trd4j.engine.PlanReport;
import io.trd4j.engine.StepProfile;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.Layer;
import io.trd4j.engine.plan.NetworkPart;
import io.trd4j.engine.plan.PlanOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.dnnl.memory;

/** Says what each step of a compiled plan does, moves and costs. */
public final class CpuProfile {
    private CpuProfile() {}

    /**
     * Runs on noise: whole runs and runs with a clock around every step take turns, so that both see the same machine.
     */
    public static PlanReport measure(CpuRunner runner, int runs) {
        CompiledPlan compiled = runner.compiled();
        ExecutionPlan plan = compiled.plan();
        List<CpuStep> steps = compiled.steps();
        float[] noise = NetworkTimer.noise(plan.size(), 1);
        long[] whole = new long[runs];
        long[][] single = new long[steps.size()][runs];
        for (int i = -NetworkTimer.WARM_UP; i < runs; i++) {
            int run = i;
            long taken = NetworkTimer.timed(runner, noise);
            NetworkTimer.fill(runner, noise);
            int[] next = {0};
            runner.observe((step, output, values, nanos) -> {
                if (run >= 0) {
                    single[next[0]++][run] = nanos;
                }
            });
            if (run >= 0) {
                whole[run] = taken;
            }
        }
        List<StepProfile> described = new ArrayList<>();
        long weightBytes = 0;
        for (int i = 0; i < single.length; i++) {
            StepProfile step = describe(steps.get(i), NetworkTimer.medianMillis(single[i]));
            described.add(step);
            weightBytes += step.weightBytes();
        }
        return new PlanReport(
                plan.backbone(),
                plan.size(),
                compiled.precision(),
                compiled.threads(),
                "oneDNN " + CpuSupport.version(),
                runs,
                plan.flop(),
                weightBytes,
                compiled.arenaBytes(),
                described,
                NetworkTimer.medianMillis(whole),
                PeakGemm.gflopPerSecond(compiled.precision(), compiled.threads()));
    }

    private static StepProfile describe(CpuStep step, double millis) {
        List<CpuTensor> read = new ArrayList<>();
        long weightBytes = 0;
        if (step instanceof CpuStep.FuseCosine cosine) {
            read.add(cosine.decoder());
            read.add(cosine.teacher());
            if (cosine.amplified() != null) {
                read.add(cosine.amplified());
            }
        } else if (step instanceof CpuStep.Winograd winograd) {
            read.add(winograd.input());
            if (winograd.amplified() != null) {
                read.add(winograd.amplified());
            }
            weightBytes =
                    winograd.packed().capacity() + 4L * winograd.op().layer().out();
        } else if (step instanceof CpuStep.Primitive primitive) {
            for (CpuStep.Argument argument : primitive.arguments()) {
                if (argument.target() instanceof CpuTensor value && value != step.output()) {
                    read.add(value);
                } else if (argument.target() instanceof memory shared) {
                    weightBytes += size(shared);
                }
            }
        }
        long featureBytes = read.stream().mapToLong(CpuProfile::bytes).sum();
        PlanOp op = step.op();
        String written;
        String type;
        if (step.output() == null) {
            CpuTensor decoder = step.input();
            featureBytes += 4L * decoder.images() * decoder.side() * decoder.side();
            written = decoder.images() + "x" + decoder.side() + "x" + decoder.side();
            type = ValueType.F32.name();
        } else {
            // A residual lies where the sum is written.
            boolean residual = op instanceof PlanOp.Convolution convolution && convolution.residual() != null;
            featureBytes += (residual ? 2 : 1) * bytes(step.output());
            written = shape(step.output());
            type = step.output().type().name();
        }
        CpuTensor input = step.input();
        type = input.type().name().equals(type) ? type : input.type().name() + ">" + type;
        String shape =
                shape(input) + " > " + written + (op instanceof PlanOp.Convolution c ? " " + kernel(c.layer()) : "");
        return new StepProfile(
                step.name(),
                step.part().key(),
                kind(step),
                shape,
                type.toLowerCase(Locale.ROOT),
                op == null ? 0 : op.flop(),
                featureBytes,
                weightBytes,
                step.implementation(),
                millis);
    }

    private static long size(memory shared) {
        try (memory.desc description = shared.get_desc()) {
            return description.get_size();
        }
    }

    private static long bytes(CpuTensor value) {
        return value.elements() * value.type().bytes;
    }

    private static String shape(CpuTensor value) {
        return value.images() + "x" + value.side() + "x" + value.side() + "x" + value.channels();
    }

    private static String kernel(Layer layer) {
        return layer.kernel() + "x" + layer.kernel() + (layer.stride() == 1 ? "" : "/" + layer.stride());
    }

    private static String kind(CpuStep step) {
        PlanOp op = step.op();
        if (op instanceof PlanOp.Convolution convolution) {
            Layer layer = convolution.layer();
            String kernel = layer.kernel() + "x" + layer.kernel();
            return step.part() == NetworkPart.FILTER
                    ? "filter " + kernel + (layer.transposed() ? " up" : " down")
                    : (layer.transposed() ? "transposed " : "convolution ") + kernel;
        }
        return op instanceof PlanOp.MaxPool
                ? "max pool"
                : op instanceof PlanOp.Concatenate
                        ? "concatenate"
                        : op instanceof PlanOp.FuseCosine ? "fuse_cosine" : "convert";
    }
}
