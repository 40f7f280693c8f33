package io.trd4j.train;

import io.trd4j.align.FoundParts;
import io.trd4j.align.FramedRegion;
import io.trd4j.align.LocatedParts;
import io.trd4j.calibrate.CalibrationRun;
import io.trd4j.calibrate.DistinctParts;
import io.trd4j.calibrate.DriftReferenceRun;
import io.trd4j.calibrate.HighestPlacesRun;
import io.trd4j.calibrate.PreparedParts;
import io.trd4j.data.PartSource;
import io.trd4j.data.dataset.BrokenParts;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.image.Reading;
import io.trd4j.data.prepare.MetricMeasurement;
import io.trd4j.data.prepare.SobelAperture;
import io.trd4j.io.InputException;
import io.trd4j.io.LazyTask;
import io.trd4j.io.OptionalLibrary;
import io.trd4j.io.OutputLock;
import io.trd4j.io.Progress;
import io.trd4j.io.Stop;
import io.trd4j.io.StoppedException;
import io.trd4j.io.Writable;
import io.trd4j.model.Alignment;
import io.trd4j.model.Calibration;
import io.trd4j.model.DriftReference;
import io.trd4j.model.EpochLoss;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.PrecisionTests;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.TeacherWeights;
import io.trd4j.model.TrainingSummary;
import io.trd4j.model.network.Network;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.train.TrainingWarning.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** From normal parts to a calibrated model file. Used once, by one thread. */
public final class TrainingRun {
    /**
     * A model that has been trained and written.
     *
     * @param model as its file says it
     * @param history losses of every epoch, those before a resume included
     * @param aperture how the Sobel aperture was chosen; null when it was given, or there are no surface normals
     * @param metric how the scales of metric geometry were measured; null when the modality is another
     * @param alignment whether parts are aligned, and why
     * @param warnings in the order in which the listener was told them
     */
    public record Result(
            ModelInfo model,
            List<EpochLoss> history,
            SobelAperture aperture,
            MetricMeasurement metric,
            AlignmentChoice alignment,
            List<TrainingWarning> warnings) {
        public Result {
            history = List.copyOf(history);
            warnings = List.copyOf(warnings);
        }
    }

    private final TrainingPlan plan;
    private final TrainingListener listener;
    private final BrokenParts broken;
    private final Progress progress;
    private final List<TrainingWarning> warnings = new ArrayList<>();
    /** That the colour images use, see {@link TrainingSummary#colorBits}. */
    private int colorBits = Reading.AS_USED;

    private TrainingOptions options;
    /** Null = parts are seen as they lie. */
    private Alignment alignment;
    /** Of normal parts at each position; null while they are not measured. */
    private Alignment.Positions positions;

    private Geometry geometry;
    private Path model;
    private Path state;

    /** Tells nobody. */
    public TrainingRun(TrainingPlan plan) {
        this(plan, TrainingListener.NONE, Progress.NONE);
    }

    /**
     * A run that has not begun.
     *
     * @param listener told of warnings when they arise
     * @param progress of its tasks: aligning, locating, preparing, training, calibrating, testing precisions, scoring
     */
    public TrainingRun(TrainingPlan plan, TrainingListener listener, Progress progress) {
        this(plan, listener, BrokenParts.REFUSE, progress);
    }

    /**
     * The same, where validation parts may not be found by an aligned model. Training parts that are not found are left
     * out in any case, with a warning.
     *
     * @param broken told of such validation parts, which are left out
     */
    public TrainingRun(TrainingPlan plan, TrainingListener listener, BrokenParts broken, Progress progress) {
        OptionalLibrary.LIBTORCH.require();
        this.plan = plan;
        this.listener = Objects.requireNonNull(listener, "listener");
        this.broken = Objects.requireNonNull(broken, "broken");
        this.progress = Objects.requireNonNull(progress, "progress");
        options = plan.options();
    }

    /** The state file of a model's training: {@code MODEL.state}, beside the model. */
    public static Path state(Path model) {
        return model.resolveSibling(model.getFileName() + ".state");
    }

