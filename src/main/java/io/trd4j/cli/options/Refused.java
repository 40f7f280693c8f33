package io.trd4j.cli.options;

import io.trd4j.io.InputException;
import io.trd4j.io.OptionException;
import java.util.Locale;
import java.util.Map;

/** Options records' refusals under the options' names on the command line. */
public final class Refused {
    /** Where they are not the components' names with hyphens. */
    private static final Map<String, String> NAMES =
            Map.of("learningRate", "--lr", "students", "--student", "warmUp", "--warmup");

    private Refused() {}

    /** For whoever typed the option. */
    public static InputException of(OptionException e) {
        return new InputException(NAMES.getOrDefault(e.option(), hyphenated(e.option())) + " " + e.problem(), e);
    }

    /** {@code normalKernel} is {@code --normal-kernel}. */
    private static String hyphenated(String component) {
        return "--" + component.replaceAll("(?=\\p{Upper})", "-").toLowerCase(Locale.ROOT);
    }
}
