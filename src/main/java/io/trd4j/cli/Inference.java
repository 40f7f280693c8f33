package io.trd4j.cli;

import io.trd4j.engine.InspectorOptions;
import io.trd4j.model.Precision;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a verb inspects parts: where, with how many threads, in which precision. */
final class Inference {
    @Mixin
    private Device device;

    @Option(names = "--precision", paramLabel = "auto|fp32|bf16|int8", defaultValue = "auto",
            description = "Arithmetic of the network; auto = the fastest that this CPU supports and that passed its accuracy test "
                + "when the model was calibrated (default: ${DEFAULT-VALUE}).")
    private String precision;

    int threads() {
        return device.threads();
    }

    /** Checks all options. */
    InspectorOptions options() {
        return new InspectorOptions(device.threads(), Precision.of(precision));
    }
}
