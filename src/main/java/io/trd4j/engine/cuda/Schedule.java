package io.trd4j.engine.cuda;

import io.trd4j.engine.cuda.CudaTensor.Buffer;
import io.trd4j.engine.plan.ArenaLayout;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The order of the steps: on each stream that of the list, across streams by events where one step reads what another
 * wrote. Gives buffers the same memory only where this order, not the list's, keeps them apart.
 */
final class Schedule {
    private final List<CudaStep> steps;
    /** All steps that are done before a step begins, whatever the timing. */
    private final BitSet[] before;
    /** Steps of other streams for whose events a step waits. */
    private final BitSet[] waits;
    /** Steps whose end another stream waits for, the end of the whole included. */
    private final BitSet signals = new BitSet();
    /** Last steps of the side streams that the end must wait for. */
    private final BitSet joins = new BitSet();

    private final long arenaBytes;

    Schedule(List<CudaStep> steps) {
        this.steps = List.copyOf(steps);
        before = new BitSet[steps.size()];
        waits = new BitSet[steps.size()];
        int[] last = new int[StreamRole.COUNT];
        Arrays.fill(last, -1);
        for (int i = 0; i < steps.size(); i++) {
            CudaStep step = steps.get(i);
            before[i] = new BitSet();
            after(before[i], last[step.stream().ordinal()]);
            BitSet others = new BitSet();
            for (Buffer read : step.reads()) {
                if (read.writers.isEmpty()) {
                    throw new IllegalStateException(step.name() + " reads what no step has written");
                }
                others.or(read.writers);
            }
            others.andNot(before[i]);
            waits[i] = needed(others);
            for (int w : waits[i].stream().toArray()) {
                after(before[i], w);
                signals.set(w);
            }
            for (Buffer read : step.reads()) {
                read.users.set(i);
            }
            for (Buffer write : step.writes()) {
                write.writers.set(i);
                write.users.set(i);
            }
            last[step.stream().ordinal()] = i;
        }
        BitSet end = new BitSet();
        after(end, last[StreamRole.MAIN.ordinal()]);
        BitSet open = new BitSet();
        for (int lastOfStream : last) {
            if (lastOfStream >= 0 && !end.get(lastOfStream)) {
                open.set(lastOfStream);
            }
        }
        joins.or(needed(open));
        signals.or(joins);
        arenaBytes = place();
    }

    private void after(BitSet set, int step) {
        if (step >= 0) {
            set.or(before[step]);
            set.set(step);
        }
    }

    /** Without those that another of them waits for anyway. */
    private BitSet needed(BitSet others) {
        BitSet needed = (BitSet) others.clone();
        for (int w : others.stream().toArray()) {
            needed.andNot(before[w]);
        }
        return needed;
    }

    private long place() {
        Set<Buffer> all = new LinkedHashSet<>();
        for (CudaStep step : steps) {
            all.addAll(step.reads());
            all.addAll(step.writes());
        }
        return ArenaLayout.place(all, b -> b.users.nextSetBit(0), this::together, DeviceAlignment.BYTES);
    }

    /** Whether both may be needed at the same time. */
    private boolean together(Buffer a, Buffer b) {
        return !apart(a, b) && !apart(b, a);
    }

    /** Whether every use of one is over before any of the other begins. */
    private boolean apart(Buffer first, Buffer second) {
        return second.users.stream().allMatch(use -> {
            BitSet missing = (BitSet) first.users.clone();
            missing.andNot(before[use]);
            return missing.isEmpty();
        });
    }

    List<CudaStep> steps() {
        return steps;
    }

    boolean uses(StreamRole stream) {
        return steps.stream().anyMatch(s -> s.stream() == stream);
    }

    /** Bytes that hold all buffers. */
    long arenaBytes() {
        return arenaBytes;
    }

    /** Steps of other streams for whose end a step waits. */
    int[] waits(int step) {
        return waits[step].stream().toArray();
    }

    /** Whether another stream waits for the step's end. */
    boolean signals(int step) {
        return signals.get(step);
    }

    /** Steps that the end of the whole waits for, besides the main stream's last. */
    int[] joins() {
        return joins.stream().toArray();
    }

    /** Whether one step is done before another begins, whatever the timing. */
    boolean isBefore(int first, int second) {
        return before[second].get(first);
    }
}
