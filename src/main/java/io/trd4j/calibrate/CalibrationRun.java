package io.trd4j.calibrate;

import io.trd4j.align.FramedRegion;
import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.inspect.Likeness;
import io.trd4j.inspect.PositionCalibration;
import io.trd4j.inspect.PrecisionCalibration;
import io.trd4j.io.InputException;
import io.trd4j.io.OptionException;
import io.trd4j.io.OptionalLibrary;
import io.trd4j.io.OutputLock;
import io.trd4j.io.Progress;
import io.trd4j.io.Stop;
import io.trd4j.io.Writable;
import io.trd4j.model.Alignment;
import io.trd4j.model.Calibration;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.NormalImages;
import io.trd4j.model.NormalParts;
import io.trd4j.model.PrecisionTests;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.network.Network;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.outline.NormalViews;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Calibrates a model file, an imported one or an existing one anew: measures its maps' mean and standard deviation on a
 * category's normal validation parts, in fp32 on the CPU, how high these reach, and which lower precisions it may be
 * inspected with.
 *
 * <p>Thresholds and drift reference belong to a calibration: those of the old one are dropped. {@link ThresholdRun} and
 * {@link DriftReferenceRun} set new ones.
 */
public final class CalibrationRun {
    private CalibrationRun() {}

    /**
     * A calibration that has been written into its model file.
     *
     * @param model as it is now
     * @param parts number of parts that it was measured on
     * @param warnings one line each: that a part of the region of interest is where an aligned model does not look;
     *     empty as a rule
     */
    public record Result(ModelInfo model, int parts, List<String> warnings) {
        public Result {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * Calibrates with a category's normal validation parts, and writes a drift reference of them where they suffice for
     * one: what {@code trd calibrate} does when thresholds are not asked for.
     *
     * @throws InputException as {@link #run(Path, Dataset, RegionOfInterest, int, Progress)}, or when the region of
     *     interest cannot be read
     * @throws IOException when a part cannot be read, or the file not be written
     */
    public static Result run(Path model, Dataset dataset, CalibrationOptions options, Progress progress)
            throws IOException {
        Writable.requireFile(model);
        return Stop.able(() -> {
            ModelInfo info = ModelFile.readInfo(model);
            Result result = run(model, dataset, options.region().resolve(info, dataset), options.threads(), progress);
            return DriftReferenceRun.run(model, dataset, options.threads(), progress)
                    .map(reference ->
                            new Result(result.model().withDriftReference(reference), result.parts(), result.warnings()))
                    .orElse(result);
        });
    }

    /** Keeps the model's region of interest. */
    public static Result run(Path model, Dataset dataset, int threads, Progress progress) throws IOException {
        return run(model, dataset, regionOf(model), threads, progress);
    }

    /** The same from normal parts in memory or anywhere else; none of them may be one that the model was trained on. */
    public static Result run(Path model, List<? extends PartSource> normal, int threads, Progress progress)
            throws IOException {
        return run(model, normal, regionOf(model), threads, progress);
    }

    private static RegionOfInterest regionOf(Path model) throws IOException {
        return ModelFile.readInfo(model).regionOfInterest();
    }

    /**
     * Measures, then replaces the model file.
     *
     * @param roi what counts from now on, of the model's size; null = everything
     * @param threads CPU threads, 1 or more
     * @throws InputException when the file is no model, there are no normal validation parts, these are of another kind
     *     or scale than the training parts, or their maps have no spread
     * @throws IOException when the file cannot be written; it is then unchanged
     */
    public static Result run(Path model, Dataset dataset, RegionOfInterest roi, int threads, Progress progress)
            throws IOException {
        Writable.requireFile(model);
        List<PartFiles> normal = PreparedParts.normal(dataset.validation());
        if (normal.isEmpty()) {
            throw new InputException(
                    dataset.folder() + " has no validation parts; put normal parts under validation/good");
        }
        return run(model, normal, roi, threads, progress);
    }

    /**
     * The same from normal parts in memory or anywhere else. Each is loaded once, those whose images are kept twice.
     *
     * @param normal none of them may be one that the model was trained on
     * @param roi what counts from now on, of the model's size; null = everything
     * @param threads CPU threads, 1 or more
     * @throws InputException when the file is no model, another run writes it, there are no parts, their maps have no
     *     spread, or nothing of the region is where an aligned model looks
     * @throws io.trd4j.io.StoppedException when it was {@linkplain Stop stopped}
     * @throws IOException when a part cannot be read, or the file not be written; it is then unchanged
     */
    public static Result run(
            Path model, List<? extends PartSource> normal, RegionOfInterest roi, int threads, Progress progress)
            throws IOException {
        OptionException.require(threads > 0, "threads", "must be positive, not " + threads);
        return Stop.able(() -> stoppable(model, normal, roi, threads, progress));
    }

    private static Result stoppable(
            Path model, List<? extends PartSource> normal, RegionOfInterest roi, int threads, Progress progress)
            throws IOException {
        OptionalLibrary.LIBTORCH.require();
        Writable.requireFile(model);
        if (normal.isEmpty()) {
            throw new InputException("there are no normal parts to calibrate " + model + " on; give some");
        }
        // Another run's thresholds would be those of a calibration that is gone.
        try (OutputLock lock = OutputLock.joining(model);
                ModelFile file = ModelFile.open(model)) {
            ModelInfo info = file.info();
            Alignment alignment = file.alignment();
            List<String> warnings = Optional.ofNullable(FramedRegion.doubt(alignment, roi)).stream()
                    .toList();
            if (alignment != null && !alignment.crops() && normal.size() < PositionCalibration.MIN_JUDGED) {
                throw new InputException("the scale of an aligned model needs at least "
                        + PositionCalibration.MIN_JUDGED + " normal validation parts, found " + normal.size()
                        + "; give more");
            }
            List<PartSource> parts = PartSource.withColorBits(normal, info.colorBits());
            try (Network network = Network.load(file);
                    PreparedParts prepared =
                            PreparedParts.of(parts, info.size(), info.geometry(), alignment, progress)) {
                requireLikeTraining(info, prepared.seen());
                // A region of the image is none of the frame.
                RegionOfInterest counted = alignment == null ? roi : null;
                Calibration calibration = calibrate(network, info.size(), prepared, counted, threads, progress);
                PrecisionTests precisions =
                        testPrecisions(network, info.size(), calibration, counted, prepared, threads, progress);
                ModelInfo calibrated = info.withRegionOfInterest(roi)
                        .withCalibration(calibration)
                        .withPrecisions(precisions)
                        .withNormalParts(prepared.seen());
                List<SafetensorsWriter.Source> tensors = tensors(network, parts, info.size());
                if (alignment != null) {
                    tensors.addAll(alignment.withPositions(null).sources());
                }
                ModelFile.write(model, calibrated, tensors);
                if (alignment != null && !alignment.crops()) {
                    // Learnt from training parts: these ones set thresholds, and must stay new to the positions.
                    Alignment.Positions known = alignment.positions() == null || info.calibration() == null
                            ? null
                            : PositionCalibration.in(alignment.positions(), info.calibration(), calibration);
                    positions(model, known, parts, parts, threads, progress);
                    return new Result(calibrated, parts.size(), warnings);
                }
                return new Result(HighestPlacesRun.run(model, parts, threads, progress), parts.size(), warnings);
            }
        }
    }

    /**
     * Measures what is usual at each position of a calibrated, aligned model, and writes it into its file.
     *
     * @param known statistics that stay; null = they are learnt
     * @param learnt normal parts; those that the model was trained on where they are at hand
     * @param judged normal parts that it was not trained on
     * @return what was measured
     */
    public static Alignment.Positions positions(
            Path model,
            Alignment.Positions known,
            List<? extends PartSource> learnt,
            List<? extends PartSource> judged,
            int threads,
            Progress progress)
            throws IOException {
        try (Progress.Task task =
                Stop.task(progress, "Positions", PositionCalibration.steps(learnt.size(), judged.size()))) {
            return PositionCalibration.run(model, known, learnt, judged, threads, task::at);
        }
    }

    /** Parts of another shape are other images of the same parts; those of another kind or scale are no such parts. */
    private static void requireLikeTraining(ModelInfo model, NormalParts seen) {
        String difference = model.training() == null ? null : new Likeness(model.normalParts()).difference(seen);
        if (difference != null) {
            throw new InputException("the normal parts to calibrate on " + difference
                    + "; calibrate with parts as the model was trained on");
        }
    }

    /**
     * All that a calibrated model's file holds: the network, and the images of up to {@value NormalImages#MAX_PARTS}
     * normal parts, evenly spaced, for the outlines of defects.
     *
     * @param parts at least one
     * @param size S of the model
     */
    public static List<SafetensorsWriter.Source> tensors(Network network, List<? extends PartSource> parts, int size)
            throws IOException {
        int count = Math.min(NormalImages.MAX_PARTS, parts.size());
        List<Part> chosen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            chosen.add(parts.get(i * parts.size() / count).load());
        }
        List<SafetensorsWriter.Source> tensors = new ArrayList<>(network.sources());
        tensors.addAll(NormalViews.reduce(chosen, size).sources());
        return tensors;
    }

    /**
     * Of a network in memory, on the CPU, as it is when training has ended; writes nothing.
     *
     * @param size S, that of the parts
     * @param roi what counts; null = everything
     * @param threads CPU threads, 1 or more
     * @throws InputException when there are no parts, or their maps have no spread
     */
    public static Calibration calibrate(
            Network network, int size, PreparedParts parts, RegionOfInterest roi, int threads, Progress progress) {
        try (Progress.Task task = Stop.task(progress, "Calibrating", parts.count())) {
            return Calibrator.calibrate(network, size, parts, roi, threads, task::at);
        }
    }

    /**
     * Which precisions below fp32 a network in memory may be inspected with: the maps and scores of normal parts,
     * compared with those in fp32. Writes nothing.
     *
     * @param calibration of this network, measured with the same region of interest
     * @return null where oneDNN is not available, as then there is only fp32
     */
    public static PrecisionTests testPrecisions(
            Network network,
            int size,
            Calibration calibration,
            RegionOfInterest roi,
            PreparedParts parts,
            int threads,
            Progress progress)
            throws IOException {
        PrecisionCalibration.Images images = new PrecisionCalibration.Images() {
            @Override
            public int count() {
                return parts.count();
            }

            @Override
            public FloatPointer image(int part, int branch) {
                return parts.image(part, branch);
            }
        };
        try (Progress.Task task =
                Stop.task(progress, "Testing precisions", PrecisionCalibration.steps(parts.count()))) {
            return PrecisionCalibration.run(network, size, calibration, roi, images, threads, task::at);
        }
    }
}
