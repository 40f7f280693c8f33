package io.trd4j.cli.options;

import io.trd4j.calibrate.Rate;
import io.trd4j.inspect.InputPolicy;
import io.trd4j.inspect.InputPolicy.OnUnlike;
import io.trd4j.inspect.InputPolicy.OnUnusable;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.InputException;
import io.trd4j.io.Nearest;
import java.util.List;
import picocli.CommandLine.Option;

/** Options on parts that lack a usable modality or are unlike normal ones, and on small regions. */
final class InputOptions {
    @Option(
            names = "--on-bad-depth",
            paramLabel = "refuse|rgb-only",
            defaultValue = "refuse",
            description = "What happens to a part whose points (or normals) are missing or unusable: refused, or "
                    + "inspected by colour alone, with the thresholds of rgb-only (default: ${DEFAULT-VALUE}).")
    private String onBadDepth;

    @Option(
            names = "--on-bad-rgb",
            paramLabel = "refuse|depth-only",
            defaultValue = "refuse",
            description = "What happens to a part whose colour image is missing, or black or saturated everywhere: "
                    + "refused, or inspected by "
                    + "the second modality alone, with the thresholds of depth-only (default: ${DEFAULT-VALUE}).")
    private String onBadRgb;

    @Option(
            names = "--min-valid-depth",
            paramLabel = "SHARE",
            description = "Points are unusable when a smaller share of them is valid, such as 0.2 or 20%%; when not "
                    + "given, one valid point is enough.")
    private Rate minValidDepth;

    @Option(
            names = "--min-region",
            paramLabel = "MM2",
            defaultValue = "0",
            description = "Regions above a threshold that are smaller do not count for the verdict, where the points "
                    + "tell their area, in square millimetres; 0 = all count (default: ${DEFAULT-VALUE}).")
    private double minRegion;

    @Option(
            names = "--on-unlike",
            paramLabel = "refuse|review",
            defaultValue = "refuse",
            description = "What happens to a part whose images are of another kind, shape, scale or with other axes "
                    + "than those of the model's normal parts: refused, or inspected with a warning and REVIEW as the "
                    + "best verdict (default: ${DEFAULT-VALUE}).")
    private String onUnlike;

    /** Checks all options. */
    InspectorOptions apply(InspectorOptions options) {
        if (!(minRegion >= 0 && minRegion < Double.POSITIVE_INFINITY)) {
            throw new InputException("--min-region must be 0 mm² or more, not " + minRegion);
        }
        return options.withInputs(policy()).withMinRegion(minRegion);
    }

    private InputPolicy policy() {
        return new InputPolicy(
                other("--on-bad-depth", onBadDepth, "rgb-only") ? OnUnusable.INSPECT_OTHER : OnUnusable.REFUSE,
                other("--on-bad-rgb", onBadRgb, "depth-only") ? OnUnusable.INSPECT_OTHER : OnUnusable.REFUSE,
                minValidDepth == null ? 0 : minValidDepth.value(),
                other("--on-unlike", onUnlike, "review") ? OnUnlike.REVIEW : OnUnlike.REFUSE);
    }

    /** Whether the other treatment is chosen, not refuse. */
    private static boolean other(String option, String value, String other) {
        if (value.equals("refuse") || value.equals(other)) {
            return value.equals(other);
        }
        throw new InputException("unknown " + option + " '" + value + "'"
                + Nearest.hint(value, List.of("refuse", other)) + "; use refuse or " + other);
    }
}
