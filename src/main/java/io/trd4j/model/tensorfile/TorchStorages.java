package io.trd4j.model.tensorfile;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The flat byte arrays of a PyTorch checkpoint that its tensors are views of, by their keys. */
interface TorchStorages extends AutoCloseable {
    /** Fills {@code target} with the storage's bytes from {@code offset} on; the range lies within the storage. */
    void read(String key, long offset, ByteBuffer target) throws IOException;

    @Override
    void close() throws IOException;
}
