package io.trd4j.align;

import io.trd4j.ops.OpTarget;
import io.trd4j.ops.PositionOps;
import io.trd4j.ops.Retained;
import io.trd4j.ops.Workspace;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Leaves of a difference only its rest without its robust fit by functions: beyond twice the spread, what differs is
 * cut before the next fit, so that a defect does not bend it. Owns native memory; used by one thread at a time.
 */
final class RobustFit implements AutoCloseable {
    private final OpTarget exec;
    private final FloatPointer rest;
    private final Workspace workspace;

    /**
     * @param functions orthonormal, each of n values
     * @param n values of a difference
     */
    RobustFit(float[][] functions, int n) {
        exec = OpTarget.cpu();
        rest = Retained.of(new FloatPointer((long) n));
        try (FloatPointer memory = Retained.of(new FloatPointer((long) Math.max(1, functions.length) * n))) {
            for (int f = 0; f < functions.length; f++) {
                memory.position((long) f * n).put(functions[f]);
            }
            workspace = PositionOps.planRobustRest(exec, memory.position(0), n, functions.length);
        }
    }

    /**
     * The rest of a difference; valid until the next one.
     *
     * @param most beyond it, the difference is cut
     * @param unseen whether it is 0 where nothing was seen; there, its rest is 0
     */
    FloatPointer rest(float[] difference, float most, boolean unseen) {
        PositionOps.robustRest(exec, difference, most, unseen, rest, workspace);
        return rest;
    }

    @Override
    public void close() {
        workspace.close();
        rest.close();
        exec.close();
    }
}
