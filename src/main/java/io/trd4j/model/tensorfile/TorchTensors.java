package io.trd4j.model.tensorfile;

import io.trd4j.io.InputException;
import io.trd4j.io.OneLine;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipException;

/** Strided views of storages as dense row-major tensors. */
final class TorchTensors {
    /** A view that repeats elements may be larger than its storage up to here; buffers that are expanded are small. */
    private static final long MAX_REPEATED_BYTES = 16 << 20;

    private TorchTensors() {}

    /**
     * A storage as the pickle names it.
     *
     * @param offset elements before its first in the storage it is a part of; 0 except in files of PyTorch before 1.0
     * @param elements after {@code offset}
     */
    record Storage(String key, TensorType type, long offset, long elements) {}

    /**
     * A tensor on a storage. Its elements are checked to lie within the storage; nothing is read yet.
     *
     * @param offset and {@code strides} in elements
     * @throws InputException when they do not
     */
    static TorchTensor view(
            Path file, TorchStorages storages, Storage storage, long offset, List<Long> shape, List<Long> strides) {
        TensorInfo info;
        long span;
        try {
            info = new TensorInfo("", storage.type, shape);
            span = info.elements() == 0 ? 0 : span(shape, strides);
            if (offset < 0 || offset > storage.elements - span) {
                throw new IllegalArgumentException("reaches beyond its storage");
            }
            if (info.bytes() > Math.max(MAX_REPEATED_BYTES, storage.elements * storage.type.bytes())) {
                throw new IllegalArgumentException("repeats its storage over and over");
            }
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new InputException(
                    file + " is damaged: it holds a tensor of shape " + TensorInfo.text(shape)
                            + " that does not fit its storage of " + storage.elements + " elements",
                    e);
        }
        storages.use(storage.key, (storage.offset + offset + span) * info.type().bytes());
        boolean dense = span == info.elements() && isRowMajor(shape, strides);
        long first = (storage.offset + offset) * info.type().bytes();
        return new TorchTensor(info.type(), info.shape(), () -> {
            try {
                ByteBuffer raw = allocate(file, info, span);
                storages.read(storage.key, first, raw);
                raw.flip();
                return (dense ? raw : rowMajor(file, info, strides, raw)).order(ByteOrder.LITTLE_ENDIAN);
            } catch (EOFException | ZipException e) {
                throw new InputException(
                        file + " is damaged: storage " + OneLine.start(storage.key) + " is cut or does not unpack", e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Elements from the first to the last one used. */
    private static long span(List<Long> shape, List<Long> strides) {
        if (shape.size() != strides.size()) {
            throw new IllegalArgumentException("shape and strides differ in length");
        }
        long span = 1;
        for (int d = 0; d < shape.size(); d++) {
            if (strides.get(d) < 0) {
                throw new IllegalArgumentException("negative stride");
            }
            span = Math.addExact(span, Math.multiplyExact(shape.get(d) - 1, strides.get(d)));
        }
        return span;
    }

    private static boolean isRowMajor(List<Long> shape, List<Long> strides) {
        long expected = 1;
        for (int d = shape.size() - 1; d >= 0; d--) {
            if (shape.get(d) != 1 && strides.get(d) != expected) {
                return shape.contains(0L);
            }
            expected *= shape.get(d);
        }
        return true;
    }

    private static ByteBuffer allocate(Path file, TensorInfo info, long elements) {
        if (elements > (Integer.MAX_VALUE - 8) / info.type().bytes()) {
            throw new InputException(
                    file + " holds a tensor of shape " + info.shapeText() + "; at most 2 GiB can be read");
        }
        return ByteBuffer.allocate((int) elements * info.type().bytes());
    }

    private static ByteBuffer rowMajor(Path file, TensorInfo info, List<Long> strides, ByteBuffer raw) {
        ByteBuffer out = allocate(file, info, info.elements());
        int size = info.type().bytes();
        int rank = info.shape().size();
        int[] index = new int[rank];
        int position = 0;
        for (int written = 0; written < out.capacity(); written += size) {
            out.put(written, raw, position * size, size);
            for (int d = rank - 1; d >= 0; d--) {
                int stride = (int) (long) strides.get(d);
                position += stride;
                if (++index[d] < info.shape().get(d)) {
                    break;
                }
                position -= stride * index[d];
                index[d] = 0;
            }
        }
        return out;
    }
}
