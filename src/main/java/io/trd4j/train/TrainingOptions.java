package io.trd4j.train;

import io.trd4j.data.prepare.SobelAperture;
import io.trd4j.io.OptionException;
import io.trd4j.io.OptionalLibrary;
import io.trd4j.model.Backbone;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import io.trd4j.model.network.TorchDevice;
import java.util.Objects;

/**
 * How a model is trained (SPEC section 3).
 *
 * @param size S, a multiple of 32 up to {@link ModelInfo#MAX_SIZE}
 * @param modality what the second branch sees; the scales of metric geometry are measured on the training parts
 * @param normalKernel Sobel aperture for surface normals: 3, 5 or 7; not used for other modalities
 * @param schedule how long, and at which learning rate
 * @param batch parts per step
 * @param threads CPU threads; part of a run's identity, because sums depend on it in their last bits
 * @param device where LibTorch trains
 * @param precision of the students' convolutions, {@link Precision#FP32} or {@link Precision#BF16}; weights,
 *     BatchNorm's statistics, losses and the optimizer are float32 in both
 */
public record TrainingOptions(
        Backbone backbone,
        int size,
        Modality modality,
        int normalKernel,
        Schedule schedule,
        int batch,
        long seed,
        int threads,
        TorchDevice device,
        Precision precision) {
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
        Objects.requireNonNull(schedule, "schedule");
        OptionException.require(
                batch > (size == 32 ? 1 : 0) && batch <= MAX_BATCH,
                "batch",
                "must be " + (size == 32 ? "2 (at size 32, where one part is no batch)" : "1") + " to " + MAX_BATCH
                        + ", not " + batch);
        OptionException.require(threads > 0, "threads", "must be positive, not " + threads);
        Objects.requireNonNull(device, "device");
        OptionException.require(
                precision == Precision.FP32 || precision == Precision.BF16,
                "precision",
                "must be fp32 or bf16, not " + (precision == null ? null : precision.key()));
    }

    /**
     * Those of {@code trd train}: resnet18 at 256 pixels with metric geometry, batches of 16 parts, learning rate 0.005
     * falling by steps, at most {@value Schedule#PAPER_EPOCHS} epochs, seed 42, in float32 on all cores of the CPU.
     */
    public static TrainingOptions defaults() {
        OptionalLibrary.LIBTORCH.require();
        return new TrainingOptions(
                Backbone.RESNET18,
                256,
                Modality.METRIC,
                SobelAperture.FALLBACK,
                new Schedule(Schedule.Kind.STEPS, Schedule.PAPER_EPOCHS, 0.005),
                16,
                42,
                Runtime.getRuntime().availableProcessors(),
                TorchDevice.CPU,
                Precision.FP32);
    }

    /** By the paper's schedule, in float32 on the CPU. */
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
        this(
                backbone,
                size,
                modality,
                normalKernel,
                new Schedule(Schedule.Kind.EPOCHS, epochs, learningRate),
                batch,
                seed,
                threads,
                TorchDevice.CPU,
                Precision.FP32);
    }

    /** Of the schedule: how many, or at most how many. */
    public int epochs() {
        return schedule.epochs();
    }

    /** Of the schedule: that of the first step. */
    public double learningRate() {
        return schedule.learningRate();
    }

    /** The same options with another ResNet as teacher, and students to match. */
    public TrainingOptions withBackbone(Backbone newBackbone) {
        return new TrainingOptions(
                newBackbone, size, modality, normalKernel, schedule, batch, seed, threads, device, precision);
    }

    /** The same options with another input size S, pixels, a multiple of 32. */
    public TrainingOptions withSize(int newSize) {
        return new TrainingOptions(
                backbone, newSize, modality, normalKernel, schedule, batch, seed, threads, device, precision);
    }

    /** The same options with another input of the second branch. */
    public TrainingOptions withModality(Modality newModality) {
        return new TrainingOptions(
                backbone, size, newModality, normalKernel, schedule, batch, seed, threads, device, precision);
    }

    /** The same options with another Sobel aperture of surface normals: 3, 5 or 7 pixels. */
    public TrainingOptions withNormalKernel(int newNormalKernel) {
        return new TrainingOptions(
                backbone, size, modality, newNormalKernel, schedule, batch, seed, threads, device, precision);
    }

    /** The same options with another length and learning rate. */
    public TrainingOptions withSchedule(Schedule newSchedule) {
        return new TrainingOptions(
                backbone, size, modality, normalKernel, newSchedule, batch, seed, threads, device, precision);
    }

    /** The same options with another number of epochs, 1 or more. */
    public TrainingOptions withEpochs(int newEpochs) {
        return withSchedule(new Schedule(schedule.kind(), newEpochs, schedule.learningRate()));
    }

    /** The same options with another learning rate of the first step, above 0. */
    public TrainingOptions withLearningRate(double newLearningRate) {
        return withSchedule(new Schedule(schedule.kind(), schedule.epochs(), newLearningRate));
    }

    /** The same options with another number of parts per training step, 1 or more. */
    public TrainingOptions withBatch(int newBatch) {
        return new TrainingOptions(
                backbone, size, modality, normalKernel, schedule, newBatch, seed, threads, device, precision);
    }

    /** The same options with another seed: of the initial students and the order of the parts. */
    public TrainingOptions withSeed(long newSeed) {
        return new TrainingOptions(
                backbone, size, modality, normalKernel, schedule, batch, newSeed, threads, device, precision);
    }

    /** The same options with other CPU threads, 1 or more. */
    public TrainingOptions withThreads(int newThreads) {
        return new TrainingOptions(
                backbone, size, modality, normalKernel, schedule, batch, seed, newThreads, device, precision);
    }

    /** The same options on another device. */
    public TrainingOptions withDevice(TorchDevice newDevice) {
        return new TrainingOptions(
                backbone, size, modality, normalKernel, schedule, batch, seed, threads, newDevice, precision);
    }

    /** The same options with the students' convolutions in float32 or bfloat16. */
    public TrainingOptions withPrecision(Precision newPrecision) {
        return new TrainingOptions(
                backbone, size, modality, normalKernel, schedule, batch, seed, threads, device, newPrecision);
    }
}
