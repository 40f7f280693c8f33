package io.trd4j.cli;

import io.trd4j.calibrate.Rate;
import io.trd4j.calibrate.ThresholdPlan;
import io.trd4j.calibrate.ThresholdRun;
import io.trd4j.cli.options.AutoNumber;
import io.trd4j.cli.options.ComputeOptions;
import io.trd4j.cli.options.Refused;
import io.trd4j.cli.options.SensitivityOption;
import io.trd4j.cli.options.SignatureNote;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.prepare.SobelAperture;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.evaluate.EvaluationRun;
import io.trd4j.inspect.DeviceChoice;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.TrainingDevice;
import io.trd4j.io.AtomicFile;
import io.trd4j.io.FileTrees;
import io.trd4j.io.InputException;
import io.trd4j.io.OptionException;
import io.trd4j.io.Progress;
import io.trd4j.io.Stop;
import io.trd4j.io.Writable;
import io.trd4j.metrics.Evaluation;
import io.trd4j.metrics.MetricsRow;
import io.trd4j.model.Backbone;
import io.trd4j.model.Modality;
import io.trd4j.model.Precision;
import io.trd4j.model.Thresholds;
import io.trd4j.model.network.TorchDevice;
import io.trd4j.report.OfficialTable;
import io.trd4j.report.ReportData.NextStep;
import io.trd4j.report.ReportData.Timing;
import io.trd4j.report.TestReport;
import io.trd4j.report.ThresholdText;
import io.trd4j.train.Schedule;
import io.trd4j.train.TrainingLength;
import io.trd4j.train.TrainingOptions;
import io.trd4j.train.TrainingPlan;
import io.trd4j.train.TrainingRun;
import io.trd4j.train.TrainingWarning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code trd demo}: the main job from beginning to end on synthetic parts, in minutes, without any download or option.
 */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Make a synthetic category, train on its normal parts, calibrate, set thresholds, evaluate, "
                + "inspect its test parts and write an HTML report.")
final class DemoCommand implements Callable<Integer> {
    // Chosen so that training takes two to four minutes on 2 cores. One easy category: benchmarks/detection has the
    // others.
    private static final SyntheticProduct SHAPE = SyntheticProduct.PLATE;
    private static final int PART_PIXELS = 256;
    private static final int TRAIN_PARTS = 40;
    private static final int VALIDATION_PARTS = 60;
    private static final int TEST_PARTS = 28;
    private static final Backbone BACKBONE = Backbone.RESNET18;
    private static final Modality MODALITY = Modality.METRIC;
    private static final int SIZE = 128;
    private static final int BATCH = 8;
    private static final int AUTO_EPOCHS = 20;
    private static final double LEARNING_RATE = 0.005;

    /**
     * With 60 normal parts, 5% is about the lowest rate of false rejects that can be promised with 95% confidence: 59
     * are needed.
     */
    private static final ThresholdPlan THRESHOLDS =
            ThresholdPlan.exact(new Rate(0.05)).withReview(new Rate(0.1));

    /** Says that the parts beside it were drawn by a demo, and may be replaced by the next one. */
    private static final String MARK = ".trd-demo";

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "trd-demo",
            description = "Folder for data, model, results and report; what an earlier demo left there is replaced "
                    + "(default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "42", description = "Seed (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--epochs",
            paramLabel = "auto|N",
            defaultValue = "auto",
            converter = AutoNumber.Converter.class,
            description = "Epochs; auto = " + AUTO_EPOCHS + " (default: ${DEFAULT-VALUE}).")
    private AutoNumber epochs;

    @Mixin
    private ComputeOptions inference;

    @Mixin
    private SensitivityOption sensitivity;

