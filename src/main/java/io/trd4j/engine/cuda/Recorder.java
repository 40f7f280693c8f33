package io.trd4j.engine.cuda;

import io.trd4j.ops.ElementType;
import io.trd4j.ops.OpTarget;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Queues all steps of a part once, with their events: eagerly, or into a graph that is being captured. Owns what the
 * queued work refers to; closed when that work, or the graph, is no longer needed.
 */
final class Recorder implements Recording, AutoCloseable {
    /** Brings the images into the network's inputs. */
    @FunctionalInterface
    interface Inputs {
        void record(PartInput input, Recording r);
    }

    /** Brings the results to where the host reads them. */
    @FunctionalInterface
    interface Outputs {
        void record(PartOutput output, Recording r);
    }

    private final CudaNetwork network;
    private final SessionStreams streams;
    private final long arena;
    private final Inputs inputs;
    private final Outputs outputs;
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    /** Buffers that a library put elsewhere, by their address there. */
    private final Map<CudaTensor.Buffer, Long> elsewhere = new HashMap<>();

    /** @param arena device address of the session's memory for feature maps */
    Recorder(CudaNetwork network, SessionStreams streams, long arena, Inputs inputs, Outputs outputs) {
        this.network = network;
        this.streams = streams;
        this.arena = arena;
        this.inputs = inputs;
        this.outputs = outputs;
    }

    void record() {
        Schedule schedule = network.schedule();
        Device device = device();
        long begin = streams.event(0);
        device.record(begin, stream(StreamRole.MAIN));
        // A stream without work would enter the capture and never come back.
        for (StreamRole side : StreamRole.values()) {
            if (side != StreamRole.MAIN && schedule.uses(side)) {
                device.await(stream(side), begin);
            }
        }
        for (int i = 0; i < schedule.steps().size(); i++) {
            CudaStep step = schedule.steps().get(i);
            for (int other : schedule.waits(i)) {
                device.await(stream(step.stream()), streams.event(1 + other));
            }
            step.record(this);
            if (schedule.signals(i)) {
                device.record(streams.event(1 + i), stream(step.stream()));
            }
        }
        for (int last : schedule.joins()) {
            device.await(stream(StreamRole.MAIN), streams.event(1 + last));
        }
    }

    @Override
    public Device device() {
        return network.device();
    }

    @Override
    public ElementType type() {
        return network.type();
    }

    @Override
    public void input(PartInput input) {
        inputs.record(input, this);
    }

    @Override
    public void output(PartOutput output) {
        outputs.record(output, this);
    }

    @Override
    public long stream(StreamRole role) {
        return streams.stream(role);
    }

    @Override
    public OpTarget exec(StreamRole role) {
        return streams.exec(role);
    }

    @Override
    public void run(StreamRole role, Runnable launch) {
        device().run(stream(role), launch);
    }

    @Override
    public long address(CudaTensor.Buffer buffer) {
        Long moved = elsewhere.get(buffer);
        return moved != null ? moved : arena + buffer.place();
    }

    @Override
    public long address(CudaTensor value) {
        return address(value.buffer()) + value.offset();
    }

    @Override
    public long addressOrNull(CudaTensor value) {
        return value == null ? 0 : address(value);
    }

    @Override
    public long address(WeightSlot slot) {
        return network.weights().address(slot);
    }

    @Override
    public void moved(CudaTensor.Buffer buffer, long address) {
        elsewhere.put(buffer, address);
    }

    @Override
    public <T extends AutoCloseable> T own(T resource) {
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
