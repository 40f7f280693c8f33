package io.trd4j.train;

import io.trd4j.calibrate.PreparedParts;
import io.trd4j.io.Stop;
import io.trd4j.model.network.LibTorch;
import io.trd4j.model.network.Teacher;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;

/**
 * A teacher without pretrained weights: Kaiming-normal convolutions from a seed, and BatchNorm statistics measured on
 * the training parts, without which its features would saturate. A stand-in that detects less than pretrained weights
 * do.
 */
public final class RandomTeacher {
    private static final int PARTS_PER_BATCH = 8;

    private RandomTeacher() {}

    /** Fills the teacher; the same seed and parts give the same weights. */
    public static void initialise(Teacher teacher, long seed, PreparedParts parts, int threads) {
        LibTorch.setThreads(threads);
        teacher.weights().initialise(seed + 2);
        int[] order = new int[parts.count()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        for (int from = 0, batch = 0; from < order.length; from += PARTS_PER_BATCH, batch++) {
            Stop.check();
            try (PointerScope scope = new PointerScope();
                    NoGradGuard guard = new NoGradGuard()) {
                int to = Math.min(from + PARTS_PER_BATCH, order.length);
                teacher.calibrateNormalisation(parts.batch(order, from, to), batch);
            }
        }
    }
}
