package io.trd4j.engine.cpu;

import org.bytedeco.javacpp.Pointer;

/** Called after each step of an observed run. */
@FunctionalInterface
interface StepObserver {
    /**
     * @param output null for a distance map
     * @param values where the output lies, or null
     */
    void after(CpuStep step, CpuTensor output, Pointer values, long nanos);
}
