package io.trd4j.cli.options;

import io.trd4j.data.dataset.Dataset;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.Progress;
import io.trd4j.model.ModelFile;
import io.trd4j.model.Thresholds;
import io.trd4j.report.SensitivityText;
import io.trd4j.sensitivity.SensitivityPlan;
import io.trd4j.sensitivity.SensitivityRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Whether a verb that has changed a model measures how small a defect it would see. */
public final class SensitivityOption {
    @Option(
            names = "--no-sensitivity",
            description = "Do not measure how small a defect would be seen: bumps, dents and stains pasted onto normal "
                    + "validation parts, up to 340 inspections.")
    private boolean skipped;

    /**
     * Measures, and writes the result into the model file.
     *
     * @return lines to print; empty when it was not to be measured
     */
    public List<String> measure(Path model, Dataset dataset, InspectorOptions options, Progress progress)
            throws IOException {
        if (skipped) {
            return List.of();
        }
        SensitivityRun.Result result = SensitivityRun.run(model, dataset, options, SensitivityPlan.usual(), progress);
        if (result.sensitivity() == null) {
            return List.of(result.note());
        }
        Thresholds thresholds;
        try (ModelFile file = ModelFile.open(model)) {
            thresholds = file.info().thresholds();
        }
        return SensitivityText.lines(result.sensitivity(), thresholds);
    }
}
