package io.trd4j.train;

import io.trd4j.io.Arguments;
import io.trd4j.model.Backbone;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.network.TorchDevice;
import java.util.Objects;

/**
 * How a model is trained (SPEC section 3).
 *
 * @param size S, a multiple of 32 up to {@link ModelInfo#MAX_SIZE}
 * @param normalKernel Sobel aperture for surface normals: 3, 5 or 7
 * @param epochs how many, or at most how many when training stops by itself ({@link Convergence})
 * @param threads CPU threads; part of a run's identity, because sums depend on it in their last bits
 * @param device where LibTorch trains
 */
public record TrainingOptions(Backbone backbone, int size, Modality modality, int normalKernel, int epochs, int batch,
                              double learningRate, long seed, int threads, TorchDevice device) {
    /** Both learning rates are multiplied by this after every epoch. */
    static final double DECAY = 0.95;
    // Far beyond any use, and small enough that counts of steps fit an int.
    private static final int MAX_EPOCHS = 100_000;
    private static final int MAX_BATCH = 4096;

    public TrainingOptions {
        Arguments.require(size > 0 && size <= ModelInfo.MAX_SIZE && size % 32 == 0,
                "size must be a multiple of 32 from 32 to " + ModelInfo.MAX_SIZE + ", not " + size);
        Arguments.require(normalKernel == 3 || normalKernel == 5 || normalKernel == 7, "normal kernel must be 3, 5 or 7, not " + normalKernel);
        Arguments.require(epochs > 0 && epochs <= MAX_EPOCHS, "epochs must be 1 to " + MAX_EPOCHS + ", not " + epochs);
        Arguments.require(batch > (size == 32 ? 1 : 0) && batch <= MAX_BATCH, "batch must be "
                + (size == 32 ? "2 (at size 32, where one part is no batch)" : "1") + " to " + MAX_BATCH + ", not " + batch);
        Arguments.require(learningRate > 0 && Double.isFinite(learningRate), "learning rate must be positive, not " + learningRate);
        Arguments.require(threads > 0, "threads must be positive, not " + threads);
        Objects.requireNonNull(device, "device");
    }

    /** On the CPU. */
    public TrainingOptions(Backbone backbone, int size, Modality modality, int normalKernel, int epochs, int batch,
                           double learningRate, long seed, int threads) {
        this(backbone, size, modality, normalKernel, epochs, batch, learningRate, seed, threads, TorchDevice.CPU);
    }

    /** The same with another aperture. */
    public TrainingOptions withNormalKernel(int newKernel) {
        return new TrainingOptions(backbone, size, modality, newKernel, epochs, batch, learningRate, seed, threads, device);
    }

    /** The learning rate of an epoch, from 0. */
    public double learningRate(int epoch) {
        return learningRate * Math.pow(DECAY, epoch);
    }
}
