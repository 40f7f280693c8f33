package io.trd4j.engine.cpu;

import io.trd4j.engine.plan.ArenaLayout;
import java.util.Collection;

/** One runner's memory for feature maps: steps run one after the other, in their order. */
final class Arena {
    /** A page: buffers never share one, and every address is aligned for any instruction. */
    static final long ALIGNMENT = 4096;

    private Arena() {}

    /** Sets every buffer's place; returns the bytes that hold them all. */
    static long place(Collection<CpuTensor.Buffer> buffers) {
        return ArenaLayout.place(buffers, b -> b.first, (a, b) -> a.last >= b.first && a.first <= b.last, ALIGNMENT);
    }

    static long align(long bytes) {
        return ArenaLayout.align(bytes, ALIGNMENT);
    }
}
