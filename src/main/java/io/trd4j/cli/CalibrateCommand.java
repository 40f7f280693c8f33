package io.trd4j.cli;

import io.trd4j.calibrate.CalibrationOptions;
import io.trd4j.calibrate.CalibrationRun;
import io.trd4j.calibrate.RoiChoice;
import io.trd4j.calibrate.ThresholdPlan;
import io.trd4j.calibrate.ThresholdRun;
import io.trd4j.cli.options.ComputeOptions;
import io.trd4j.cli.options.PointOptions;
import io.trd4j.cli.options.SensitivityOption;
import io.trd4j.cli.options.SignatureNote;
import io.trd4j.cli.options.SkipBroken;
import io.trd4j.cli.options.ThresholdOptions;
import io.trd4j.data.PartNotFoundException;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.SkippedParts;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.InputException;
import io.trd4j.io.Writable;
import io.trd4j.model.Calibration;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import io.trd4j.model.PrecisionTests;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.ScoreBranch;
import io.trd4j.report.RoiText;
import io.trd4j.report.ThresholdText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code trd calibrate}: calibrates an imported model, or an existing one anew, or sets a calibrated model's
 * thresholds.
 */
@Command(
        name = "calibrate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Without an option about thresholds: measure the maps' mean and standard deviation on a category's normal "
                    + "validation parts, test the precisions and write both into the model file, with the "
                    + "parts' statistics, to which trd monitor compares. Thresholds the model had are dropped: they "
                    + "belong to the old calibration.",
            "With --false-reject-rate, --review-rate or --method: set thresholds, and keep the calibration of a "
                    + "model that has one. The parts must be others than those it was trained on.",
            "With --roi: set or remove the region of interest and calibrate anew; then set thresholds, when asked to."
        })
final class CalibrateCommand implements Callable<Integer> {
    /** The word that is no file. */
    private static final String NONE = "none";

    @Option(names = "--model", required = true, paramLabel = "FILE", description = "The model file; replaced.")
    private Path model;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "CATEGORY",
            description = "Folder of the category, whose validation/good parts are used; its test parts with --method "
                    + "max-f1 and fnr.")
    private Path data;

    @Option(
            names = "--roi",
            paramLabel = "FILE|none",
            description =
                    "What counts from now on: an image, white where pixels do, or JSON of polygons; none = everything. "
                            + "When not given, the model's region of interest stays.")
    private Path roi;

    @Mixin
    private PointOptions points;

    @Mixin
    private SkipBroken broken;

    @Mixin
    private ThresholdOptions thresholds;

    @Mixin
    private SensitivityOption sensitivity;

    @Mixin
    private ComputeOptions inference;

    @Override
    public Integer call() throws IOException {
        SignatureNote note = SignatureNote.of(model);
        try {
            return run();
        } catch (PartNotFoundException e) {
            throw SkipBroken.refused(e);
        } finally {
            note.print();
        }
    }

    private int run() throws IOException {
        InspectorOptions options = inference.options();
        Writable.requireFile(model);
        if (!thresholds.given()) {
            if (options.precision() != Precision.AUTO) {
                throw new InputException(
                        "--precision belongs to thresholds; the calibration itself is measured in fp32");
            }
            Dataset dataset = dataset(List.of(), false);
            print(CalibrationRun.run(
                    model, dataset, new CalibrationOptions(region(), inference.cpuThreads()), ConsoleProgress.STDERR));
            printSensitivity(dataset, options);
            return 0;
        }
        ThresholdPlan plan = thresholds.plan();
        Dataset dataset = dataset(plan.branches(), plan.labelled());
        ModelInfo info = ModelFile.readInfo(model);
        boolean calibrated = roi == null && info.calibration() != null;
        RegionOfInterest counted = region().resolve(info, dataset);
        ThresholdRun run = new ThresholdRun(plan, dataset);
        if (!calibrated) {
            print(CalibrationRun.run(model, dataset, counted, inference.cpuThreads(), ConsoleProgress.STDERR));
        }
        ThresholdRun.Result set = run.run(model, options, ConsoleProgress.STDERR);
        set.doubtful()
                .forEach(branch ->
                        System.err.println("trd: the tail of the " + branch.key() + " scores does not look like a "
                                + "generalised Pareto distribution (p below " + ThresholdRun.DOUBTFUL
                                + "): do not rely on its rate; add normal parts and leave --method tail away"));
        set.notes().forEach(note -> System.err.println("trd: " + note.message()));
        ThresholdText.lines(set.thresholds()).forEach(System.out::println);
        printSensitivity(dataset, options);
        return 0;
    }

    private Dataset dataset(List<ScoreBranch> branches, boolean labelled) throws IOException {
        SkippedParts skipped = new SkippedParts(broken);
        Dataset readable = broken.openReadable(points.convention(), data, skipped);
        Dataset dataset = broken.found(model, readable, branches, labelled, skipped, ConsoleProgress.STDERR);
        broken.summarise();
        skipped.requireUsable(data, SkippedParts.VALIDATION, dataset.validation());
        if (labelled) {
            skipped.requireUsable(data, SkippedParts.TEST, dataset.test());
        }
        return dataset;
    }

    private void printSensitivity(Dataset dataset, InspectorOptions options) throws IOException {
        sensitivity.measure(model, dataset, options, ConsoleProgress.STDERR).forEach(System.out::println);
    }

    private RoiChoice region() {
        return roi == null ? RoiChoice.KEPT : roi.toString().equals(NONE) ? RoiChoice.EVERYTHING : RoiChoice.of(roi);
    }

    private void print(CalibrationRun.Result result) {
        result.warnings().forEach(warning -> System.err.println("trd: " + warning));
        RegionOfInterest region = result.model().regionOfInterest();
        Calibration calibration = result.model().calibration();
        PrecisionTests precisions = result.model().precisions();
        System.out.println("calibrated " + model + " on " + result.parts() + " parts: rgb " + calibration.meanRgb()
                + " +- " + calibration.stdRgb() + ", depth " + calibration.meanDepth() + " +- "
                + calibration.stdDepth());
        if (region != null || roi != null) {
            System.out.println(RoiText.of(region));
        }
        if (precisions != null) {
            System.out.println("precisions: " + text(Precision.BF16, precisions.bf16()) + ", "
                    + text(Precision.INT8, precisions.int8()));
        }
    }

    private static String text(Precision precision, PrecisionTests.Accuracy accuracy) {
        return precision.key()
                + (accuracy == null
                        ? " not tested (this CPU has no instructions for it)"
                        : String.format(
                                Locale.ROOT,
                                " %s (map correlation %.5f, score error %.4f)",
                                accuracy.passed() ? "passed" : "failed",
                                accuracy.correlation(),
                                accuracy.scoreError()));
    }
}