    /**
     * Trains on the category's normal training parts, calibrates on its normal validation parts and tests the
     * precisions. The model file is written when it is calibrated, and replaced after each of the following steps:
     * whatever happens there, the trained model is not lost. A run that is {@linkplain Stop stopped} saves its state.
     *
     * @param file the model to write; an existing one is replaced when training has ended
     * @throws InputException when the category has fewer than two normal training parts, a part or the teacher cannot
     *     be read, the state file is that of another run, another run is writing the model, or training diverges
     * @throws StoppedException when it was stopped
     * @throws IOException when the model file cannot be written; the state file is done without, with a warning
     */
    public Result run(Dataset category, Path file) throws IOException {
        colorBits = category.colorBits();
        Dataset dataset = category.withColorBits(colorBits);
        List<PartFiles> normal = PreparedParts.normal(dataset.train());
        List<PartFiles> validation = PreparedParts.normal(dataset.validation());
        DistinctParts distinct = new DistinctParts(validation, normal);
        if (distinct.trained() > 0) {
            warn(new TrainingWarning(
                    Kind.TRAINED_VALIDATION_PARTS,
                    distinct.trained() + " of " + validation.size()
                            + " validation parts are training parts, which makes scores of "
                            + "new parts too high; put other parts in their place"));
        }
        return run(
                normal,
                validation,
                distinct.parts(),
                file,
                dataset.category() + ": no normal training parts; put some under train/good",
                "put some under validation/good");
    }

    /**
     * The same from parts in memory or anywhere else. Each is loaded up to four times: for aperture or scales, for
     * training or calibration, for the images that the model keeps, and for the drift reference. Its memory must stay
     * as it is until this returns.
     *
     * @param normal to train on, two or more
     * @param validation other normal parts, to calibrate on; with none, the training parts are taken, which makes
     *     scores of new parts too high, and is one of the warnings
     * @param file the model to write; an existing one is replaced when training has ended
     * @throws InputException when there are fewer than two training parts, a part or the teacher cannot be read, the
     *     state file is that of another run, or training diverges
     * @throws IOException when a file cannot be written
     */
    public Result run(List<? extends PartSource> normal, List<? extends PartSource> validation, Path file)
            throws IOException {
        return run(
                normal,
                validation,
                validation,
                file,
                "there are no normal training parts; give two or more",
                "give some that are not trained on");
    }

    /**
     * The messages are for whoever must add parts.
     *
     * @param referenced those of the validation parts that the drift reference is made of
     */
    private Result run(
            List<? extends PartSource> normal,
            List<? extends PartSource> validation,
            List<? extends PartSource> referenced,
            Path file,
            String noParts,
            String addValidation)
            throws IOException {
        model = file;
        state = state(file);
        Writable.requireFile(model);
        Writable.requireFile(state);
        return Stop.able(() -> {
            try (OutputLock lock = OutputLock.of(model)) {
                return run(normal, validation, referenced, noParts, addValidation);
            }
        });
    }

    private Result run(
            List<? extends PartSource> normal,
            List<? extends PartSource> validation,
            List<? extends PartSource> referenced,
            String noParts,
            String addValidation)
            throws IOException {
        if (normal.isEmpty()) {
            throw new InputException(noParts);
        }
        AlignmentChoice.Chosen chosen =
                AlignmentChoice.of(plan.align(), normal, validation.size(), options.size(), progress);
        alignment = chosen.choice().alignment();
        warnOfLost(normal, chosen.found());
        String outside = FramedRegion.doubt(alignment, plan.regionOfInterest());
        if (outside != null) {
            warn(new TrainingWarning(Kind.REGION_OUTSIDE, outside));
        }
        List<? extends PartSource> found =
                FoundParts.of(alignment, validation, List.of(), (part, why) -> broken.found(why), progress);
        if (found.isEmpty() && !validation.isEmpty()) {
            throw new InputException("none of the " + validation.size() + " normal validation parts is found in the"
                    + " mean training part; give parts as those trained on, or --align none");
        }
        Set<PartSource> usable = Collections.newSetFromMap(new IdentityHashMap<>());
        usable.addAll(found);
        return train(
                chosen.choice(),
                chosen.found(),
                found,
                referenced.stream().filter(usable::contains).toList(),
                addValidation);
    }

