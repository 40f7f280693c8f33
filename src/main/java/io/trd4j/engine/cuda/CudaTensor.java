package io.trd4j.engine.cuda;

import io.trd4j.engine.plan.ArenaLayout;
import io.trd4j.ops.ElementType;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;

/**
 * A feature map, or a part of one, at a place of the arena: {@code images x side x side x channels} elements,
 * channels-last. A slice of the channels shares the pixel stride of the whole.
 *
 * @param offset of the first element in the buffer, bytes
 * @param pixelStride elements from one pixel to the next: the channels of the whole
 */
record CudaTensor(Buffer buffer, ElementType type, int images, int channels, int side, long offset, int pixelStride) {
    /** Memory of the arena; steps name what they read and write. */
    static final class Buffer extends ArenaLayout.Block {
        /** Steps that write it, and all that need it, by their index. */
        final BitSet writers = new BitSet();

        final BitSet users = new BitSet();

        Buffer(long bytes) {
            super(bytes);
        }
    }

    /** Of those that are not null. */
    static List<Buffer> buffers(CudaTensor... values) {
        return Arrays.stream(values)
                .filter(Objects::nonNull)
                .map(CudaTensor::buffer)
                .toList();
    }

    static CudaTensor dense(ElementType type, int images, int channels, int side) {
        return new CudaTensor(
                new Buffer((long) images * side * side * channels * type.bytes()),
                type,
                images,
                channels,
                side,
                0,
                channels);
    }

    CudaTensor image(int index) {
        return new CudaTensor(buffer, type, 1, channels, side, offset + index * imageBytes(), pixelStride);
    }

    CudaTensor channels(int from, int count) {
        return new CudaTensor(buffer, type, images, count, side, offset + (long) from * type.bytes(), pixelStride);
    }

    /** From one image to the next. */
    long imageBytes() {
        return (long) side * side * pixelStride * type.bytes();
    }

    /** Whether it is all of its buffer. */
    boolean whole() {
        return (long) images * side * side * channels * type.bytes() == buffer.bytes();
    }

    long pixels() {
        return (long) images * side * side;
    }
}
