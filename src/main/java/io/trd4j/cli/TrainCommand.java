package io.trd4j.cli;

import io.trd4j.calibrate.RoiChoice;
import io.trd4j.cli.options.AutoNumber;
import io.trd4j.cli.options.DeviceOptions;
import io.trd4j.cli.options.OutputChecks;
import io.trd4j.cli.options.PointOptions;
import io.trd4j.cli.options.Refused;
import io.trd4j.cli.options.ResumeHint;
import io.trd4j.cli.options.SensitivityOption;
import io.trd4j.cli.options.SkipBroken;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.prepare.SobelAperture;
import io.trd4j.io.InputException;
import io.trd4j.io.OptionException;
import io.trd4j.model.Backbone;
import io.trd4j.model.EpochLoss;
import io.trd4j.model.Modality;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.TeacherWeights;
import io.trd4j.report.RoiText;
import io.trd4j.train.TrainingOptions;
import io.trd4j.train.TrainingPlan;
import io.trd4j.train.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code trd train}: from normal parts to a calibrated model file. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Train a model on a category's normal parts and calibrate it on its validation parts.")
final class TrainCommand implements Callable<Integer> {
    @Option(
            names = "--data",
            required = true,
            paramLabel = "CATEGORY",
            description = "Folder of one category: MVTec 3D-AD or Eyecandies layout.")
    private Path data;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "The model file to write (safetensors).")
    private Path out;

    @Option(
            names = "--backbone",
            paramLabel = "NAME",
            defaultValue = "resnet18",
            description = "The ResNet: resnet18, resnet34, resnet50 or wide_resnet50_2, the paper's (default: "
                    + "${DEFAULT-VALUE}).")
    private String backbone;

    @Option(
            names = "--teacher",
            paramLabel = "embedded|imagenet|random|FILE",
            defaultValue = TeacherWeights.EMBEDDED,
            description = "The teacher's weights: trd4j's own of resnet18, which need no download; torchvision's "
                    + "ImageNet weights "
                    + "(downloaded once; recommended for production); seeded random ones; or a .pth or "
                    + ".safetensors file (default: ${DEFAULT-VALUE}).")
    private String teacher;

    @Option(
            names = "--modality",
            paramLabel = "depth|normals",
            defaultValue = "normals",
            description = "What the second branch sees (default: ${DEFAULT-VALUE}).")
    private Modality modality;

    @Option(
            names = "--normal-kernel",
            paramLabel = "auto|3|5|7",
            defaultValue = "auto",
            converter = AutoNumber.Converter.class,
            description = "Sobel aperture for surface normals; auto = the smallest with which small dents stand out "
                    + "from the sensor's noise on normal validation parts (default: ${DEFAULT-VALUE}).")
    private AutoNumber normalKernel;

    @Option(
            names = "--epochs",
            paramLabel = "auto|N",
            defaultValue = "auto",
            converter = AutoNumber.Converter.class,
            description = "Epochs; auto = until the loss of the normal validation parts falls no more, at most "
                    + TrainingOptions.PAPER_EPOCHS + " (default: ${DEFAULT-VALUE}).")
    private AutoNumber epochs;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "16",
            description = "Parts per step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--lr",
            paramLabel = "RATE",
            defaultValue = "0.005",
            description = "Learning rate of the first epoch; x0.95 per epoch (default: ${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(
            names = "--size",
            paramLabel = "PX",
            defaultValue = "256",
            description = "Input size S, a multiple of 32 (default: ${DEFAULT-VALUE}).")
    private int size;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "42", description = "Seed (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--roi",
            paramLabel = "FILE",
            description =
                    "What counts: an image, white where pixels do, or JSON of polygons; nothing outside counts for "
                            + "calibration and scores. Training sees whole images.")
    private Path roi;

    @Mixin
    private PointOptions points;

    @Mixin
    private SkipBroken broken;

    @Mixin
    private DeviceOptions device;

    @Mixin
    private SensitivityOption sensitivity;

    @Option(names = "--resume", description = "Continue from FILE.state when an earlier run left one.")
    private boolean resume;

    @Option(
            names = "--state-every",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "Write FILE.state at the end of an epoch when this long has passed; 0 = after every epoch "
                    + "(default: ${DEFAULT-VALUE}).")
    private int stateSeconds;

    @Override
    public Integer call() throws IOException {
        if (stateSeconds < 0) {
            throw new InputException("--state-every must not be negative, not " + stateSeconds);
        }
        Backbone architecture = Backbone.of(backbone);
        TrainingOptions options;
        try {
            options = new TrainingOptions(
                    architecture,
                    size,
                    modality,
                    normalKernel.orElse(SobelAperture.FALLBACK),
                    epochs.orElse(TrainingOptions.PAPER_EPOCHS),
                    batch,
                    learningRate,
                    seed,
                    device.threads(),
                    device.training());
        } catch (OptionException e) {
            throw Refused.of(e);
        }
        OutputChecks.requireNew("--out", out, "--teacher", teacher);
        if (roi != null) {
            OutputChecks.requireNew("--out", out, "--roi", roi);
        }
        Dataset dataset = broken.openReadable(points.convention(), data);
        broken.summarise();
        RegionOfInterest region = roi == null ? null : RoiChoice.read(roi, size, dataset);
        TrainingPlan plan = TrainingPlan.of(options)
                .withStopsWhenConverged(epochs.auto())
                .withChoosesAperture(normalKernel.auto())
                .withTeacher(teacher)
                .withRegionOfInterest(region)
                .withStateSeconds(stateSeconds)
                .withResumes(resume);
        ResumeHint hint = ResumeHint.register(TrainingRun.state(out));
        TrainingRun.Result result;
        try {
            result = new TrainingRun(plan, new TrainingText(warning -> true), ConsoleProgress.STDERR).run(dataset, out);
        } finally {
            hint.remove();
        }
        print(result, region);
        sensitivity
                .measure(out, dataset, device.inspection(), ConsoleProgress.STDERR)
                .forEach(System.out::println);
        printNext();
        return 0;
    }

    private void print(TrainingRun.Result result, RegionOfInterest region) {
        List<EpochLoss> history = result.history();
        EpochLoss last = history.get(history.size() - 1);
        if (result.aperture() != null) {
            System.out.println(result.aperture());
        }
        System.out.println(String.format(
                Locale.ROOT,
                "wrote %s: %d epoch%s, final loss rgb %.4f, depth %.4f%s",
                out,
                history.size(),
                history.size() == 1 ? "" : "s",
                last.rgb(),
                last.depth(),
                !last.validated()
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                "; of the validation parts %.4f, %.4f",
                                last.validationRgb(),
                                last.validationDepth())));
        if (region != null) {
            System.out.println(RoiText.of(region));
        }
    }

    private void printNext() {
        if (teacher.equals(TrainingPlan.RANDOM_TEACHER)) {
            System.out.println(
                    "The teacher has random weights; the embedded ones and those of --teacher imagenet detect better.");
        } else if (teacher.equals(TeacherWeights.EMBEDDED)) {
            System.out.println(
                    "The teacher is the embedded one, trained on formulas; for production --teacher imagenet is "
                            + "recommended.");
        }
        System.out.println("next: trd evaluate --model " + out + " --data " + data + " --out results");
    }
}
