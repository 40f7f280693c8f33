package io.trd4j.train;

import io.trd4j.data.prepare.SobelAperture;
import io.trd4j.io.OptionException;
import io.trd4j.model.Backbone;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.network.TorchDevice;
import java.util.Objects;

/**
 * How a model is trained (SPEC section 3).
 *
 * @param size S, a multiple of 32 up to {@link ModelInfo#MAX_SIZE}
 * @param modality what the second branch sees; the scales of metric geometry are measured on the training parts
 * @param normalKernel Sobel aperture for surface normals: 3, 5 or 7; not used for other modalities
 * @param epochs how many, or at most how many when training stops by itself ({@link Convergence})
 * @param threads CPU threads; part of a run's identity, because sums depend on it in their last bits
 * @param device where LibTorch trains
 */
public record TrainingOptions(
        Backbone backbone,
        int size,
        Modality modality,
        int normalKernel,
        int epochs,
        int batch,
        double learningRate,
        long seed,
        int threads,
        TorchDevice device) {
    /** Both learning rates are multiplied by this after every epoch. */
    static final double DECAY = 0.95;
    /** The paper's number of epochs for MVTec 3D-AD. */
    public static final int PAPER_EPOCHS = 200;

    // Far beyond any use, and small enough that counts of steps fit an int.
    private static final int MAX_EPOCHS = 100_000;
    private static final int MAX_BATCH = 4096;

    /** @throws OptionException when a number is out of its range */
    public TrainingOptions {
        OptionException.require(
                size > 0 && size <= ModelInfo.MAX_SIZE && size % 32 == 0,
                "size",
                "must be a multiple of 32 from 32 to " + ModelInfo.MAX_SIZE + ", not " + size);
        OptionException.require(
                normalKernel == 3 || normalKernel == 5 || normalKernel == 7,
                "normalKernel",
                "must be 3, 5 or 7, not " + normalKernel);
        OptionException.require(
                epochs > 0 && epochs <= MAX_EPOCHS, "epochs", "must be 1 to " + MAX_EPOCHS + ", not " + epochs);
        OptionException.require(
                batch > (size == 32 ? 1 : 0) && batch <= MAX_BATCH,
                "batch",
                "must be " + (size == 32 ? "2 (at size 32, where one part is no batch)" : "1") + " to " + MAX_BATCH
                        + ", not " + batch);
        OptionException.require(
                learningRate > 0 && Double.isFinite(learningRate),
                "learningRate",
                "must be positive, not " + learningRate);
        OptionException.require(threads > 0, "threads", "must be positive, not " + threads);
        Objects.requireNonNull(device, "device");
    }

    /**
     * Those of {@code trd train}: resnet18 at 256 pixels with metric geometry, at most {@value #PAPER_EPOCHS} epochs of
     * batches of 16 parts, learning rate 0.005, seed 42, on all cores of the CPU.
     */
    public static TrainingOptions defaults() {
        return new TrainingOptions(
                Backbone.RESNET18,
                256,
                Modality.METRIC,
                SobelAperture.FALLBACK,
                PAPER_EPOCHS,
                16,
                0.005,
                42,
                Runtime.getRuntime().availableProcessors());
    }

    /** On the CPU. */
    public TrainingOptions(
            Backbone backbone,
            int size,
            Modality modality,
            int normalKernel,
            int epochs,
            int batch,
            double learningRate,
            long seed,
            int threads) {
        this(backbone, size, modality, normalKernel, epochs, batch, learningRate, seed, threads, TorchDevice.CPU);
    }

    /** The same options with another ResNet as teacher, and students to match. */
    public TrainingOptions withBackbone(Backbone newBackbone) {
        return new TrainingOptions(
                newBackbone, size, modality, normalKernel, epochs, batch, learningRate, seed, threads, device);
    }

    /** The same options with another input size S, pixels, a multiple of 32. */
    public TrainingOptions withSize(int newSize) {
        return new TrainingOptions(
                backbone, newSize, modality, normalKernel, epochs, batch, learningRate, seed, threads, device);
    }

    /** The same options with another input of the second branch. */
    public TrainingOptions withModality(Modality newModality) {
        return new TrainingOptions(
                backbone, size, newModality, normalKernel, epochs, batch, learningRate, seed, threads, device);
    }

    /** The same options with another Sobel aperture of surface normals: 3, 5 or 7 pixels. */
    public TrainingOptions withNormalKernel(int newNormalKernel) {
        return new TrainingOptions(
                backbone, size, modality, newNormalKernel, epochs, batch, learningRate, seed, threads, device);
    }

    /** The same options with another number of epochs, 1 or more. */
    public TrainingOptions withEpochs(int newEpochs) {
        return new TrainingOptions(
                backbone, size, modality, normalKernel, newEpochs, batch, learningRate, seed, threads, device);
    }

    /** The same options with another number of parts per training step, 1 or more. */
    public TrainingOptions withBatch(int newBatch) {
        return new TrainingOptions(
                backbone, size, modality, normalKernel, epochs, newBatch, learningRate, seed, threads, device);
    }

    /** The same options with another learning rate of the first epoch, above 0. */
    public TrainingOptions withLearningRate(double newLearningRate) {
        return new TrainingOptions(
                backbone, size, modality, normalKernel, epochs, batch, newLearningRate, seed, threads, device);
    }

    /** The same options with another seed: of the initial students and the order of the parts. */
    public TrainingOptions withSeed(long newSeed) {
        return new TrainingOptions(
                backbone, size, modality, normalKernel, epochs, batch, learningRate, newSeed, threads, device);
    }

    /** The same options with other CPU threads, 1 or more. */
    public TrainingOptions withThreads(int newThreads) {
        return new TrainingOptions(
                backbone, size, modality, normalKernel, epochs, batch, learningRate, seed, newThreads, device);
    }

    /** The same options on another device. */
    public TrainingOptions withDevice(TorchDevice newDevice) {
        return new TrainingOptions(
                backbone, size, modality, normalKernel, epochs, batch, learningRate, seed, threads, newDevice);
    }

    /** The learning rate of an epoch, from 0. */
    public double learningRate(int epoch) {
        return learningRate * Math.pow(DECAY, epoch);
    }
}
