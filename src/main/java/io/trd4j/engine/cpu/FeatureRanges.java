package io.trd4j.engine.cpu;

import io.trd4j.engine.plan.PlanOp;
import io.trd4j.engine.plan.PlanTensor;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Watches FP32 runs and keeps the largest magnitude of every feature map, which 8 bits will cover. (A narrower range
 * that minimises the squared error on normal parts was tried: the maps came out no closer; benchmarks/NOTES.md.)
 */
public final class FeatureRanges implements StepObserver {
    private final Map<String, Float> largest = new TreeMap<>();
    private float[] values = {};

    @Override
    public void after(CpuStep step, CpuTensor output, Pointer address, long nanos) {
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
                largest.merge(
                        name,
                        largest.get(
                                part.batch() == null
                                        ? part.name()
                                        : part.batch().name()),
                        Math::max);
            }
            return;
        }
        int count = Math.toIntExact(output.elements());
        if (values.length < count) {
            values = new float[count];
        }
        new FloatPointer(address).get(values, 0, count);
        float max = 0;
        for (int i = 0; i < count; i++) {
            max = Math.max(max, Math.abs(values[i]));
        }
        largest.merge(name, max, Math::max);
    }

    /** By the plan's names, in their order. */
    public Map<String, Float> ranges() {
        return new TreeMap<>(largest);
    }
}
