package io.trd4j.cli;

import io.trd4j.cli.options.ResumeHint;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.prepare.SobelAperture;
import io.trd4j.inspect.PrecisionCalibration;
import io.trd4j.io.AtomicFile;
import io.trd4j.io.InputException;
import io.trd4j.model.Calibration;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.PrecisionTests;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.TeacherWeights;
import io.trd4j.model.TrainingSummary;
import io.trd4j.model.network.Network;
import io.trd4j.train.Calibrator;
import io.trd4j.train.Convergence;
import io.trd4j.train.MeanFeature;
import io.trd4j.train.PreparedParts;
import io.trd4j.train.RandomTeacher;
import io.trd4j.train.Trainer;
import io.trd4j.train.Trainer.EpochLoss;
import io.trd4j.train.Trainer.ValidationLoss;
import io.trd4j.train.TrainingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.FloatPointer;

/** From a dataset to a calibrated model file, with progress: what {@code trd train} and {@code trd demo} share. */
final class TrainingRun {
    /** The teacher option that needs no file: seeded random weights. */
    static final String RANDOM_TEACHER = "random";

    private final TrainingOptions options;
    private final boolean stops;
    private final String teacher;
    private final RegionOfInterest roi;
    private final Path model;
    private final Path state;
    private final int stateSeconds;
    private String notConverged;

    /**
     * @param stops whether training ends by itself when it has converged, before the options' epochs are done
     * @param roi what counts in calibration and inspection, training sees whole images; null = everything
     * @param stateSeconds how often a state file is written, at the end of an epoch; negative = never
     */
    TrainingRun(TrainingOptions options, boolean stops, String teacher, RegionOfInterest roi, Path model, int stateSeconds) {
        this.options = options;
        this.stops = stops;
        this.teacher = teacher;
        this.roi = roi;
        this.model = model;
        this.stateSeconds = stateSeconds;
        state = model.resolveSibling(model.getFileName() + ".state");
    }

    /** The aperture for surface normals, chosen from the normal validation parts, or the training parts when there are none. */
    static SobelAperture chooseKernel(Dataset dataset, int size) throws IOException {
        List<PartFiles> validation = normal(dataset.validation());
        return SobelAperture.choose(validation.isEmpty() ? normal(dataset.train()) : validation, size);
    }

    private static List<PartFiles> normal(List<PartFiles> parts) {
        return parts.stream().filter(p -> !p.anomalous()).toList();
    }

    /**
     * Trains, calibrates and writes the model file, then warns on standard error of training parts unlike the others; returns the
     * losses of every epoch.
     */
    List<EpochLoss> run(Dataset dataset, boolean resume) throws IOException {
        AtomicFile.requireFile(model);
        AtomicFile.requireFile(state);
        List<PartFiles> normal = normal(dataset.train());
        if (normal.isEmpty()) {
            throw new InputException(dataset.category() + ": no normal training parts; put some under train/good");
        }
        List<PartFiles> validation = normal(dataset.validation());
        long start = System.nanoTime();
        try (Network network = new Network(options.backbone())) {
            // Before the parts are prepared: what is wrong with a teacher's file is then said at once.
            if (!teacher.equals(RANDOM_TEACHER)) {
                network.teacher().weights().load(TeacherWeights.load(teacher, options.backbone()));
            }
            return run(network, normal, validation, resume, start);
        }
    }

    /** Why the run that has ended has not converged, in one line; null when it has. */
    String notConverged() {
        return notConverged;
    }

    static void warn(String warning) {
        if (warning != null) {
            System.err.println("trd: " + warning);
        }
    }

