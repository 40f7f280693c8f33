package io.trd4j.engine;

import io.trd4j.data.Part;
import io.trd4j.model.Precision;
import java.nio.ByteBuffer;

/**
 * Whole parts on one backend, from raw buffers to scores and maps. Used by one thread at a time. {@link CpuPartEngine}
 * and {@link io.trd4j.engine.cuda.CudaPartEngine} implement it.
 */
public interface PartEngine extends AutoCloseable {
    /** How far a part came. */
    enum Outcome {
        INSPECTED,
        /**
         * None of its points stands out of the background plane: the result is undefined, and the part's colour is
         * still to be judged.
         */
        NO_FOREGROUND
    }

    /** The arithmetic of its convolutions; never AUTO. */
    Precision precision();

    /** For listings: {@code cpu}, or {@code cuda:0 (NVIDIA H200)}. */
    String device();

    /** Everything but the preparation once. */
    void warmUp();

    /**
     * Fills scores, times and, where the engine brings them to the host, maps; the verdict is the caller's.
     *
     * @return whether the part's points show a part at all, which is known only when they are prepared
     * @throws io.trd4j.io.InputException for fewer than 3 x 3 points where normals are computed of them, and for
     *     surface normals where the model's second modality is depth
     */
    Outcome inspect(Part part, PartMaps result);

    /** Another engine of the same model for another thread, weights shared. */
    PartEngine duplicate();

    /** Memory for raw inputs that this backend reads without a copy. */
    Memory allocateInput(long bytes);

    /** Native memory in the machine's byte order. */
    interface Memory extends AutoCloseable {
        ByteBuffer buffer();

        @Override
        void close();
    }

    @Override
    void close();
}
