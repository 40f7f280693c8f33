package io.trd4j;

import io.trd4j.calibrate.CalibrationRun;
import io.trd4j.calibrate.Rate;
import io.trd4j.calibrate.ThresholdPlan;
import io.trd4j.calibrate.ThresholdRun;
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
import io.trd4j.report.TestReport;
import io.trd4j.train.TrainingOptions;
import io.trd4j.train.TrainingPlan;
import io.trd4j.train.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The documents' example of training from Java: everything that the command line does with a model, on a small synthetic product. */
public final class LifeOfAModelExample {
    public final List<String> log = new ArrayList<>();

    public void run(Path folder) throws IOException {
        // README: life from here
        Path model = folder.resolve("model.safetensors");
        Path category = folder.resolve("plate");                       // your parts, in the layout of MVTec 3D-AD
        SyntheticParts.write(category, SyntheticProduct.PLATE, 6, 10, 7, 64, 42, done -> { });
        Dataset parts = Dataset.open(category);

        TrainingOptions options = TrainingOptions.defaults().withSize(64).withBatch(4).withEpochs(2);    // too few: an example
        TrainingRun.Result trained = new TrainingRun(TrainingPlan.of(options)).run(parts, model);        // calibrates, too
        trained.warnings().forEach(warning -> log.add(warning.message()));

        CalibrationRun.run(model, parts, options.threads(), Progress.NONE);       // again, for other parts or an imported model

        ThresholdPlan plan = ThresholdPlan.exact(Rate.of("30%"));                 // at most 30% of normal parts NG, 95% sure
        ThresholdRun thresholds = new ThresholdRun(plan, parts);                  // refuses when there are too few parts for that
        double ng = thresholds.run(model, InspectorOptions.defaults(), Progress.NONE).thresholds().combined().ng().value();

        try (Inspector inspector = Inspector.open(model)) {
            EvaluationRun evaluation = EvaluationRun.prepare(parts, inspector.model());
            TestReport report = new TestReport(evaluation, inspector);            // collects the parts while they are inspected
            evaluation.inspect(inspector, report, Progress.NONE);
            Map<String, Evaluation.Detail> details = evaluation.details();        // "combined", "rgb", "depth": metrics, curves
            evaluation.write(folder.resolve("results"), false, EvaluationRun.rows(details));
            report.write(folder.resolve("report.html"), "plate", details, model);

            Inspection inspection = inspector.newInspection();
            PartFiles part = parts.test().get(0);
            inspector.inspect(part.load(), inspection);
            log.add(part.id() + " " + inspection.verdict() + ": score " + inspection.score() + ", NG above " + ng);
        }
        // README: life to here
    }
}
