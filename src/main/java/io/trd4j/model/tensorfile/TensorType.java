package io.trd4j.model.tensorfile;

/**
 * Element types of stored tensors, named as safetensors names them. Declared in the order in which the Python library
 * ranks them: it writes a file's tensors from the last type to the first, which keeps each of them aligned.
 */
public enum TensorType {
    BOOL(1),
    U8(1),
    I8(1),
    I16(2),
    F16(2),
    BF16(2),
    I32(4),
    F32(4),
    F64(8),
    I64(8);

    private final int bytes;

    TensorType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes per element. */
    public int bytes() {
        return bytes;
    }
}
