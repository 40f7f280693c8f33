package io.trd4j;

import io.trd4j.bench.BenchOptions;
import io.trd4j.bench.BenchResult;
import io.trd4j.bench.BenchRun;
import io.trd4j.calibrate.CalibrationOptions;
import io.trd4j.calibrate.CalibrationRun;
import io.trd4j.calibrate.Rate;
import io.trd4j.calibrate.RoiChoice;
import io.trd4j.calibrate.ThresholdPlan;
import io.trd4j.calibrate.ThresholdRun;
import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.drift.MonitoringPlan;
import io.trd4j.drift.MonitoringRun;
import io.trd4j.evaluate.EvaluationRun;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.Progress;
import io.trd4j.model.Backbone;
import io.trd4j.model.Checkpoints;
import io.trd4j.model.ImportOptions;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.model.Thresholds.Limits;
import io.trd4j.report.ReportOptions;
import io.trd4j.report.TestReport;
import io.trd4j.sensitivity.SensitivityPlan;
import io.trd4j.sensitivity.SensitivityRun;
import io.trd4j.train.TrainingOptions;
import io.trd4j.train.TrainingPlan;
import io.trd4j.train.TrainingRun;
import io.trd4j.train.pretrain.Pretext;
import io.trd4j.train.pretrain.PretrainOptions;
import io.trd4j.train.pretrain.PretrainRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
        CalibrationRun.run(model, parts, CalibrationOptions.defaults(), Progress.NONE);

        // At most 30 % of normal parts are NG, with 95 % confidence. Refused when there are too few parts for that.
        ThresholdRun thresholds = new ThresholdRun(ThresholdPlan.exact(Rate.of("30%")), parts);
        Thresholds set = thresholds.run(model, InspectorOptions.defaults(), Progress.NONE).thresholds();

        // How small a defect would be seen: pastes bumps, dents and stains onto the normal validation parts.
        SensitivityPlan plan = SensitivityPlan.usual().withTrials(2);              // quick and rough; usual are 10
        SensitivityRun.run(model, parts, InspectorOptions.defaults(), plan, Progress.NONE);

        // The labelled test parts: one HTML file, and tables. details(): metrics and curves of combined, rgb, depth.
        TestReport.Written tested =
                TestReport.write(model, parts, folder.resolve("report.html"), ReportOptions.defaults(), Progress.NONE);
        tested.evaluation().write(folder.resolve("results"), false, EvaluationRun.rows(tested.details()));

        try (Inspector inspector = Inspector.open(model)) {
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
    // java.md: other from here
    public void otherVerbs(Path checkpoint, Path teacher, Path category, Path folder) throws IOException {
        Path model = folder.resolve("imported.safetensors");
        ImportOptions official = ImportOptions.of(checkpoint, Modality.NORMALS)           // wide_resnet50_2, 256 pixels
                .withBackbone(Backbone.RESNET18).withSize(64).withTeacher(teacher.toString());
        Checkpoints.importModel(official, model, Progress.NONE);
        Dataset parts = Dataset.open(category);
        CalibrationRun.run(model, parts, CalibrationOptions.defaults().withRegion(RoiChoice.EVERYTHING), Progress.NONE);

        Limits limits = new Limits(Threshold.byHand(9.5), Threshold.byHand(7));           // NG above 9.5, REVIEW above 7
        ModelFile.replaceInfo(model, info -> info.withThresholds(Thresholds.NONE.with(ScoreBranch.COMBINED, limits)));

        MonitoringPlan windows = MonitoringPlan.defaults().withWindow(10).withFalseAlarmRate(0.05);
        MonitoringRun.Result drift = MonitoringRun.run(model, parts.validation(), windows);
        try (Inspector inspector = Inspector.open(model)) {
            BenchResult times = BenchRun.run(inspector, List.of(parts.test().get(0).load()), new BenchOptions(5, 1));
            log.add(drift.drifted() + ", " + times.part().p50() + " ms");
        }
        Checkpoints.export(model, folder.resolve("students.pth"), folder.resolve("teacher.pth")).forEach(log::add);

        PretrainOptions formulas =                                                        // 4000 steps are usual
                new PretrainOptions(Backbone.RESNET18, Pretext.DENSE, 1, 2, 32, 0.0015, 42, 1);
        new PretrainRun(formulas).run(folder.resolve("formulas.safetensors"), false);     // a teacher to train with
    }
    // java.md: other to here
    // spotless:on

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
