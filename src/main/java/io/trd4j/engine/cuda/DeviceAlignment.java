package io.trd4j.engine.cuda;

import io.trd4j.engine.plan.ArenaLayout;

/** Alignment of what lies in one allocation of the device. */
final class DeviceAlignment {
    /** As cudaMalloc's: every address is aligned for any access. */
    static final long BYTES = 256;

    private DeviceAlignment() {}

    /** The next multiple. */
    static long align(long bytes) {
        return ArenaLayout.align(bytes, BYTES);
    }
}
