package io.trd4j.outline;

import java.util.function.ToDoubleFunction;

/** Improves a pose by turns and shifts of one length each, as long as a cost falls. */
final class PoseSteps {
    private static final int ROUNDS = 3;

    private PoseSteps() {}

    /** A pose, and what it costs. */
    record Reached(Pose pose, double cost) {
        private Reached better(Pose other, ToDoubleFunction<Pose> cost) {
            double its = cost.applyAsDouble(other);
            return its < this.cost ? new Reached(other, its) : this;
        }
    }

    /** Turns a pose about the place that stays. */
    @FunctionalInterface
    interface Turning {
        Pose turned(Pose pose, double by);
    }

    /**
     * @param angle of a turn, radians
     * @param shift along x and y, in units of the view's side
     */
    static Reached from(Pose start, double angle, double shift, Turning turning, ToDoubleFunction<Pose> cost) {
        Reached best = new Reached(start, cost.applyAsDouble(start));
        Reached before = null;
        for (int round = 0; round < ROUNDS && before != best; round++) {
            before = best;
            for (int turn = -1; turn <= 1; turn += 2) {
                best = best.better(turning.turned(before.pose, turn * angle), cost);
            }
            Pose turned = best.pose;
            for (int d = 0; d < 9; d++) {
                if (d != 4) {
                    best = best.better(turned.moved((d % 3 - 1) * shift, (d / 3 - 1) * shift), cost);
                }
            }
        }
        return best;
    }
}
