package io.trd4j.engine;

import io.trd4j.model.Precision;
import io.trd4j.ops.Distances;
import io.trd4j.ops.ElementType;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;

/**
 * Computes the network: from two prepared images to six distance maps, in memory of its own. Used by one thread at a
 * time; allocates nothing per part, except where an implementation says so. {@link io.trd4j.engine.cpu.CpuRunner},
 * {@link io.trd4j.engine.cuda.CudaRunner} and {@link io.trd4j.engine.torch.LibTorchRunner} implement it.
 */
public interface NetworkRunner extends AutoCloseable {
    /** Where the prepared images go before {@link #run}: both modalities, rgb first, 2 x S x S x 3, channels-last. */
    Pointer image(int branch);

    /** The arithmetic of its convolutions; never AUTO. */
    Precision precision();

    /** Element type of the images. */
    ElementType imageType();

    /**
     * Sets a prepared image from S x S x 3 float values, rounded to the nearest where the image has 16 bits; not for
     * the hot path.
     */
    default void setImage(int branch, float[] values) {
        if (imageType() == ElementType.FLOAT32) {
            new FloatPointer(image(branch)).put(values);
        } else {
            new ShortPointer(image(branch)).put(imageType().halves(values));
        }
    }

    /** Computes the distances; the images are lost. */
    void run();

    /**
     * Distance maps of the last part at the three scales; valid until the next part or close.
     *
     * @param branch 0 = rgb, 1 = the second modality
     */
    Distances distances(int branch);

    /** Another runner of the same model with memory of its own; weights are shared where the backend can. */
    NetworkRunner duplicate();

    @Override
    void close();
}
