package io.trd4j.report;

import io.trd4j.data.Part;
import io.trd4j.data.RgbImage;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.evaluate.EvaluationRun;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.Regions;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.OptionalLibrary;
import io.trd4j.io.ProductVersion;
import io.trd4j.io.Progress;
import io.trd4j.io.Stop;
import io.trd4j.io.Writable;
import io.trd4j.metrics.Evaluation;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.model.TrainingSummary;
import io.trd4j.report.ReportData.Branch;
import io.trd4j.report.ReportData.GalleryPart;
import io.trd4j.report.ReportData.Limit;
import io.trd4j.report.ReportData.NextStep;
import io.trd4j.report.ReportData.PartScore;
import io.trd4j.report.ReportData.Run;
import io.trd4j.report.ReportData.Seen;
import io.trd4j.report.ReportData.Timing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The HTML report of a model and a category's test parts, collected while they are inspected: the official table,
 * scores with the thresholds, curves, every part with its maps, regions and verdict, and the model card.
 */
public final class TestReport implements EvaluationRun.Observer {
    private final EvaluationRun run;
    private final Inspector inspector;
    private final Double cycleTime;
    private final List<PartScore> scores = new ArrayList<>();
    private final List<GalleryPart> gallery = new ArrayList<>();

    /**
     * A report to be given to {@link EvaluationRun#inspect} as its observer.
     *
     * @param inspector the one that inspects, with maps, of a model file
     */
    public TestReport(EvaluationRun run, Inspector inspector) {
        this(run, inspector, null);
    }

    /**
     * The same for a line of which the pace is known.
     *
     * @param cycleTime milliseconds that a part may take, positive: the report says how many parts keep to it; null =
     *     nobody said
     * @throws io.trd4j.io.OptionException when it is not positive
     */
    public TestReport(EvaluationRun run, Inspector inspector, Double cycleTime) {
        OptionalLibrary.MUSTACHE.require();
        OptionalLibrary.CHARTS.require();
        OptionalLibrary.OPENCV.require();
        ReportData.requireCycleTime(cycleTime);
        this.run = run;
        this.inspector = inspector;
        this.cycleTime = cycleTime;
    }

    /**
     * An evaluation of which the report has been written.
     *
     * @param details metrics and curves per branch, which take seconds to compute
     */
    public record Written(EvaluationRun evaluation, Map<String, Evaluation.Detail> details) {}

    /**
     * Inspects a category's labelled test parts and writes the report: what {@code trd report} does.
     *
     * @param file one HTML file that needs nothing else and no network
     * @throws io.trd4j.io.InputException as {@link EvaluationRun#prepare(Dataset, io.trd4j.model.ModelInfo)}, and when
     *     a part cannot be read or inspected
     * @throws IOException when the report cannot be written; an existing file is then unchanged
     */
    public static Written write(Path model, Dataset dataset, Path file, ReportOptions options, Progress progress)
            throws IOException {
        return Stop.able(() -> {
            EvaluationRun run = EvaluationRun.prepare(
                    dataset, Inspector.describe(model, options.inspection().trustedKeys()));
            return write(model, run, file, options, progress);
        });
    }

    /**
     * The same of test parts that are prepared already.
     *
     * @param run not inspected yet; its category is the title
     */
    public static Written write(Path model, EvaluationRun run, Path file, ReportOptions options, Progress progress)
            throws IOException {
        return Stop.able(() -> stoppable(model, run, file, options, progress));
    }

    private static Written stoppable(Path model, EvaluationRun run, Path file, ReportOptions options, Progress progress)
            throws IOException {
        Writable.requireFile(file);
        long start = System.nanoTime();
        try (Inspector inspector = Inspector.open(model, options.inspection())) {
            inspector.warmUp();
            TestReport report = new TestReport(run, inspector, options.cycleTime());
            run.inspect(inspector, report, progress);
            Map<String, Evaluation.Detail> details = run.details();
            Timing timing = new Timing("inspection and metrics", (System.nanoTime() - start) / 1e9);
            report.write(file, run.category(), null, details, List.of(timing), model, options.next());
            return new Written(run, details);
        }
    }

