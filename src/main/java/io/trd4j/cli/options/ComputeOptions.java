package io.trd4j.cli.options;

import io.trd4j.inspect.InspectorOptions;
import io.trd4j.model.Precision;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a verb inspects parts: where, with how many threads, in which precision. */
public final class ComputeOptions {
    @Mixin
    private DeviceOptions device;

    @Option(
            names = "--precision",
            paramLabel = "auto|fp32|tf32|bf16|fp16|int8",
            defaultValue = "auto",
            description = "Arithmetic of the network; auto = on the CPU the fastest that it supports and that passed "
                    + "its accuracy test when the model was calibrated, on a GPU fp16 (default: ${DEFAULT-VALUE}).")
    private String precision;

    /** Checks all options for a verb that trains as well, on the CPU. */
    public int cpuThreads() {
        options();
        return device.cpuThreads();
    }

    /** CPU threads, for what runs there wherever parts are inspected. */
    public int threads() {
        return device.threads();
    }

    /** Checks all options. */
    public InspectorOptions options() {
        return new InspectorOptions(device.givenThreads(), Precision.of(precision)).withDevice(device.choice());
    }
}
