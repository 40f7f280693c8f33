package io.trd4j.engine.cpu;

import io.trd4j.engine.plan.ArenaLayout;

/**
 * A feature map, or a part of one, in a type and at a place of the arena: {@code images x side x side x channels}
 * elements, channels-last. A slice of the channels shares the pixel stride of the whole.
 *
 * @param offset of the first element in the buffer, bytes
 * @param pixelStride elements from one pixel to the next: the channels of the whole
 * @param scale real value of one step of a U8 or S8 value; 1 for other types
 */
record CpuTensor(
        Buffer buffer, ValueType type, float scale, int images, int channels, int side, long offset, int pixelStride) {
    /** Memory of the arena, from the step that first writes it to the last that needs it. */
    static final class Buffer extends ArenaLayout.Block {
        int first = Integer.MAX_VALUE;
        int last = Integer.MIN_VALUE;

        Buffer(long bytes) {
            super(bytes);
        }

        void usedBy(int step) {
            first = Math.min(first, step);
            last = Math.max(last, step);
        }
    }

    static CpuTensor dense(ValueType type, float scale, int images, int channels, int side) {
        return new CpuTensor(
                new Buffer((long) images * side * side * channels * type.bytes),
                type,
                scale,
                images,
                channels,
                side,
                0,
                channels);
    }

    CpuTensor image(int index) {
        return new CpuTensor(
                buffer,
                type,
                scale,
                1,
                channels,
                side,
                offset + (long) index * side * side * pixelStride * type.bytes,
                pixelStride);
    }

    CpuTensor channels(int from, int count) {
        return new CpuTensor(buffer, type, scale, images, count, side, offset + (long) from * type.bytes, pixelStride);
    }

    /** The same memory read as another type of the same width. */
    CpuTensor as(ValueType other, float otherScale) {
        return new CpuTensor(buffer, other, otherScale, images, channels, side, offset, pixelStride);
    }

    boolean isDense() {
        return pixelStride == channels;
    }

    long elements() {
        return (long) images * side * side * channels;
    }
}
