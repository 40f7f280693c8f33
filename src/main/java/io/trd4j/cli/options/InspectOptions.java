package io.trd4j.cli.options;

import io.trd4j.inspect.InspectorOptions;
import picocli.CommandLine.Mixin;

/** How a verb that judges parts inspects them: what it does with bad ones, and where and how it computes. */
public final class InspectOptions {
    @Mixin
    private InputOptions inputs;

    @Mixin
    private ComputeOptions inference;

    /** Checks all options. */
    public InspectorOptions options() {
        return inputs.apply(inference.options());
    }
}
