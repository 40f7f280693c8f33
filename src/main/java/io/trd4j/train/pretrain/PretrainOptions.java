package io.trd4j.train.pretrain;

import io.trd4j.io.OptionException;
import io.trd4j.model.Backbone;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.network.TorchDevice;
import java.util.Objects;

/**
 * How a teacher is pretrained.
 *
 * @param pretext what it learns from the formula images
 * @param steps of the whole run: the learning rate's course depends on it
 * @param scenes per step, each seen in {@link FormulaBatch#VIEWS} views
 * @param size of a view, pixels, a multiple of 32
 * @param learningRate its highest; it rises over the first steps and falls along a cosine to 0
 * @param threads CPU threads: LibTorch's on the CPU, where they are part of a run's identity, because sums depend on it
 *     in their last bits; beside a GPU those that draw the images
 * @param device where LibTorch trains
 */
public record PretrainOptions(
        Backbone backbone,
        Pretext pretext,
        int steps,
        int scenes,
        int size,
        double learningRate,
        long seed,
        int threads,
        TorchDevice device) {
    private static final int MAX_STEPS = 10_000_000;
    private static final int MAX_SCENES = 1024;
    private static final int WARM_UP = 100;

    /** @throws OptionException when a number is out of its range */
    public PretrainOptions {
        OptionException.require(
                steps > 0 && steps <= MAX_STEPS, "steps", "must be 1 to " + MAX_STEPS + ", not " + steps);
        OptionException.require(
                scenes > 0 && scenes <= MAX_SCENES, "scenes", "must be 1 to " + MAX_SCENES + ", not " + scenes);
        OptionException.require(
                size > 0 && size <= ModelInfo.MAX_SIZE && size % 32 == 0,
                "size",
                "must be a multiple of 32 from 32 to " + ModelInfo.MAX_SIZE + ", not " + size);
        OptionException.require(
                learningRate > 0 && Double.isFinite(learningRate),
                "learningRate",
                "must be positive, not " + learningRate);
        OptionException.require(threads > 0, "threads", "must be positive, not " + threads);
        Objects.requireNonNull(device, "device");
    }

    /** On the CPU. */
    public PretrainOptions(
            Backbone backbone,
            Pretext pretext,
            int steps,
            int scenes,
            int size,
            double learningRate,
            long seed,
            int threads) {
        this(backbone, pretext, steps, scenes, size, learningRate, seed, threads, TorchDevice.CPU);
    }

    /** Of step {@code step} from 0. */
    double learningRate(int step) {
        return learningRate * Math.min(1, (step + 1.0) / WARM_UP) * 0.5 * (1 + StrictMath.cos(Math.PI * step / steps));
    }
}
