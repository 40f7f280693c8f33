package io.trd4j.benchmarks.detection;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A variant in training, then in use. */
interface Detector extends AutoCloseable {
    /** One epoch over the training parts; the mean losses of its students. */
    List<Double> epoch();

    /** How many numbers the optimizer steps. */
    long parameters();

    /**
     * Maps before calibration, [n, 1, S, S] per branch; a fused student has one branch. The caller holds a NoGradGuard
     * and a PointerScope.
     *
     * @param rgb prepared images [n, 3, S, S] on the run's device; {@code second} likewise
     */
    List<Tensor> rawMaps(Tensor rgb, Tensor second);

    @Override
    void close();
}
