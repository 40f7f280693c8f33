package io.trd4j.ops;

import io.trd4j.jni.TrdTunerBranch;

/** One or both branches of a crossmodal tuner on a device: addresses and strides. Owns a few bytes of native memory. */
public final class TunerBranches implements AutoCloseable {
    final TrdTunerBranch structs;
    final int count;

    /** @param count of branches of one call */
    public TunerBranches(int count) {
        this.count = count;
        structs = Retained.of(new TrdTunerBranch(count));
        structs.zero();
    }

    /** @param packed device address of a branch's packed layers */
    public void packed(int branch, long packed) {
        structs.getPointer(branch).packed(Address.of(packed));
    }

    /**
     * @param scale 0, 1, 2
     * @param in device address of the other modality's teacher feature
     * @param outStride elements from one pixel of the output to the next
     */
    public void scale(int branch, int scale, long in, long out, long outStride) {
        structs.getPointer(branch)
                .in(scale, Address.of(in))
                .out(scale, Address.of(out))
                .out_stride(scale, outStride);
    }

    @Override
    public void close() {
        structs.close();
    }
}
