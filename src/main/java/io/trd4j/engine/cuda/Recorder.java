package io.trd4j.engine.cuda;

import io.trd4j.ops.ElementType;
import io.trd4j.ops.OpTarget;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Queues all steps of a part once, with their events: eagerly, or into a graph that is being captured. Owns what the queued
 * work refers to; closed when that work, or the graph, is no longer needed.
 */
final class Recorder implements AutoCloseable {
    /** Brings the images into the network's inputs. */
    interface Inputs {
        void record(int branch, CudaStep.Input step, Recorder r);
    }

    /** Brings the results to where the host reads them. */
    interface Outputs {
        void record(CudaStep.Output step, Recorder r);
    }

    private final Session session;
    private final Inputs inputs;
    private final Outputs outputs;
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    /** Buffers that a library put elsewhere, by their address there. */
    private final Map<CudaTensor.Buffer, Long> elsewhere = new HashMap<>();

    Recorder(Session session, Inputs inputs, Outputs outputs) {
        this.session = session;
        this.inputs = inputs;
        this.outputs = outputs;
    }

    void record() {
        Schedule schedule = session.schedule();
        Device device = device();
        long begin = session.event(0);
        device.record(begin, stream(Schedule.MAIN));
        // A stream without work would enter the capture and never come back.
        for (int side : new int[] {Schedule.SIDE, Schedule.SECOND}) {
            if (schedule.uses(side)) {
                device.await(stream(side), begin);
            }
        }
        for (int i = 0; i < schedule.steps().size(); i++) {
            CudaStep step = schedule.steps().get(i);
            for (int other : schedule.waits(i)) {
                device.await(stream(step.stream()), session.event(1 + other));
            }
            step.record(this);
            if (schedule.signals(i)) {
                device.record(session.event(1 + i), stream(step.stream()));
            }
        }
        for (int last : schedule.joins()) {
            device.await(stream(Schedule.MAIN), session.event(1 + last));
        }
    }

    Device device() {
        return session.device();
    }

    ElementType type() {
        return session.type();
    }

    Inputs inputs() {
        return inputs;
    }

    Outputs outputs() {
        return outputs;
    }

    long stream(int index) {
        return session.stream(index);
    }

    OpTarget exec(int stream) {
        return session.exec(stream);
    }

    void run(int stream, Runnable launch) {
        device().run(stream(stream), launch);
    }

    long address(CudaTensor.Buffer buffer) {
        Long moved = elsewhere.get(buffer);
        return moved != null ? moved : session.arena() + buffer.place;
    }

    long address(CudaTensor value) {
        return address(value.buffer()) + value.offset();
    }

    long addressOrNull(CudaTensor value) {
        return value == null ? 0 : address(value);
    }

    long address(WeightSlot slot) {
        return session.weights().address(slot);
    }

    /** From now on the buffer is there; what reads it is recorded later. */
    void moved(CudaTensor.Buffer buffer, long address) {
        elsewhere.put(buffer, address);
    }

    /** Kept until close. */
    <T extends AutoCloseable> T own(T resource) {
        owned.push(resource);
        return resource;
    }

    @Override
    public void close() {
        while (!owned.isEmpty()) {
            try {
                owned.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException("releasing what a graph needed failed", e);
            }
        }
    }
}
