package io.trd4j.engine.cuda;

import java.util.Arrays;

/** Host memory that callers fill and the device reads in place; shared by all inspectors of one model. */
final class PinnedBuffers {
    // Replaced, never changed: a look-up needs no lock and allocates nothing.
    private volatile HostMemory[] all = new HostMemory[0];

    synchronized void add(HostMemory memory) {
        HostMemory[] more = Arrays.copyOf(all, all.length + 1);
        more[all.length] = memory;
        all = more;
    }

    synchronized void remove(HostMemory memory) {
        all = Arrays.stream(all).filter(m -> m != memory).toArray(HostMemory[]::new);
    }

    /** The address when it lies in such memory, else 0. */
    long address(long address) {
        if (address != 0) {
            for (HostMemory memory : all) {
                if (address >= memory.address() && address < memory.address() + memory.bytes()) {
                    return address;
                }
            }
        }
        return 0;
    }
}
