package io.trd4j.engine.cpu;

import io.trd4j.engine.plan.PlanOp;
import io.trd4j.engine.plan.PlanTensor;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Watches FP32 runs and keeps the largest magnitude of every feature map. */
public final class FeatureRanges implements CpuExecutor.Observer {
    private final Map<String, Float> largest = new TreeMap<>();
    private float[] values = {};

    @Override
    public void after(Step step, Value output, Pointer address, long nanos) {
        if (output == null || step.op() == null) {
            return;
        }
        if (output.type() != ValueType.F32) {
            throw new IllegalArgumentException("ranges are measured in FP32, not " + output.type());
        }
        String name = step.op().output().name();
        if (step.op() instanceof PlanOp.Concatenate all) {
            // Copies of feature maps that were seen when they were written.
            for (PlanTensor part : all.inputs()) {
                String source = part.batch() == null ? part.name() : part.batch().name();
                largest.merge(name, largest.get(source), Math::max);
            }
            return;
        }
        int count = Math.toIntExact(output.elements());
        if (values.length < count) {
            values = new float[count];
        }
        new FloatPointer(address).get(values, 0, count);
        float max = largest.getOrDefault(name, 0f);
        for (int i = 0; i < count; i++) {
            max = Math.max(max, Math.abs(values[i]));
        }
        largest.put(name, max);
    }

    /** By the plan's names, in their order. */
    public Map<String, Float> largest() {
        return new TreeMap<>(largest);
    }
}
