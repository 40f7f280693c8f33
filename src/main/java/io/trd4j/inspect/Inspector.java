package io.trd4j.inspect;

import io.trd4j.data.Part;
import io.trd4j.engine.PartEngine;
import io.trd4j.engine.cpu.CpuSupport;
import io.trd4j.io.InputException;
import io.trd4j.jni.NativeRuntime;
import io.trd4j.model.Alignment;
import io.trd4j.model.Backbone;
import io.trd4j.model.Geometry;
import io.trd4j.model.HighestPlaces;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.NormalImages;
import io.trd4j.model.Precision;
import io.trd4j.model.Thresholds;
import io.trd4j.outline.NormalViews;
import io.trd4j.sign.TrustedKeys;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Inspects parts with a trained, calibrated model. Open it once, {@link #warmUp} it, inspect many parts, close it.
 *
 * <p>Used by one thread at a time; a second thread inside gets an IllegalStateException, as does any use after
 * {@link #close}. Threads that inspect at the same time each take a {@link #duplicate}. Only {@link #setThresholds} may
 * be called by any thread at any time. The same part and settings give the same bits on every run. After the first part
 * of its size, a part allocates nothing, neither on the Java heap nor outside it; one of an aligned model some objects.
 */
public final class Inspector implements AutoCloseable {
    private final SingleUse use = new SingleUse();
    /** Held while it is duplicated or closed, never while a part is inspected. */
    private final Object life = new Object();

    private final LeakReport leak;
    private final ModelInfo info;
    /** Null = random weights, which come from no file. */
    private final ModelSource source;

    private final PartEngine engine;
    private final InspectorOptions options;
    private final UsableInputs inputs;
    private final NormalViews normalViews;
    /** Null = parts are seen as they lie. */
    private final Fixture fixture;
    /** Null = the combined map is the sum of both branches', or that of the positions. */
    private final RaisedSum raised;
    /** Replaced whole: a part is judged by one set of thresholds, whichever thread changes them. */
    private volatile Judge judge;

    /** From no file; sees parts as they lie. Takes the engine over. */
    Inspector(ModelInfo info, PartEngine engine, InspectorOptions options, NormalViews normalViews) {
        this(info, null, engine, options, normalViews, null);
    }

    /** @param fixture null = parts are seen as they lie; engine and fixture are taken over */
    private Inspector(
            ModelInfo info,
            ModelSource source,
            PartEngine engine,
            InspectorOptions options,
            NormalViews normalViews,
            Fixture fixture) {
        this.info = info;
        this.source = source;
        this.engine = engine;
        this.options = options;
        inputs = new UsableInputs(options.inputs(), info);
        this.normalViews = normalViews;
        this.fixture = fixture;
        HighestPlaces highest = info.calibration().highest();
        raised = highest == null ? null : new RaisedSum(highest);
        judge = new Judge(info, options.minRegion(), normalViews);
        leak = new LeakReport(
                this,
                "an inspector (" + info.backbone().key() + ", size " + info.size() + ")",
                fixture == null ? List.of(engine::close) : List.of(engine::close, fixture::close));
    }

    /** Opens a model with {@link InspectorOptions#defaults}. @throws InputException as the other {@code open} */
    public static Inspector open(Path model) throws IOException {
        return open(model, InspectorOptions.defaults());
    }

    /**
     * Opens a model: loads and packs its weights, which takes seconds.
     *
     * <p>While they are loaded, other threads compare the weights with the checksums that were written with them,
     * unless {@link InspectorOptions#verifiedWeights} says no. A file of before there were checksums is taken as it is.
     *
     * <p>With {@link InspectorOptions#trustedKeys} the whole file is hashed first, and nothing of it is parsed before
     * its signature was checked. The bytes that are loaded are those that were hashed: they are read through the same
     * open file, and compared with what was hashed again as they are read ({@link io.trd4j.io.HashedFile}).
     *
     * @throws InputException when the file is no model, is damaged, or has no calibration yet, or when this machine or
     *     this model cannot do the precision asked for
     * @throws io.trd4j.sign.UntrustedModelException when none of the trusted keys signed it, or it was changed since
     */
    public static Inspector open(Path model, InspectorOptions options) throws IOException {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(options, "options");
        // A GPU that is asked for does without oneDNN.
        NativeRuntime.beginToLoad(
                options.device().kind() == DeviceChoice.Kind.CUDA ? () -> {} : CpuSupport::isAvailable);
        ModelSource source = new ModelSource(model);
        try (ModelFile file = source.open(options)) {
            ModelChecks.requireCalibrated(model, file.info());
            ModelChecks.requireCalibratedAlone(model, file.info(), options.inputs());
            Inspector inspector = file.loaded(() -> load(file, source, options));
            ModelChecks.warnOfOtherPrecision(model, file.info(), inspector.precision());
            return inspector;
        }
    }

    private static Inspector load(ModelFile file, ModelSource source, InspectorOptions options) throws IOException {
        NativeRuntime.description();
        NormalImages images = file.normalImages();
        // Beside the engine: in a fresh JVM it takes a tenth of a second, of which the parts' own time is little.
        CompletableFuture<NormalViews> normalViews = CompletableFuture.supplyAsync(() -> NormalViews.of(images));
        Alignment alignment = file.alignment();
        Fixture fixture =
                alignment == null ? null : new Fixture(alignment, file.info().regionOfInterest());
        // Positions are scored from maps, whoever wants them afterwards.
        try {
            PartEngine engine = EngineChoice.open(file, fixture == null ? options : options.withMaps(true));
            return new Inspector(file.info(), source, engine, options, joined(normalViews, engine), fixture);
        } catch (IOException | RuntimeException | Error e) {
            if (fixture != null) {
                fixture.close();
            }
            throw e;
        }
    }

    /** Those that were computed beside the engine, which is closed when that failed. */
    private static NormalViews joined(CompletableFuture<NormalViews> views, PartEngine engine) {
        try {
            return views.join();
        } catch (CompletionException e) {
            engine.close();
            throw e;
        }
    }

    /**
     * An inspector with random weights, for measurements: it takes the time that a trained one takes, and its scores
     * mean nothing. AUTO is the fastest precision that this CPU supports, as there is no accuracy test; INT8 takes its
     * ranges from one run on noise. Calibration: mean 0, standard deviation 1; no thresholds.
     *
     * @param size S, a multiple of 32
     * @param geometry what the second branch sees
     * @throws InputException when this CPU lacks the precision, or the platform oneDNN
     */
    public static Inspector random(Backbone backbone, int size, Geometry geometry, InspectorOptions options) {
        Objects.requireNonNull(backbone, "backbone");
        Objects.requireNonNull(geometry, "geometry");
        Objects.requireNonNull(options, "options");
        NativeRuntime.description();
        ModelInfo info = RandomNetwork.info(backbone, size, geometry);
        return new Inspector(info, EngineChoice.random(info, options), options, NormalViews.NONE);
    }

    /**
     * Reads a model file's description, with the checks of {@link #open} but without loading the weights.
     *
     * @throws InputException as {@link #open}
     */
    public static ModelInfo describe(Path model) throws IOException {
        return describe(model, null);
    }

    /**
     * The same with the check of its signature.
     *
     * @param trusted as of {@link InspectorOptions#trustedKeys}; null = every model is accepted
     * @throws InputException as {@link #open}
     */
    public static ModelInfo describe(Path model, TrustedKeys trusted) throws IOException {
        try (ModelFile file =
                new ModelSource(model).open(InspectorOptions.defaults().withTrustedKeys(trusted))) {
            ModelChecks.requireCalibrated(model, file.info());
            return file.info();
        }
    }

    /**
     * Size, backbone, modality, calibration, thresholds and region of interest of the model: as its file has them,
     * except thresholds that {@link #setThresholds} changed since.
     */
    public ModelInfo model() {
        return judge.model();
    }

    /**
     * Judges parts by other thresholds from now on. It takes microseconds: weights, maps and scores do not depend on
     * them. The model file stays as it is; {@code ModelFile.replaceInfo} writes thresholds into it. Duplicates that
     * were made before keep theirs.
     *
     * <p>Any thread may call it, also while another one inspects. That part is then judged by the old thresholds or by
     * the new ones, never by some of each, and {@link Inspection#thresholds} and {@link Inspection#calibrationSha256}
     * say by which.
     *
     * @param thresholds all of them; {@link Thresholds#NONE} = no verdicts
     * @throws IllegalStateException after {@link #close}
     */
    public void setThresholds(Thresholds thresholds) {
        Objects.requireNonNull(thresholds, "thresholds");
        use.requireOpen();
        judge = new Judge(info.withThresholds(thresholds), options.minRegion(), normalViews);
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

    /** CPU threads of this inspector; fewer compute while the machine is busy, when the options leave that free. */
    public int threads() {
        return options.resolvedThreads();
    }

    /**
     * SHA-256 of the model file that it was opened from, 64 hexadecimal digits. With trusted keys it is known; without,
     * the first call computes it, about a millisecond per megabyte, and duplicates need not again. Any thread may call
     * it.
     *
     * @throws InputException when the file's size, time or place on the disk tell that it was changed since
     * @throws IOException when it cannot be read any more
     * @throws IllegalStateException with random weights, which come from no file
     */
    public String modelSha256() throws IOException {
        if (source == null) {
            throw new IllegalStateException("random weights come from no model file");
        }
        return source.sha256();
    }

    /**
     * The trusted key that signed the model: SHA-256 of its SubjectPublicKeyInfo, 64 hexadecimal digits; null when it
     * was opened without {@link InspectorOptions#trustedKeys}.
     */
    public String signedBy() {
        return source == null ? null : source.signedBy();
    }

    /** As it was opened. */
    public InspectorOptions options() {
        return options;
    }

    /**
     * Another inspector of the same model, options and present thresholds for another thread. It shares the weights and
     * is closed by itself. Any thread may call it at any time, also while this one inspects.
     *
     * @throws IllegalStateException after {@link #close}
     */
    public Inspector duplicate() {
        synchronized (life) {
            try {
                use.requireOpen();
                return new Inspector(
                        judge.model(),
                        source,
                        engine.duplicate(),
                        options,
                        normalViews,
                        fixture == null ? null : fixture.duplicate(info.regionOfInterest()));
            } finally {
                Reference.reachabilityFence(this);
            }
        }
    }

    /**
     * Memory for a raw part that this inspector's device reads without a copy; for its duplicates too. On a GPU that
     * saves the copy to page-locked memory, about a millisecond for 800 x 800 pixels and points.
     *
     * @throws IllegalArgumentException when a size is not positive, or a buffer would be larger than 2 GiB
     */
    public InputBuffers newInputBuffers(String id, int rgbWidth, int rgbHeight, int xyzWidth, int xyzHeight) {
        return newBuffers(() -> new InputBuffers(engine, id, rgbWidth, rgbHeight, xyzWidth, xyzHeight, false));
    }

    /**
     * The same for a part whose second modality is surface normals, as bytes.
     *
     * @throws IllegalArgumentException as {@link #newInputBuffers}
     */
    public InputBuffers newNormalsBuffers(String id, int rgbWidth, int rgbHeight, int normalsWidth, int normalsHeight) {
        return newBuffers(() -> new InputBuffers(engine, id, rgbWidth, rgbHeight, normalsWidth, normalsHeight, true));
    }

    private InputBuffers newBuffers(Supplier<InputBuffers> made) {
        try {
            return use.during(made);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Runs everything but the preparation, so that the first part does not pay for first touches of memory and code.
     * Where the options leave the number of threads free, all and one are timed, and the faster begins.
     */
    public void warmUp() {
        use.enter();
        try {
            engine.warmUp();
        } finally {
            leave();
        }
    }

    /**
     * Inspects one part, as its memory is now. When the model has a region of interest, only pixels in it count: scores
     * are the maxima over them, and the others are 0 in the maps.
     *
     * @param result filled completely
     * @throws io.trd4j.data.PartNotFoundException when an aligned model does not find its part: it is not in view, or
     *     another one; the result is then undefined, as with every exception
     * @throws InputException when the part cannot be inspected (no valid depth, for example, where the
     *     {@link InputPolicy} refuses that, or points that can be no metres)
     */
    public void inspect(Part part, Inspection result) {
        Objects.requireNonNull(part, "part");
        Objects.requireNonNull(result, "result");
        if (result.size() != info.size()) {
            throw new IllegalArgumentException(
                    "the result is for size " + result.size() + ", the model's is " + info.size());
        }
        use.enter();
        try {
            if (result.hasMaps && !options.maps()) {
                // Of another inspector; a new result has none to forget, and this is done once.
                result.maps.clear();
                result.hasMaps = false;
            }
            long start = System.nanoTime();
            part.update();
            Part used = inputs.of(part, result.quality, result.unlike);
            Part seen = fixture == null ? used : fixture.locate(used);
            long measured = System.nanoTime() - start;
            if (engine.inspect(seen, result.maps) == PartEngine.Outcome.NO_FOREGROUND) {
                used = inputs.withoutForeground(used);
                engine.inspect(seen.withoutSecond(), result.maps);
            }
            result.maps.prepareNanos += measured;
            result.hasMaps = options.maps();
            result.mode = used.rgb() == null
                    ? InspectionMode.DEPTH_ONLY
                    : used.hasSecond() ? InspectionMode.BOTH : InspectionMode.RGB_ONLY;
            if (result.mode != InspectionMode.BOTH) {
                OneModality.calibrate(result.maps, result.mode, info.calibration(), options.maps() || fixture != null);
            }
            if (raised != null && result.mode == InspectionMode.BOTH) {
                raised.apply(result.maps, options.maps() || fixture != null);
            }
            if (fixture != null) {
                fixture.finish(result.maps, result.mode, options.maps());
                if (!fixture.seesRegion()) {
                    result.unlike.add(Warning.REGION_UNSEEN);
                }
            }
            result.leaveOut(info.regionOfInterest(), options.maps());
            if (!Float.isFinite(result.maps.score)) {
                throw ModelChecks.notFinite(part, engine.precision());
            }
            judge.judge(result, used);
        } finally {
            leave();
        }
    }

    /** The collector must not take an inspector that somebody is in, whoever has dropped it meanwhile. */
    private void leave() {
        use.leave();
        Reference.reachabilityFence(this);
    }

    /** Frees the native memory. Idempotent. @throws IllegalStateException while another thread is inspecting */
    @Override
    public void close() {
        synchronized (life) {
            if (use.end()) {
                leak.closed();
                engine.close();
                if (fixture != null) {
                    fixture.close();
                }
            }
        }
    }
}
