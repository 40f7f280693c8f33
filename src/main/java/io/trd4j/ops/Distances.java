package io.trd4j.ops;

import io.trd4j.jni.TrdDistances;
import org.bytedeco.javacpp.FloatPointer;

/**
 * One branch's distances at the three scales, [n, side, side] each: addresses and sides for an op. The buffers stay the
 * caller's and must outlive this object, which owns a few bytes of native memory; made once, at set-up.
 */
public final class Distances implements AutoCloseable {
    final TrdDistances struct;
    private final FloatPointer[] scales;
    private final long[] sides;

    /** Distances at three scales, n maps of {@code side x side} each; they stay the caller's. */
    public Distances(
            FloatPointer scale1, long side1, FloatPointer scale2, long side2, FloatPointer scale3, long side3) {
        struct = Retained.of(new TrdDistances());
        struct.scale_1(scale1).scale_2(scale2).scale_3(scale3);
        scales = new FloatPointer[] {scale1, scale2, scale3};
        sides = new long[] {side1, side2, side3};
    }

    /** The buffer of scale 0, 1 or 2. */
    public FloatPointer scale(int scale) {
        return scales[scale];
    }

    /** The side of scale 0, 1 or 2. */
    public long side(int scale) {
        return sides[scale];
    }

    @Override
    public void close() {
        struct.close();
    }
}