    private Result train(
            AlignmentChoice aligned,
            List<? extends PartSource> normal,
            List<? extends PartSource> validation,
            List<? extends PartSource> referenced,
            String addValidation)
            throws IOException {
        SobelAperture aperture = null;
        if (plan.choosesAperture()) {
            aperture = SobelAperture.choose(
                    LocatedParts.of(alignment, validation.isEmpty() ? normal : validation), options.size());
            options = options.withNormalKernel(aperture.kernel());
        }
        if (plan.choosesEpochs() && options.schedule().kind() == Schedule.Kind.STEPS) {
            options = TrainingLength.chosen(options, normal.size());
        }
        MetricMeasurement metric = options.modality() == Modality.METRIC
                ? MetricMeasurement.of(LocatedParts.of(alignment, normal), options.size())
                : null;
        if (metric != null && alignment != null && !alignment.crops()) {
            // Where each place is compared with what is usual there, the table's noise is, too.
            metric = metric.withoutGround();
        }
        geometry = new Geometry(options.modality(), options.normalKernel(), metric == null ? null : metric.geometry());
        long start = System.nanoTime();
        ModelInfo info;
        List<EpochLoss> history;
        try (Network network = new Network(options.backbone())) {
            // Before the parts are prepared: a fault of the teacher's file is then said at once.
            if (!random()) {
                try (LazyTask task = new LazyTask(progress, "Downloading MB", Progress.UNKNOWN)) {
                    network.teacher()
                            .weights()
                            .load(TeacherWeights.load(
                                    plan.teacher(), options.backbone(), bytes -> task.at(bytes / 1_000_000)));
                }
            }
            try (PreparedParts parts = prepare(normal);
                    PreparedParts validated = validation.isEmpty() ? null : prepare(validation)) {
                if (validated == null) {
                    warn(new TrainingWarning(
                            Kind.NO_VALIDATION_PARTS,
                            "no normal validation parts: calibrating on the training "
                                    + "parts, which makes scores of new parts too high; " + addValidation));
                }
                String views = PairCheck.of(parts, options.size());
                if (views != null) {
                    warn(new TrainingWarning(Kind.OTHER_VIEWS, views));
                }
                if (random()) {
                    RandomTeacher.initialise(network.teacher(), options.seed(), parts, options.threads());
                }
                OutlierCheck outliers = new OutlierCheck(options.size(), parts, counted(), options.threads());
                try (Trainer trainer = new Trainer(network, options, parts, validated, plan.align())) {
                    StateSaver saver = new StateSaver(
                            trainer,
                            state,
                            plan.stateSeconds(),
                            message -> warn(new TrainingWarning(Kind.STATE_NOT_SAVED, message)));
                    List<? extends PartSource> compared = validation.isEmpty() ? normal : validation;
                    try {
                        info = Stop.able(() -> {
                            train(network, trainer, saver, outliers);
                            trainer.end();
                            ModelInfo written = write(network, parts, validated, compared, trainer.history(), start);
                            return improve(network, parts, validated, normal, compared, written);
                        });
                        history = trainer.history();
                    } catch (StoppedException e) {
                        if (trainer.hasBegun() || trainer.epochsDone() > 0) {
                            saver.saveStopped();
                        }
                        throw e;
                    }
                }
                warnOfOutliers(outliers.of(network), normal, parts);
                String doubt = Convergence.warning(
                        history,
                        validated == null ? null : MeanFeature.loss(network, validated, options.threads()),
                        options.schedule().kind(),
                        (long) history.size() * Trainer.stepsPerEpoch(parts.count(), options));
                if (doubt != null) {
                    warn(new TrainingWarning(Kind.NOT_CONVERGED, doubt));
                }
            }
        }
        if (plan.driftReference()) {
            Optional<DriftReference> reference = DriftReferenceRun.run(model, referenced, options.threads(), progress);
            info = reference.isPresent() ? info.withDriftReference(reference.get()) : info;
        }
        return new Result(
                info, history, aperture, metric, positions == null ? aligned : aligned.comparing(positions), warnings);
    }

    private boolean stopsWhenConverged() {
        return plan.choosesEpochs() && options.schedule().kind() == Schedule.Kind.EPOCHS;
    }

    /** The region of interest in the network's images: one of the whole image is none of the frame. */
    private RegionOfInterest counted() {
        return alignment == null ? plan.regionOfInterest() : null;
    }

    private boolean random() {
        return plan.teacher().equals(TrainingPlan.RANDOM_TEACHER);
    }

    private PreparedParts prepare(List<? extends PartSource> parts) throws IOException {
        return PreparedParts.of(parts, options.size(), geometry, alignment, progress);
    }

    private void warn(TrainingWarning warning) {
        warnings.add(warning);
        listener.warning(warning);
    }

    private void warnOfLost(List<? extends PartSource> normal, List<? extends PartSource> found) throws IOException {
        List<String> names = new ArrayList<>();
        int next = 0;
        for (PartSource part : normal) {
            // The same objects in the same order.
            if (next < found.size() && found.get(next) == part) {
                next++;
            } else {
                names.add(
                        part instanceof PartFiles files
                                ? files.rgb().toString()
                                : part.load().source());
            }
        }
        if (!names.isEmpty()) {
            warn(new TrainingWarning(
                    Kind.LOST,
                    "these training parts are not found in the mean one, and not trained on: "
                            + String.join(", ", names) + "; look at them, and take them out",
                    names));
        }
    }