    private List<EpochLoss> run(Network network, List<PartFiles> normal, List<PartFiles> validation, boolean resume, long start)
            throws IOException {
        try (PreparedParts parts = prepare(normal); PreparedParts validated = validation.isEmpty() ? null : prepare(validation)) {
            if (validation.isEmpty()) {
                System.err.println("trd: no normal validation parts: calibrating on the training parts, which makes scores of "
                        + "new parts too high; put some under validation/good");
            }
            if (teacher.equals(RANDOM_TEACHER)) {
                RandomTeacher.initialise(network.teacher(), options.seed(), parts, options.threads());
            }
            OutlierCheck outliers = new OutlierCheck(options.size(), parts, normal, roi, options.threads());
            List<EpochLoss> history = train(network, parts, outliers, validated, resume);
            EpochLoss last = history.get(history.size() - 1);
            int steps = history.size() * Trainer.stepsPerEpoch(parts.count(), options);
            PreparedParts prepared = validated == null ? parts : validated;
            Calibration calibration = calibrate(network, options.size(), prepared, roi, options.threads());
            ValidationLoss loss = last.validation();
            TrainingSummary summary = new TrainingSummary(history.size(), steps, options.batch(), options.learningRate(),
                    options.seed(), parts.count(), last.rgb(), last.depth(), loss == null ? null : loss.rgb(),
                    loss == null ? null : loss.depth(), (System.nanoTime() - start) / 1e9, teacher, curve(history));
            ModelInfo info = new ModelInfo(ModelInfo.FORMAT_VERSION, options.backbone(), options.size(), options.modality(),
                    options.normalKernel(), null, null, summary, ModelFile.teacherSha256(network.teacher().weights().sources("")))
                    .withRegionOfInterest(roi).withCalibration(calibration);
            // Written before the precisions are tested: whatever happens there, the trained model is not lost.
            ModelFile.write(model, info, network.sources());
            PrecisionTests precisions = testPrecisions(network, options.size(), calibration, roi, prepared, options.threads());
            ModelFile.write(model, info.withPrecisions(precisions), network.sources());
            Files.deleteIfExists(state);
            warn(outliers.warning(network));
            notConverged = Convergence.warning(history, validated == null ? null : MeanFeature.loss(network, validated, options.threads()));
            return history;
        }
    }

    private static List<TrainingSummary.Epoch> curve(List<EpochLoss> history) {
        return history.stream().map(epoch -> new TrainingSummary.Epoch(epoch.rgb(), epoch.depth(),
                epoch.validation() == null ? null : epoch.validation().rgb(),
                epoch.validation() == null ? null : epoch.validation().depth())).toList();
    }

    static PreparedParts prepare(List<PartFiles> parts, int size, Modality modality, int normalKernel) throws IOException {
        try (Progress progress = new Progress("Preparing", parts.size())) {
            return new PreparedParts(parts, size, modality, normalKernel, progress::at);
        }
    }

    private PreparedParts prepare(List<PartFiles> parts) throws IOException {
        return prepare(parts, options.size(), options.modality(), options.normalKernel());
    }

    private List<EpochLoss> train(Network network, PreparedParts parts, OutlierCheck outliers, PreparedParts validation, boolean resume)
            throws IOException {
        try (Trainer trainer = new Trainer(network, options, parts, validation)) {
            if (resume && Files.exists(state)) {
                trainer.resume(state);
                System.err.println("trd: resuming after epoch " + trainer.epochsDone() + " from " + state);
            } else if (resume) {
                System.err.println("trd: there is no " + state + ": starting from the beginning");
            }
            ResumeHint note = stateSeconds < 0 ? null : ResumeHint.register(state);
            long steps = (long) options.epochs() * Trainer.stepsPerEpoch(parts.count(), options);
            long saved = System.nanoTime();
            try (Progress progress = new Progress("Training", steps)) {
                while (trainer.epochsDone() < options.epochs() && !(stops && Convergence.reached(trainer.history()))) {
                    trainer.epoch((epoch, step, all, rgb, depth, rate) -> progress.at(step, String.format(Locale.ROOT,
                            "epoch %d/%d%s, loss rgb %.3f depth %.3f, lr %.2g", epoch + 1, options.epochs(), stops ? " at most" : "",
                            rgb, depth, rate)));
                    // Maps are computed on the CPU: of a network that is trained elsewhere only when it is back.
                    if (options.device().isCpu()) {
                        outliers.afterEpoch(network, trainer.epochsDone());
                    }
                    if (stateSeconds >= 0 && System.nanoTime() - saved >= TimeUnit.SECONDS.toNanos(stateSeconds)) {
                        trainer.save(state);
                        saved = System.nanoTime();
                    }
                }
            } finally {
                if (note != null) {
                    note.remove();
                }
            }
            return trainer.history();
        }
    }

    static Calibration calibrate(Network network, int size, PreparedParts validation, RegionOfInterest roi, int threads) {
        try (Progress progress = new Progress("Calibrating", validation.count())) {
            return Calibrator.calibrate(network, size, validation, roi, threads, progress::at);
        }
    }

    /** Which precisions below float32 this model may be inspected with, measured on its normal validation parts. */
    static PrecisionTests testPrecisions(Network network, int size, Calibration calibration, RegionOfInterest roi,
            PreparedParts validation, int threads) throws IOException {
        PrecisionCalibration.Images images = new PrecisionCalibration.Images() {
            @Override
            public int count() {
                return validation.count();
            }

            @Override
            public FloatPointer image(int part, int branch) {
                return validation.image(part, branch);
            }
        };
        try (Progress progress = new Progress("Testing precisions", PrecisionCalibration.steps(validation.count()))) {
            return PrecisionCalibration.run(network, size, calibration, roi, images, threads, progress::at);
        }
    }
}
