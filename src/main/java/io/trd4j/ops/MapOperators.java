package io.trd4j.ops;

import io.trd4j.jni.Status;
import io.trd4j.jni.Trd;

/**
 * Operators of {@link Ops#anomalyMap} for its sizes, computed once: upsampling and blur as matrices. Owns its native
 * memory (about 50 KiB at size 256); only read, so that any number of threads may share it.
 */
public final class MapOperators implements AutoCloseable {
    final long size;
    final Workspace memory;

    /**
     * @param size S of the maps
     * @param side1 side of the distances at the first scale, at most size; the others likewise
     * @throws IllegalArgumentException when a size is out of range
     */
    public MapOperators(OpTarget exec, long size, long side1, long side2, long side3) {
        this.size = size;
        memory = new Workspace(Trd.trd_anomaly_map_operators_bytes(size, side1, side2, side3));
        int status =
                Trd.trd_anomaly_map_prepare(exec.struct, memory.start(), memory.bytes(), size, side1, side2, side3);
        if (status != Trd.TRD_OK) {
            memory.close();
        }
        Status.check(status);
    }

    /** The operators, to be copied to a device. */
    public Workspace memory() {
        return memory;
    }

    @Override
    public void close() {
        memory.close();
    }
}
