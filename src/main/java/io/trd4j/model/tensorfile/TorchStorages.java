package io.trd4j.model.tensorfile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * A PyTorch checkpoint: what its pickle holds, and the flat byte arrays that its tensors are views of, by their keys.
 */
interface TorchStorages extends AutoCloseable {
    /** Content of the pickle, of the kinds that {@link TorchUnpickler#next} gives. */
    Object root();

    /** Classes of objects that were read past. */
    Set<String> skipped();

    /** Is told of every tensor, while the pickle is read: it will read up to the storage's byte {@code end}. */
    default void use(String key, long end) {}

    /** Fills {@code target} with the storage's bytes from {@code offset} on; the range lies within the storage. */
    void read(String key, long offset, ByteBuffer target) throws IOException;

    @Override
    void close() throws IOException;
}
