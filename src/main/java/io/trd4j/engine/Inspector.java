package io.trd4j.engine;

import io.trd4j.data.Part;
import io.trd4j.data.Preparation;
import io.trd4j.io.InputException;
import io.trd4j.jni.NativeRuntime;
import io.trd4j.jni.TrdCalibration;
import io.trd4j.model.BranchMaps;
import io.trd4j.model.Calibration;
import io.trd4j.model.LibTorch;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Network;
import io.trd4j.ops.Exec;
import io.trd4j.ops.MapOperators;
import io.trd4j.ops.Ops;
import io.trd4j.ops.Owned;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Inspects parts with a trained, calibrated model. Open it once, inspect many parts, close it.
 *
 * <p>Used by one thread at a time; a second thread inside gets an IllegalStateException, as does any use after
 * {@link #close}. The same part and settings give the same bits on every run.
 */
public final class Inspector implements AutoCloseable {
    private static final int IDLE = 0;
    private static final int BUSY = 1;
    private static final int CLOSED = 2;

    private final AtomicInteger state = new AtomicInteger(IDLE);
    private final ModelInfo info;
    private final Network network;
    private final BranchMaps branchMaps;
    private final Preparation preparation;
    private final Exec exec;
    private final TrdCalibration calibration;
    private final FloatPointer rgbImage;
    private final FloatPointer secondImage;
    private final FloatPointer map;
    private final FloatPointer mapRgb;
    private final FloatPointer mapDepth;
    private final FloatPointer scores;
    private final MapOperators operators;
    private final float[] image;
    private final long[] imageShape;

    private Inspector(ModelFile file, InspectorOptions options) throws IOException {
        info = file.info();
        int size = info.size();
        long pixels = (long) size * size;
        LibTorch.setThreads(options.resolvedThreads());
        preparation = new Preparation(size, info.modality(), info.normalKernel());
        network = Network.load(file);
        branchMaps = new BranchMaps(network, size);
        exec = Exec.cpu();
        image = new float[Math.toIntExact(3 * pixels)];
        imageShape = new long[] {1, 3, size, size};
        calibration = Owned.of(new TrdCalibration());
        rgbImage = Owned.of(new FloatPointer(3 * pixels));
        secondImage = Owned.of(new FloatPointer(3 * pixels));
        map = Owned.of(new FloatPointer(pixels));
        mapRgb = Owned.of(new FloatPointer(pixels));
        mapDepth = Owned.of(new FloatPointer(pixels));
        scores = Owned.of(new FloatPointer(3L));
        operators = new MapOperators(exec, size, size / 4, size / 8, size / 16);
        Calibration c = info.calibration();
        calibration.mean_rgb(c.meanRgb()).std_rgb(c.stdRgb()).mean_depth(c.meanDepth()).std_depth(c.stdDepth());
    }

    private Pointer[] owned() {
        return new Pointer[] {calibration, rgbImage, secondImage, map, mapRgb, mapDepth, scores};
    }

    public static Inspector open(Path model) throws IOException {
        return open(model, InspectorOptions.defaults());
    }

    /** @throws InputException when the file is no model, is damaged, or has no calibration yet */
    public static Inspector open(Path model, InspectorOptions options) throws IOException {
        NativeRuntime.description();
        try (ModelFile file = ModelFile.open(model)) {
            requireCalibrated(model, file.info());
            return new Inspector(file, options);
        }
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

    /** Size, backbone, modality, calibration and threshold of the model. */
    public ModelInfo model() {
        return info;
    }

    /** A result to pass to {@link #inspect}, sized for this model. */
    public Inspection newInspection() {
        return new Inspection(info.size());
    }

    /** Runs the network once on empty images, so that the first part does not pay for LibTorch's lazy initialisation. */
    public void warmUp() {
        enter();
        try (PointerScope scope = new PointerScope()) {
            rgbImage.zero();
            secondImage.zero();
            runNetwork();
        } finally {
            leave();
        }
    }

    /**
     * Inspects one part.
     *
     * @param result filled completely
     * @throws InputException when the part cannot be inspected (no valid depth, for example); the result is then undefined
     */
    public void inspect(Part part, Inspection result) {
        if (result.size() != info.size()) {
            throw new IllegalArgumentException("the result is for size " + result.size() + ", the model's is " + info.size());
        }
        enter();
        try (PointerScope scope = new PointerScope()) {
            long start = System.nanoTime();
            preparation.rgb(part, image);
            rgbImage.put(image);
            preparation.second(part, image);
            secondImage.put(image);
            long prepared = System.nanoTime();
            runNetwork();
            long computed = System.nanoTime();
            Ops.anomalyMap(exec, branchMaps.rgbDistances(), branchMaps.depthDistances(), calibration, null, operators,
                    map, mapRgb, mapDepth, scores, 1);
            map.get(result.map);
            mapRgb.get(result.mapRgb);
            mapDepth.get(result.mapDepth);
            result.score = scores.get(0);
            result.scoreRgb = scores.get(1);
            result.scoreDepth = scores.get(2);
            if (!Float.isFinite(result.score)) {
                throw new InputException("part " + part.id() + ": the network's result is not finite: the model's weights are "
                        + "damaged; train or import it again");
            }
            result.verdict = info.threshold() == null ? Verdict.NONE
                    : result.score > info.threshold() ? Verdict.NG : Verdict.OK;
            result.prepareNanos = prepared - start;
            result.networkNanos = computed - prepared;
            result.anomalyMapNanos = System.nanoTime() - computed;
        } finally {
            leave();
        }
    }

    private void runNetwork() {
        Tensor rgb = torch.from_blob(rgbImage, imageShape);
        Tensor second = torch.from_blob(secondImage, imageShape);
        branchMaps.compute(rgb, second);
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
        branchMaps.close();
        network.close();
        operators.close();
        exec.close();
        for (Pointer pointer : owned()) {
            pointer.close();
        }
    }
}