    @Override
    public void inspected(int index, Part part, long readNanos, Inspection inspection) throws IOException {
        if (scores.isEmpty()) {
            // Kept by the inspector: a file that takes the model's place while parts are inspected is not described.
            inspector.modelSha256();
        }
        PartFiles files = run.parts().get(index);
        PartScore score = new PartScore(
                files.id(),
                files.kind(),
                files.anomalous(),
                inspection.score(),
                inspection.scoreRgb(),
                inspection.scoreDepth(),
                inspection.verdict() == Verdict.NONE
                        ? null
                        : inspection.verdict().name(),
                inspection.elapsedNanos() / 1e6);
        scores.add(score);
        int size = inspection.size();
        RgbImage colour = part.rgb() == null ? new RgbImage(size, size, new byte[3 * size * size]) : part.rgb();
        RgbImage second = part.normals() != null
                ? part.normals().image()
                : part.xyz() == null ? null : DepthPicture.of(part.xyz());
        List<String> remarks = new ArrayList<>();
        if (inspection.mode() != InspectionMode.BOTH) {
            remarks.add("inspected " + inspection.mode().key());
        }
        inspection.warnings().forEach(warning -> remarks.add(warning.key().replace('_', ' ')));
        gallery.add(GalleryPart.of(
                score,
                colour,
                second,
                List.of(inspection.map(), inspection.mapRgb(), inspection.mapDepth()),
                files.anomalous() ? run.mask(index) : null,
                size,
                Regions.of(inspection, part, inspector.options().minRegion()),
                remarks,
                HeatScale.COMBINED,
                HeatScale.BRANCH));
    }

    /**
     * Writes the report, without a note, times or next steps.
     *
     * @param details of the run
     * @param model the file that was opened, for its name
     * @throws IOException when the report cannot be written; an existing file is then unchanged
     */
    public void write(Path file, String title, Map<String, Evaluation.Detail> details, Path model) throws IOException {
        write(file, title, null, details, List.of(), model, List.of());
    }

    /**
     * Writes the report: one HTML file that needs nothing else and no network.
     *
     * @param note shown before everything else; null = none
     * @param details of the run
     * @param timings of the stages before
     * @param model the file that was opened, for its name
     * @param next command lines that the reader can run
     * @throws IOException when the report cannot be written; an existing file is then unchanged
     */
    public void write(
            Path file,
            String title,
            String note,
            Map<String, Evaluation.Detail> details,
            List<Timing> timings,
            Path model,
            List<NextStep> next)
            throws IOException {
        ModelInfo info = inspector.model();
        TrainingSummary training = info.training();
        List<Branch> branches = new ArrayList<>();
        details.forEach((name, detail) -> branches.add(Branch.of(name, detail)));
        Run what = new Run(
                "trd4j " + ProductVersion.number(),
                info.backbone().key(),
                info.size(),
                info.modality().key(),
                training == null ? null : training.seed(),
                inspector.device() + ", " + inspector.precision().key() + ", " + inspector.threads() + " threads",
                ZonedDateTime.now().format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm z")),
                timings);
        HtmlReport.write(
                file,
                new ReportData(
                        title,
                        what,
                        note,
                        branches,
                        null,
                        training == null || training.curve() == null ? List.of() : training.curve(),
                        limits(info.thresholds()),
                        scores,
                        run.skipped(),
                        gallery,
                        HeatScale.COMBINED,
                        HeatScale.BRANCH,
                        cycleTime,
                        Seen.of(info.sensitivity(), info.thresholds()),
                        ModelCard.of(info, model, inspector.modelSha256()),
                        next));
    }

    private static List<Limit> limits(Thresholds thresholds) {
        List<Limit> limits = new ArrayList<>();
        for (ScoreBranch branch : ScoreBranch.values()) {
            if (!branch.alone()) {
                add(limits, branch, "NG", thresholds.of(branch).ng());
                add(limits, branch, "REVIEW", thresholds.of(branch).review());
            }
        }
        return limits;
    }

    private static void add(List<Limit> limits, ScoreBranch branch, String verdict, Threshold threshold) {
        if (threshold != null) {
            limits.add(new Limit(branch.key(), verdict, threshold.value()));
        }
    }
}
