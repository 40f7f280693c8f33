package example;

import io.trd4j.calibrate.CalibrationOptions;
import io.trd4j.calibrate.CalibrationRun;
import io.trd4j.calibrate.Rate;
import io.trd4j.calibrate.ThresholdPlan;
import io.trd4j.calibrate.ThresholdRun;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.evaluate.EvaluationRun;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.Progress;
import io.trd4j.report.ReportOptions;
import io.trd4j.report.TestReport;
import io.trd4j.train.TrainingOptions;
import io.trd4j.train.TrainingPlan;
import io.trd4j.train.TrainingRun;
import java.nio.file.Path;

/** Trains, calibrates, sets thresholds, evaluates and reports: {@code LifeOfAModel FOLDER}. */
public final class LifeOfAModel {
    private LifeOfAModel() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        Path model = folder.resolve("model.safetensors");
        SyntheticParts.write(folder.resolve("plate"), SyntheticProduct.PLATE, 6, 10, 7, 64, 42, done -> {});
        Dataset parts = Dataset.open(folder.resolve("plate"));
        TrainingOptions options =
                TrainingOptions.defaults().withSize(64).withBatch(4).withEpochs(2);
        new TrainingRun(TrainingPlan.of(options)).run(parts, model);
        CalibrationRun.run(model, parts, CalibrationOptions.defaults(), Progress.NONE);
        new ThresholdRun(ThresholdPlan.exact(Rate.of("30%")), parts)
                .run(model, InspectorOptions.defaults(), Progress.NONE);
        TestReport.Written tested =
                TestReport.write(model, parts, folder.resolve("report.html"), ReportOptions.defaults(), Progress.NONE);
        tested.evaluation().write(folder.resolve("results"), false, EvaluationRun.rows(tested.details()));
    }
}
