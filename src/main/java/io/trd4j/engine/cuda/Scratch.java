package io.trd4j.engine.cuda;

import io.trd4j.engine.cuda.CudaTensor.Buffer;
import java.util.List;
import java.util.stream.Stream;

/**
 * Memory for one call alone.
 *
 * @param buffer null where the call needs none
 */
record Scratch(Buffer buffer) {
    static Scratch of(long bytes) {
        return new Scratch(bytes == 0 ? null : new Buffer(bytes));
    }

    long bytes() {
        return buffer == null ? 0 : buffer.bytes();
    }

    long address(Recording r) {
        return buffer == null ? 0 : r.address(buffer);
    }

    /** All that a step writes: its outputs, and this. */
    List<Buffer> with(Stream<Buffer> outputs) {
        return (buffer == null ? outputs : Stream.concat(outputs, Stream.of(buffer))).toList();
    }
}
