package io.trd4j.cli.options;

import io.trd4j.inspect.InspectorOptions;
import io.trd4j.sign.TrustedKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a verb that judges parts inspects them: what it does with bad ones, and where and how it computes. */
public final class InspectOptions {
    @Mixin
    private InputOptions inputs;

    @Mixin
    private ComputeOptions inference;

    @Option(
            names = "--trusted",
            arity = "1..*",
            paramLabel = "KEY.pub",
            description = "Refuse a model that none of these public keys signed (trd sign), before anything of it is "
                    + "read: files, or folders of files *.pub.")
    private List<Path> trusted;

    /** Checks all options, and reads the keys. */
    public InspectorOptions options() throws IOException {
        InspectorOptions options = inputs.apply(inference.options());
        return trusted == null ? options : options.withTrustedKeys(TrustedKeys.read(trusted));
    }
}
