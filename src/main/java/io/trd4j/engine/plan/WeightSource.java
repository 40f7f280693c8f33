package io.trd4j.engine.plan;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where a network's tensors come from: an open model file, or a generator of random ones for measurements. */
@FunctionalInterface
public interface WeightSource {
    /**
     * Fills {@code target} with little-endian float32 values of a tensor in row-major order. Several threads may read
     * at once.
     *
     * @param tensor name as in a model file, with its network's prefix
     * @param offset of the first value, in values
     * @param target its remaining bytes are filled; a multiple of 4
     */
    void read(String tensor, long offset, ByteBuffer target) throws IOException;
}
