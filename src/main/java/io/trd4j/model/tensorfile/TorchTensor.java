package io.trd4j.model.tensorfile;

import io.trd4j.io.InputException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;

/**
 * A tensor of a PyTorch checkpoint, dense and row-major whatever its strides in the file.
 *
 * @param data reads its little-endian bytes anew each time, while the file is open; throws {@link InputException} when
 *     the file is cut
 */
public record TorchTensor(TensorType type, List<Long> shape, Supplier<ByteBuffer> data) {
    /** The same under a name, for a writer. */
    public SafetensorsWriter.Source named(String name) {
        return new SafetensorsWriter.Source(new TensorInfo(name, type, shape), data);
    }
}
