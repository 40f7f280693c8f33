package io.trd4j.cli;

import io.trd4j.cli.options.InspectOptions;
import io.trd4j.cli.options.PointOptions;
import io.trd4j.cli.options.Refused;
import io.trd4j.cli.options.SkipBroken;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.SkippedParts;
import io.trd4j.evaluate.EvaluationRun;
import io.trd4j.inspect.Inspector;
import io.trd4j.io.OptionException;
import io.trd4j.io.Writable;
import io.trd4j.report.OfficialTable;
import io.trd4j.report.ReportData.NextStep;
import io.trd4j.report.ReportOptions;
import io.trd4j.report.TestReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code trd report}: what a model makes of labelled test parts, as one HTML file. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Inspect a category's labelled test parts and write one HTML file: verdicts at the thresholds per kind "
                    + "of defect with the misses and false rejects, the cycle time, the official table, scores with "
                    + "the thresholds, ROC and PRO "
                    + "curves, the training curve, every part with its maps, regions and verdict (the "
                    + "worst judged first), and the model card.",
            "The file needs nothing else and no network."
        })
final class ReportCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "FILE", description = "The model file.")
    private Path model;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "CATEGORY",
            description = "Folder of the category: MVTec 3D-AD or Eyecandies layout.")
    private Path data;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The HTML file.")
    private Path out;

    @Option(
            names = "--cycle-time",
            paramLabel = "MS",
            description = "Milliseconds that a part may take on your line: the report says how many parts keep to it.")
    private Double cycleTime;

    @Mixin
    private PointOptions points;

    @Mixin
    private SkipBroken broken;

    @Mixin
    private InspectOptions inspecting;

    @Override
    public Integer call() throws IOException {
        ReportOptions options = options();
        Writable.requireFile(out);
        SkippedParts skipped = new SkippedParts(broken);
        Dataset dataset = broken.openReadable(points.convention(), data, skipped);
        EvaluationRun run = EvaluationRun.prepare(
                dataset, Inspector.describe(model, options.inspection().trustedKeys()), skipped);
        EvaluationText.notes(run);
        TestReport.Written written = TestReport.write(model, run, out, options, ConsoleProgress.STDERR);
        broken.summarise();
        System.out.print(OfficialTable.of(EvaluationRun.rows(written.details())));
        EvaluationText.verdicts(run).forEach(System.out::println);
        System.out.println("wrote " + out);
        return 0;
    }

    private ReportOptions options() throws IOException {
        try {
            return new ReportOptions(
                    inspecting.options(),
                    cycleTime,
                    List.of(
                            new NextStep(
                                    "Look at one part",
                                    "./trd inspect --model " + model + " --rgb PART.png --xyz PART.tiff --out part"),
                            new NextStep(
                                    "Set thresholds with a promised rate of false rejects",
                                    "./trd calibrate --model " + model + " --data " + data
                                            + " --false-reject-rate 1%")));
        } catch (OptionException e) {
            throw Refused.of(e);
        }
    }
}
