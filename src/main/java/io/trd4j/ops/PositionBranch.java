package io.trd4j.ops;

import io.trd4j.jni.TrdPositionBranch;
import org.bytedeco.javacpp.FloatPointer;

/**
 * With which {@link PositionOps#scores} compares one branch's map, and the filtered differences that go with it. The
 * buffers stay the caller's and must outlive this object, which owns a few bytes of native memory.
 */
public final class PositionBranch implements AutoCloseable {
    final TrdPositionBranch struct = Retained.of(new TrdPositionBranch());

    /**
     * Without filters, without a share in the sum of both maps, on the line 1 x + 0.
     *
     * @param mean of the map, size x size
     * @param scale score per unit of the map, size x size
     * @param offset of the map's score
     * @param filtered differences, most filters x the area's pixels, packed
     * @param filterScale score per unit of their amounts, the same shape
     * @param filterOffset of their scores, one for each
     */
    public PositionBranch(
            FloatPointer mean,
            FloatPointer scale,
            float offset,
            FloatPointer filtered,
            FloatPointer filterScale,
            FloatPointer filterOffset) {
        struct.mean(mean).scale(scale).offset(offset);
        struct.filtered(filtered).filter_scale(filterScale).filter_offset(filterOffset);
        struct.filters(0).sum_factor(0).reserved(0);
        line(1, 0);
    }

    /** How many filters count from now on. */
    public void filters(int count) {
        struct.filters(count);
    }

    /** The map's share in the sum of both maps, per score of it. */
    public void share(float factor) {
        struct.sum_factor(factor);
    }

    /** The line on which the joined map is brought from now on. */
    public void line(float factor, float offset) {
        struct.result_factor(factor).result_offset(offset);
    }

    @Override
    public void close() {
        struct.close();
    }
}