    @Override
    public Integer call() throws IOException {
        int threads = inference.cpuThreads();
        TrainingOptions options;
        try {
            options = new TrainingOptions(
                    BACKBONE,
                    SIZE,
                    MODALITY,
                    SobelAperture.FALLBACK,
                    new Schedule(Schedule.Kind.STEPS, epochs.orElse(AUTO_EPOCHS), LEARNING_RATE),
                    BATCH,
                    seed,
                    threads,
                    TorchDevice.CPU,
                    TrainingDevice.precision(Precision.AUTO, TorchDevice.CPU));
        } catch (OptionException e) {
            throw Refused.of(e);
        }
        Path data = out.resolve("data");
        Path category = data.resolve(SHAPE.key());
        Path model = out.resolve("model.safetensors");
        Path results = out.resolve("results");
        Path report = out.resolve("report").resolve("index.html");
        Writable.requireFile(model);
        Writable.requireFile(report);
        Writable.requireFolder(results);
        removeEarlier(category, data.resolve(MARK));

        List<Timing> timings = new ArrayList<>();
        long start = System.nanoTime();
        try (Progress.Task task =
                Stop.task(ConsoleProgress.STDERR, "Drawing parts", TRAIN_PARTS + VALIDATION_PARTS + TEST_PARTS)) {
            SyntheticParts.write(
                    category, SHAPE, TRAIN_PARTS, VALIDATION_PARTS, TEST_PARTS, PART_PIXELS, seed, task::at);
        }
        start = lap(timings, "synthetic parts", start);
        SignatureNote note = SignatureNote.of(model);

        Dataset dataset = Dataset.open(category);
        // The drift reference comes with the thresholds.
        TrainingPlan plan = TrainingPlan.of(options).withChoosesEpochs(false).withDriftReference(false);
        // The demo trains shortly on purpose, and says so at its end.
        TrainingText text = new TrainingText(warning -> warning.kind() != TrainingWarning.Kind.NOT_CONVERGED);
        TrainingRun.Result trained = new TrainingRun(plan, text, ConsoleProgress.STDERR).run(dataset, model);
        start = lap(timings, "training and calibration", start);

        InspectorOptions inspection = inference.options().withDevice(DeviceChoice.CPU);
        Thresholds thresholds = new ThresholdRun(THRESHOLDS, dataset)
                .run(model, inspection, ConsoleProgress.STDERR)
                .thresholds();
        start = lap(timings, "thresholds", start);
        List<String> smallest = sensitivity.measure(model, dataset, inspection, ConsoleProgress.STDERR);
        start = lap(timings, "sensitivity", start);
        note.print();

        Map<String, MetricsRow> rows;
        EvaluationRun run;
        try (Inspector inspector = Inspector.open(model, inspection)) {
            inspector.warmUp();
            run = EvaluationRun.prepare(dataset, inspector.model());
            TestReport pages = new TestReport(run, inspector);
            run.inspect(inspector, pages, ConsoleProgress.STDERR);
            Map<String, Evaluation.Detail> details = run.details();
            rows = EvaluationRun.rows(details);
            run.write(results, false, rows);
            lap(timings, "inspection and metrics", start);
            pages.write(
                    report,
                    "trd4j demo: synthetic " + SHAPE.key(),
                    TEACHER_NOTE,
                    details,
                    timings,
                    model,
                    nextSteps(model, category));
        }

        System.out.println();
        System.out.print(OfficialTable.of(rows));
        System.out.println();
        System.out.println(trained.alignment().reason());
        System.out.println(trained.metric());
        ThresholdText.lines(thresholds).forEach(System.out::println);
        smallest.forEach(System.out::println);
        EvaluationText.verdicts(run).forEach(System.out::println);
        System.out.println();
        int epochCount = trained.history().size();
        System.out.println(
                "The demo trains shortly on purpose: " + epochCount + (epochCount == 1 ? " epoch" : " epochs")
                        + ". trd train takes about " + TrainingLength.AUTO_STEPS + " steps, at least "
                        + TrainingLength.MIN_AUTO_EPOCHS + " epochs.");
        System.out.println(TEACHER_NOTE);
        System.out.println();
        System.out.println("look at it  open " + report.toAbsolutePath() + " in a browser");
        System.out.println("one part    " + inspectOne(model, category, out.resolve("part")));
        System.out.println("your parts  ./trd train --data CATEGORY --out model.safetensors --teacher imagenet   "
                + "(CATEGORY/{train,validation,test}/good/{rgb,xyz}, as in MVTec 3D-AD)");
        System.out.println("documents   README.md, then src/docs/using.md");
        return 0;
    }

    private static final String TEACHER_NOTE =
            "The teacher is trd4j's own, trained on images that formulas draw, not on photographs. "
                    + "For production --teacher imagenet is recommended.";

    private static String inspectOne(Path model, Path category, Path results) {
        return "./trd inspect --model " + model + " --rgb " + category.resolve("test/hole/rgb/000.png") + " --xyz "
                + category.resolve("test/hole/xyz/000.tiff") + " --out " + results;
    }

    private static long lap(List<Timing> timings, String stage, long start) {
        long now = System.nanoTime();
        timings.add(new Timing(stage, (now - start) / 1e9));
        return now;
    }

    private static List<NextStep> nextSteps(Path model, Path category) {
        return List.of(
                new NextStep(
                        "Train on your own parts",
                        "./trd train --data CATEGORY --out model.safetensors --teacher imagenet --backbone "
                                + "wide_resnet50_2"),
                new NextStep(
                        "Evaluate on labelled test parts",
                        "./trd evaluate --model model.safetensors --data CATEGORY --out results"),
                new NextStep("Inspect one part", inspectOne(model, category, Path.of("part"))));
    }

    /**
     * Removes the synthetic category of an earlier demo, and nothing else: a category of that name may be the user's
     * own.
     */
    private static void removeEarlier(Path category, Path mark) throws IOException {
        if (!Files.exists(category)) {
            AtomicFile.write(mark, "");
            return;
        }
        if (!Files.exists(mark)) {
            throw new InputException(category + " was not made by trd demo; choose another --out, or move it away");
        }
        FileTrees.delete(category);
    }
}
