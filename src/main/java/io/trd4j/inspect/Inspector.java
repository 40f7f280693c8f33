package io.trd4j.inspect;

import io.trd4j.data.InputQuality;
import io.trd4j.data.Part;
import io.trd4j.engine.PartEngine;
import io.trd4j.inspect.InputPolicy.OnUnusable;
import io.trd4j.io.InputException;
import io.trd4j.jni.NativeRuntime;
import io.trd4j.model.Backbone;
import io.trd4j.model.Calibration;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.Threshold;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Inspects parts with a trained, calibrated model. Open it once, {@link #warmUp} it, inspect many parts, close it.
 *
 * <p>Used by one thread at a time; a second thread inside gets an IllegalStateException, as does any use after
 * {@link #close}. Threads that inspect at the same time each take a {@link #duplicate}. The same part and settings give
 * the same bits on every run. After the first part of its size, a part allocates nothing, neither on the Java heap nor
 * outside it.
 */
public final class Inspector implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Inspector.class);
    private static final int IDLE = 0;
    private static final int BUSY = 1;
    private static final int CLOSED = 2;

    private final AtomicInteger state = new AtomicInteger(IDLE);
    private final ModelInfo info;
    private final PartEngine engine;
    private final InspectorOptions options;
    private final VerdictRule rule;
    private final UnusualInputWarnings usual;

    /** Takes the engine over. */
    Inspector(ModelInfo info, PartEngine engine, InspectorOptions options) {
        this.info = info;
        this.engine = engine;
        this.options = options;
        rule = new VerdictRule(info.thresholds());
        usual = new UnusualInputWarnings(info.driftReference());
    }

    public static Inspector open(Path model) throws IOException {
        return open(model, InspectorOptions.defaults());
    }

    /**
     * @throws InputException when the file is no model, is damaged, or has no calibration yet, or when this machine or
     *     this model cannot do the precision asked for
     */
    public static Inspector open(Path model, InspectorOptions options) throws IOException {
        NativeRuntime.description();
        try (ModelFile file = ModelFile.open(model)) {
            requireCalibrated(model, file.info());
            requireCalibratedAlone(model, file.info(), options.inputs());
            Inspector inspector = new Inspector(file.info(), EngineChoice.open(file, options), options);
            inspector.warnOfOtherPrecision(model);
            return inspector;
        }
    }

    /** Scores of another precision are a little different ones: a threshold's rate was measured on those of its own. */
    private void warnOfOtherPrecision(Path model) {
        String own = precision().key();
        String others = info.thresholds().all().map(Threshold::evidence)
                .filter(evidence -> evidence != null && !evidence.precision().equals(own)).map(Threshold.Evidence::precision)
                .distinct().collect(Collectors.joining(", "));
        if (!others.isEmpty()) {
            LOG.warn("{}: its thresholds were set on scores computed in {}, this inspector computes in {}: their rates may not hold; "
                    + "inspect with that precision, or set them again with trd calibrate", model, others, own);
        }
    }

    /**
     * An inspector with random weights, for measurements: it takes the time that a trained one takes, and its scores mean
     * nothing. AUTO is the fastest precision that this CPU supports, as there is no accuracy test; INT8 takes its ranges from
     * one run on noise. Calibration: mean 0, standard deviation 1; no thresholds.
     *
     * @param size S, a multiple of 32
     * @param normalKernel aperture of the surface normals, 3, 5 or 7; not used for {@link Modality#DEPTH}
     * @throws InputException when this CPU lacks the precision, or the platform oneDNN
     */
    public static Inspector random(Backbone backbone, int size, Modality modality, int normalKernel,
                                   InspectorOptions options) {
        NativeRuntime.description();
        ModelInfo info = RandomNetwork.info(backbone, size, modality, normalKernel);
        return new Inspector(info, EngineChoice.random(info, options), options);
    }

    /**
     * What a model file says about itself, after the checks of {@link #open} but without loading the weights.
     *
     * @throws InputException as {@link #open}
     */
    public static ModelInfo describe(Path model) throws IOException {
        try (ModelFile file = ModelFile.open(model)) {
            requireCalibrated(model, file.info());
            return file.info();
        }
    }

    private static void requireCalibrated(Path model, ModelInfo info) {
        if (info.calibration() == null) {
            throw new InputException(model + " is not calibrated; run: trd calibrate --model " + model + " --data CATEGORY");
        }
    }

    private static void requireCalibratedAlone(Path model, ModelInfo info, InputPolicy inputs) {
        if ((inputs.depth() == OnUnusable.INSPECT_OTHER || inputs.rgb() == OnUnusable.INSPECT_OTHER) && info.calibration().alone() == null) {
            throw new InputException(model + " was not calibrated for parts that lack a modality; run: trd calibrate --model " + model
                    + " --data CATEGORY, then set its thresholds again");
        }
    }

    /** Size, backbone, modality, calibration, thresholds and region of interest of the model. */
    public ModelInfo model() {
        return info;
    }

    /** A result to pass to {@link #inspect}, sized for this model. */
    public Inspection newInspection() {
        return new Inspection(info.size());
    }

    /** The arithmetic that runs: {@link Precision#AUTO} resolved. */
    public Precision precision() {
        return engine.precision();
    }

    /** Where it computes: {@code cpu}, or {@code cuda:0 (name of the GPU)}. */
    public String device() {
        return engine.device();
    }

    /** CPU threads of this inspector. */
    public int threads() {
        return options.resolvedThreads();
    }

    /** As it was opened. */
    public InspectorOptions options() {
        return options;
    }

    /** Another inspector of the same model and options for another thread. It shares the weights and is closed by itself. */
    public Inspector duplicate() {
        enter();
        try {
            return new Inspector(info, engine.duplicate(), options);
        } finally {
            leave();
        }
    }

    /**
     * Memory for a raw part that this inspector's device reads without a copy; for its duplicates too. On a GPU that saves the
     * copy to page-locked memory, about a millisecond for 800 x 800 pixels and points.
     *
     * @throws IllegalArgumentException when a size is not positive, or a buffer would be larger than 2 GiB
     */
    public InputBuffers newInputBuffers(String id, int rgbWidth, int rgbHeight, int xyzWidth, int xyzHeight) {
        enter();
        try {
            return new InputBuffers(engine, id, rgbWidth, rgbHeight, xyzWidth, xyzHeight);
        } finally {
            leave();
        }
    }

    /** Runs everything but the preparation once, so that the first part does not pay for first touches of memory and code. */
    public void warmUp() {
        enter();
        try {
            engine.warmUp();
        } finally {
            leave();
        }
    }

    /**
     * Inspects one part, as its memory is now. When the model has a region of interest, only pixels in it count: scores are the maxima over them, and
     * the others are 0 in the maps.
     *
     * @param result filled completely
     * @throws InputException when the part cannot be inspected (no valid depth, for example, where the {@link InputPolicy} refuses
     *     that); the result is then undefined
     */
    public void inspect(Part part, Inspection result) {
        if (result.size() != info.size()) {
            throw new IllegalArgumentException("the result is for size " + result.size() + ", the model's is " + info.size());
        }
        enter();
        try {
            long start = System.nanoTime();
            part.update();
            Part used = usable(part, result.quality);
            long measured = System.nanoTime() - start;
            used = inspectUsable(used, result);
            result.maps.prepareNanos += measured;
            result.warnings.clear();
            result.mode = mode(used);
            if (result.mode != InspectionMode.BOTH) {
                calibrateAlone(result);
            }
            leaveOut(result);
            if (!Float.isFinite(result.maps.score)) {
                throw new InputException("part " + part.id() + ": the network's result is not finite: the model's weights are "
                        + (engine.precision() == Precision.FP16 ? "damaged, or too large for fp16; try --precision bf16" : "damaged; train or import it again"));
            }
            result.thresholds = info.thresholds();
            judge(used, result);
        } finally {
            leave();
        }
    }

    /** Zeroes in the maps what does not count: after the blur, which sees it all the same. The scores know it from the kernel. */
    private void leaveOut(Inspection result) {
        RegionOfInterest roi = info.regionOfInterest();
        result.regionOfInterest = roi;
        if (roi != null && options.maps()) {
            long start = System.nanoTime();
            roi.keep(result.maps.map);
            roi.keep(result.maps.mapRgb);
            roi.keep(result.maps.mapDepth);
            result.maps.anomalyMapNanos += System.nanoTime() - start;
        }
    }

    /** The part without what cannot be used of it. */
    private Part usable(Part part, InputQuality quality) {
        quality.measure(part);
        InputPolicy inputs = options.inputs();
        boolean noRgb = part.rgb() == null || quality.black() || quality.saturatedShare() >= 1;
        boolean noDepth = !part.hasSecond() || quality.validDepthShare() < inputs.minValidDepth()
                || part.normals() != null && quality.validDepthShare() == 0;
        if (noRgb && (noDepth || inputs.rgb() == OnUnusable.REFUSE)) {
            throw unusable("part " + part.id(), part.rgb() == null ? "has no colour image"
                    : "has a colour image that is " + (quality.black() ? "black" : "saturated") + " everywhere; check exposure and light");
        }
        if (noDepth && inputs.depth() == OnUnusable.REFUSE) {
            throw unusable(part.source(), !part.hasSecond() ? "has neither points nor surface normals" : String.format(Locale.ROOT,
                    "has %.1f %% valid %s, at least %.1f %% are needed", 100 * quality.validDepthShare(),
                    part.xyz() != null ? "points" : "surface normals", 100 * inputs.minValidDepth()));
        }
        return noRgb ? part.withoutRgb() : noDepth ? part.withoutSecond() : part;
    }

    private static InputException unusable(String which, String what) {
        return new InputException(which + " " + what + "; it cannot be inspected with these options");
    }

    /** Returns what of the part was inspected: that its points show no part is only known when they are prepared. */
    private Part inspectUsable(Part part, Inspection result) {
        try {
            engine.inspect(part, result.maps);
            return part;
        } catch (InputException e) {
            if (part.xyz() == null || part.rgb() == null || options.inputs().depth() == OnUnusable.REFUSE) {
                throw e;
            }
            engine.inspect(part.withoutSecond(), result.maps);
            return part.withoutSecond();
        }
    }

    private static InspectionMode mode(Part used) {
        return used.rgb() == null ? InspectionMode.DEPTH_ONLY : used.hasSecond() ? InspectionMode.BOTH : InspectionMode.RGB_ONLY;
    }

    /**
     * From the calibration of both modalities to that of the branch alone, which a line through each value brings about: blurring
     * commutes with it.
     */
    private void calibrateAlone(Inspection result) {
        Calibration both = info.calibration();
        Calibration.Alone alone = both.alone();
        boolean rgb = result.mode == InspectionMode.RGB_ONLY;
        float factor = (float) (rgb ? both.stdRgb() / alone.stdRgb() : both.stdDepth() / alone.stdDepth());
        float shift = (float) (rgb ? (both.meanRgb() - alone.meanRgb()) / alone.stdRgb()
                : (both.meanDepth() - alone.meanDepth()) / alone.stdDepth());
        result.maps.score = factor * (rgb ? result.maps.scoreRgb : result.maps.scoreDepth) + shift;
        result.maps.scoreRgb = rgb ? result.maps.score : 0;
        result.maps.scoreDepth = rgb ? 0 : result.maps.score;
        if (options.maps()) {
            float[] own = rgb ? result.maps.mapRgb : result.maps.mapDepth;
            for (int i = 0; i < own.length; i++) {
                own[i] = factor * own[i] + shift;
            }
            System.arraycopy(own, 0, result.maps.map, 0, own.length);
            Arrays.fill(rgb ? result.maps.mapDepth : result.maps.mapRgb, 0);
        }
    }

    private void judge(Part used, Inspection result) {
        InspectionMode mode = result.mode;
        result.verdict = mode == InspectionMode.BOTH ? rule.of(result.maps.score, result.maps.scoreRgb, result.maps.scoreDepth)
                : rule.ofAlone(mode, result.maps.score);
        if (mode == InspectionMode.RGB_ONLY) {
            result.warnings.add(Warning.NO_DEPTH);
        } else if (mode == InspectionMode.DEPTH_ONLY) {
            result.warnings.add(Warning.NO_RGB);
        }
        usual.warn(result, result.warnings);
        if (rule.lacks(mode)) {
            result.warnings.add(Warning.NO_THRESHOLD);
        } else if (options.minRegion() > 0 && (result.verdict == Verdict.NG || result.verdict == Verdict.REVIEW)) {
            result.verdict = Regions.verdict(result, used.xyz(), options.minRegion());
        }
    }

    private void enter() {
        if (!state.compareAndSet(IDLE, BUSY)) {
            throw new IllegalStateException(state.get() == CLOSED
                    ? "the inspector is closed" : "the inspector is in use by another thread; give each thread its own");
        }
    }

    private void leave() {
        state.set(IDLE);
    }

    /** Frees the native memory. Idempotent. @throws IllegalStateException while another thread is inspecting */
    @Override
    public void close() {
        if (state.get() == CLOSED) {
            return;
        }
        enter();
        state.set(CLOSED);
        engine.close();
    }
}
