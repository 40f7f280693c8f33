package io.trd4j.cli;

import io.trd4j.calibrate.PreparedParts;
import io.trd4j.calibrate.RoiChoice;
import io.trd4j.cli.options.AutoNumber;
import io.trd4j.cli.options.DeviceOptions;
import io.trd4j.cli.options.GeometryOptions;
import io.trd4j.cli.options.PointOptions;
import io.trd4j.cli.options.Refused;
import io.trd4j.cli.options.ResumeHint;
import io.trd4j.cli.options.SensitivityOption;
import io.trd4j.cli.options.SignatureNote;
import io.trd4j.cli.options.SkipBroken;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.SkippedParts;
import io.trd4j.data.prepare.SobelAperture;
import io.trd4j.inspect.TrainingDevice;
import io.trd4j.io.InputException;
import io.trd4j.io.OptionException;
import io.trd4j.io.Writable;
import io.trd4j.model.Backbone;
import io.trd4j.model.EpochLoss;
import io.trd4j.model.Precision;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.TeacherWeights;
import io.trd4j.model.network.TorchDevice;
import io.trd4j.report.RoiText;
import io.trd4j.train.Align;
import io.trd4j.train.Schedule;
import io.trd4j.train.TrainingLength;
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

    @Mixin
    private GeometryOptions geometry;

    @Option(
            names = "--align",
            paramLabel = "auto|pose|crop|none",
            defaultValue = "auto",
            description =
                    "Whether parts are laid onto a mean normal part before they are looked at, position by "
                            + "position; crop = a square around each part alone; auto = pose where the normal parts lie well over each other (default: ${DEFAULT-VALUE}).")
    private Align align;

    @Option(
            names = "--epochs",
            paramLabel = "auto|N",
            defaultValue = "auto",
            converter = AutoNumber.Converter.class,
            description = "Epochs; auto = with --schedule steps as many as have 400 steps, but at least 10; with "
                    + "--schedule epochs until the loss of the normal validation parts falls no more; at most "
                    + Schedule.PAPER_EPOCHS + " (default: ${DEFAULT-VALUE}).")
    private AutoNumber epochs;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "In place of --epochs: the fewest epochs that have at least N steps.")
    private Integer steps;

    @Option(
            names = "--schedule",
            paramLabel = "steps|epochs",
            defaultValue = "steps",
            description = "How the learning rate falls: by steps, half a cosine to 0 at the end; or by epochs, x0.95 "
                    + "each, as in the paper (default: ${DEFAULT-VALUE}).")
    private Schedule.Kind schedule;

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
            description = "Learning rate of the first step (default: ${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(
            names = "--size",
            paramLabel = "PX",
            defaultValue = "256",
            description = "Input size S, a multiple of 32 (default: ${DEFAULT-VALUE}).")
    private int size;

    @Option(
            names = "--train-precision",
            paramLabel = "auto|fp32|bf16",
            defaultValue = "auto",
            description =
                    "Arithmetic of the students' convolutions while they learn; weights and sums stay fp32; auto = "
                            + "bf16 where the CPU or GPU has instructions for it, else fp32 (default: ${DEFAULT-VALUE}).")
    private Precision precision;

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
        SignatureNote note = SignatureNote.of(out);
        try {
            return run();
        } finally {
            note.print();
        }
    }

    private int run() throws IOException {
        if (stateSeconds < 0) {
            throw new InputException("--state-every must not be negative, not " + stateSeconds);
        }
        if (steps != null && !epochs.auto()) {
            throw new InputException("--steps and --epochs both say how long to train; give one of them");
        }
        Backbone architecture = Backbone.of(backbone);
        TorchDevice where = device.training();
        TrainingOptions options;
        try {
            options = new TrainingOptions(
                    architecture,
                    size,
                    geometry.modality(),
                    geometry.normalKernel().orElse(SobelAperture.FALLBACK),
                    new Schedule(schedule, epochs.orElse(Schedule.PAPER_EPOCHS), learningRate),
                    batch,
                    seed,
                    device.threads(),
                    where,
                    TrainingDevice.precision(precision, where));
            if (steps != null) {
                TrainingLength.ofSteps(options, steps, 0);
            }
        } catch (OptionException e) {
            throw Refused.of(e);
        }
        Writable.requireOther("--out", out, "--teacher", teacher);
        if (roi != null) {
            Writable.requireOther("--out", out, "--roi", roi);
        }
        SkippedParts skipped = new SkippedParts(broken);
        Dataset dataset = broken.openReadable(points.convention(), data, skipped);
        skipped.requireUsable(data, SkippedParts.TRAINING, dataset.train());
        RegionOfInterest region = roi == null ? null : RoiChoice.read(roi, size, dataset);
        options = options.withModality(geometry.modality(dataset.train()));
        if (steps != null) {
            options = TrainingLength.ofSteps(
                    options, steps, PreparedParts.normal(dataset.train()).size());
        }
        TrainingPlan plan = TrainingPlan.of(options)
                .withChoosesEpochs(epochs.auto() && steps == null)
                .withChoosesAperture(geometry.normalKernel().auto())
                .withTeacher(teacher)
                .withRegionOfInterest(region)
                .withStateSeconds(stateSeconds)
                .withResumes(resume)
                .withAlign(align);
        ResumeHint.register(TrainingRun.state(out));
        TrainingRun.Result result = new TrainingRun(
                        plan, new TrainingText(warning -> true), broken, ConsoleProgress.STDERR)
                .run(dataset, out);
        broken.summarise();
        print(result, region);
        sensitivity
                .measure(
                        out,
                        broken.found(out, dataset, List.of(), false, new SkippedParts(broken), ConsoleProgress.STDERR),
                        device.inspection(),
                        ConsoleProgress.STDERR)
                .forEach(System.out::println);
        printNext();
        return 0;
    }

    private void print(TrainingRun.Result result, RegionOfInterest region) {
        List<EpochLoss> history = result.history();
        EpochLoss last = history.get(history.size() - 1);
        System.out.println(result.alignment().reason());
        if (result.aperture() != null) {
            System.out.println(result.aperture());
        }
        if (result.metric() != null) {
            System.out.println(result.metric());
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