    private void warnOfOutliers(List<Integer> outliers, List<? extends PartSource> normal, PreparedParts prepared) {
        if (!outliers.isEmpty()) {
            List<String> names = outliers.stream()
                    .map(i -> normal.get(i) instanceof PartFiles files
                            ? files.rgb().toString()
                            : prepared.source(i))
                    .toList();
            warn(new TrainingWarning(
                    Kind.OUTLIERS,
                    "these training parts are unlike the others; look at them, and train again "
                            + "without those that have a defect: "
                            + String.join(", ", names),
                    names));
        }
    }

    /** Until its end, and saves its state when that is due. */
    private void train(Network network, Trainer trainer, StateSaver saver, OutlierCheck outliers) throws IOException {
        if (plan.resumes()) {
            if (saver.resume()) {
                listener.resumed(state, trainer.epochsDone());
            } else {
                listener.nothingToResume(state);
            }
        }
        long steps = (long) options.epochs() * trainer.stepsPerEpoch();
        String most = stopsWhenConverged() ? " at most" : "";
        try (Progress.Task task = Stop.task(progress, "Training", steps)) {
            while (trainer.epochsDone() < options.epochs()
                    && !(stopsWhenConverged() && Convergence.reached(trainer.history()))) {
                trainer.epoch((epoch, step, all, rgb, depth, rate) -> task.at(
                        step,
                        String.format(
                                Locale.ROOT,
                                "epoch %d/%d%s, loss rgb %.3f depth %.3f, lr %.2g",
                                epoch + 1,
                                options.epochs(),
                                most,
                                rgb,
                                depth,
                                rate)));
                // Maps are computed on the CPU: of a network that is trained elsewhere only when it is back.
                if (options.device().isCpu()) {
                    outliers.afterEpoch(network, trainer.features(), trainer.epochsDone());
                }
                saver.saveWhenDue();
            }
        }
    }

    /** Calibrates the trained network, and writes the model file. */
    private ModelInfo write(
            Network network,
            PreparedParts parts,
            PreparedParts validated,
            List<? extends PartSource> compared,
            List<EpochLoss> history,
            long start)
            throws IOException {
        PreparedParts prepared = validated == null ? parts : validated;
        Calibration calibration =
                CalibrationRun.calibrate(network, options.size(), prepared, counted(), options.threads(), progress);
        ModelInfo info = ModelInfo.of(
                        options.backbone(),
                        options.size(),
                        geometry,
                        ModelFile.teacherSha256(network.teacher().weights().sources("")))
                .withTraining(summary(parts.count(), history, (System.nanoTime() - start) / 1e9))
                .withRegionOfInterest(plan.regionOfInterest())
                .withCalibration(calibration)
                .withNormalParts(prepared.seen());
        List<SafetensorsWriter.Source> tensors = CalibrationRun.tensors(network, compared, options.size());
        if (alignment != null) {
            tensors.addAll(alignment.sources());
        }
        ModelFile.write(model, info, tensors);
        return info;
    }

    /** Adds to the model file what a calibrated model needs to be inspected with. */
    private ModelInfo improve(
            Network network,
            PreparedParts parts,
            PreparedParts validated,
            List<? extends PartSource> normal,
            List<? extends PartSource> compared,
            ModelInfo written)
            throws IOException {
        PrecisionTests precisions = CalibrationRun.testPrecisions(
                network,
                options.size(),
                written.calibration(),
                counted(),
                validated == null ? parts : validated,
                options.threads(),
                progress);
        // What others wrote meanwhile, such as thresholds, stays.
        ModelFile.replaceInfo(model, now -> now.withPrecisions(precisions));
        ModelInfo info = written.withPrecisions(precisions);
        if (alignment != null && !alignment.crops()) {
            positions = CalibrationRun.positions(model, null, normal, compared, options.threads(), progress);
        } else {
            info = HighestPlacesRun.run(model, compared, options.threads(), progress);
        }
        Files.deleteIfExists(state);
        return info;
    }

    private TrainingSummary summary(int parts, List<EpochLoss> history, double seconds) {
        EpochLoss last = history.get(history.size() - 1);
        return new TrainingSummary(
                history.size(),
                history.size() * Trainer.stepsPerEpoch(parts, options),
                options.batch(),
                options.learningRate(),
                options.seed(),
                parts,
                last.rgb(),
                last.depth(),
                last.validationRgb(),
                last.validationDepth(),
                seconds,
                plan.teacher(),
                history,
                colorBits,
                options.schedule().kind().key(),
                options.precision().key());
    }
}
