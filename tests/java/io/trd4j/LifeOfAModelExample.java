package io.trd4j;

import io.trd4j.calibrate.CalibrationRun;
import io.trd4j.calibrate.Rate;
import io.trd4j.calibrate.ThresholdPlan;
import io.trd4j.calibrate.ThresholdRun;
import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.evaluate.EvaluationRun;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.Progress;
import io.trd4j.metrics.Evaluation;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.model.Thresholds.Limits;
import io.trd4j.report.TestReport;
import io.trd4j.sensitivity.SensitivityPlan;
import io.trd4j.sensitivity.SensitivityRun;
import io.trd4j.train.TrainingOptions;
import io.trd4j.train.TrainingPlan;
import io.trd4j.train.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The example of a model's life in src/docs/java.md, as it stands there: the command line's verbs from Java, on a
 * synthetic product.
 */
public final class LifeOfAModelExample {
    /** Lines for people. */
    public final List<String> log = new ArrayList<>();

    public void run(Path folder) throws IOException {
        // spotless:off
        // java.md: life from here
        Path model = folder.resolve("model.safetensors");
        Path category = folder.resolve("plate");                 // your parts, in the layout of MVTec 3D-AD
        SyntheticParts.write(category, SyntheticProduct.PLATE, 6, 10, 7, 64, 42, done -> { });
        Dataset parts = Dataset.open(category);

        // Training calibrates, too. Two epochs are too few: that is one of the warnings.
        TrainingOptions options = TrainingOptions.defaults().withSize(64).withBatch(4).withEpochs(2);
        TrainingRun.Result trained = new TrainingRun(TrainingPlan.of(options)).run(parts, model);
        trained.warnings().forEach(warning -> log.add(warning.message()));

        // Again, for an imported model, or after light or camera changed.
        CalibrationRun.run(model, parts, options.threads(), Progress.NONE);

        // At most 30 % of normal parts are NG, with 95 % confidence. Refused when there are too few parts for that.
        ThresholdRun thresholds = new ThresholdRun(ThresholdPlan.exact(Rate.of("30%")), parts);
        Thresholds set = thresholds.run(model, InspectorOptions.defaults(), Progress.NONE).thresholds();

        // How small a defect would be seen: pastes bumps, dents and stains onto the normal validation parts.
        SensitivityPlan plan = SensitivityPlan.usual().withTrials(2);              // quick and rough; usual are 10
        SensitivityRun.run(model, parts, InspectorOptions.defaults(), plan, Progress.NONE);

        try (Inspector inspector = Inspector.open(model)) {
            EvaluationRun evaluation = EvaluationRun.prepare(parts, inspector.model());
            TestReport report = new TestReport(evaluation, inspector);     // collects parts while they are inspected
            evaluation.inspect(inspector, report, Progress.NONE);
            Map<String, Evaluation.Detail> details = evaluation.details(); // combined, rgb, depth: metrics and curves
            evaluation.write(folder.resolve("results"), false, EvaluationRun.rows(details));
            report.write(folder.resolve("report.html"), "plate", details, model);

            Inspection inspection = inspector.newInspection();
            PartFiles part = parts.test().get(0);
            inspector.inspect(part.load(), inspection);
            log.add(part.id() + " is " + inspection.verdict() + ": score " + inspection.score() + ", threshold "
                    + set.combined().ng().value());
        }
        // java.md: life to here
        // spotless:on
    }

    // spotless:off
    // java.md: memory from here
    public void trainInMemory(List<Part> normal, List<Part> others, TrainingPlan plan, Path model) throws IOException {
        List<PartSource> validation = PartSource.inMemory(others);             // other normal parts: to calibrate on
        new TrainingRun(plan).run(PartSource.inMemory(normal), validation, model);
        ThresholdRun thresholds = new ThresholdRun(ThresholdPlan.exact(Rate.of("30%")), validation, List.of());
        thresholds.run(model, InspectorOptions.defaults(), Progress.NONE);     // List.of(): parts with a defect, none here
        try (Inspector inspector = Inspector.open(model)) {
            Inspection result = inspector.newInspection();
            inspector.inspect(others.get(0), result);
            Limits limits = new Limits(Threshold.byHand(result.score() - 1), null);      // an operator moves the limit:
            inspector.setThresholds(result.thresholds().with(ScoreBranch.COMBINED, limits));
            inspector.inspect(others.get(0), result);                                    // from this part on; it is NG now
            log.add(result.verdict() + " by " + result.calibrationSha256());
        }
    }
    // java.md: memory to here
    // spotless:on
}
