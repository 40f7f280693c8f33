package io.trd4j.cli;

import io.trd4j.engine.InspectorOptions;
import picocli.CommandLine.Mixin;

/** How a verb that judges parts inspects them: what it does with bad ones, and where and how it computes. */
final class InspectOptions {
    @Mixin
    private InputOptions inputs;

    @Mixin
    private ComputeOptions inference;

    /** Checks all options. */
    InspectorOptions options() {
        return inputs.apply(inference.options());
    }
}
