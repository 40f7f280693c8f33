package io.trd4j.engine.cpu;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Gives buffers that are never needed at the same time the same memory: largest first, each at the lowest free place. */
final class Arena {
    /** A page: buffers never share one, and every address is aligned for any instruction. */
    static final long ALIGNMENT = 4096;

    private Arena() {}

    /** Sets every buffer's place; returns the bytes that hold them all. */
    static long place(Collection<CpuTensor.Buffer> buffers) {
        List<CpuTensor.Buffer> rest = new ArrayList<>(buffers);
        rest.sort(Comparator.comparingLong((CpuTensor.Buffer b) -> -b.bytes).thenComparingInt(b -> b.first));
        List<CpuTensor.Buffer> placed = new ArrayList<>();
        long top = 0;
        for (CpuTensor.Buffer buffer : rest) {
            long place = 0;
            // In the order of their places: the first gap that is large enough is the lowest.
            for (CpuTensor.Buffer other : placed) {
                boolean together = other.last >= buffer.first && other.first <= buffer.last;
                if (together && place < end(other) && other.place < place + buffer.bytes) {
                    place = end(other);
                }
            }
            buffer.place = place;
            top = Math.max(top, end(buffer));
            placed.add(buffer);
            placed.sort(Comparator.comparingLong(b -> b.place));
        }
        return top;
    }

    static long align(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private static long end(CpuTensor.Buffer buffer) {
        return align(buffer.place + buffer.bytes);
    }
}
