package io.trd4j.train;

import io.trd4j.data.Modality;
import io.trd4j.model.Backbone;

/**
 * How a model is trained (SPEC section 3).
 *
 * @param size S, a positive multiple of 32
 * @param normalKernel Sobel aperture for surface normals: 3, 5 or 7
 * @param threads CPU threads; part of a run's identity, because sums depend on it in their last bits
 */
public record TrainingOptions(Backbone backbone, int size, Modality modality, int normalKernel, int epochs, int batch,
                              double learningRate, long seed, int threads) {
    /** Both learning rates are multiplied by this after every epoch. */
    static final double DECAY = 0.95;

    public TrainingOptions {
        require(size > 0 && size % 32 == 0, "size must be a positive multiple of 32, not " + size);
        require(normalKernel == 3 || normalKernel == 5 || normalKernel == 7, "normal kernel must be 3, 5 or 7, not " + normalKernel);
        require(epochs > 0, "epochs must be positive, not " + epochs);
        require(batch > (size == 32 ? 1 : 0), "batch must be at least " + (size == 32 ? "2 at size 32" : "1") + ", not " + batch);
        require(learningRate > 0 && Double.isFinite(learningRate), "learning rate must be positive, not " + learningRate);
        require(threads > 0, "threads must be positive, not " + threads);
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new IllegalArgumentException(what);
        }
    }

    double learningRate(int epoch) {
        return learningRate * Math.pow(DECAY, epoch);
    }
}
