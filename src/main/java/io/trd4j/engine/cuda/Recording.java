package io.trd4j.engine.cuda;

import io.trd4j.ops.ElementType;
import io.trd4j.ops.OpTarget;

/**
 * A part that is being queued, or captured, on the streams of one session: steps and libraries find addresses and
 * streams here, and leave here whatever the queued work refers to.
 */
interface Recording {
    Device device();

    /** Of features and images. */
    ElementType type();

    /** The device's handle of a stream. */
    long stream(StreamRole role);

    /** A stream as libtrd takes it. */
    OpTarget exec(StreamRole role);

    /** Runs {@code launch}, which queues work on this stream and on no other. */
    void run(StreamRole role, Runnable launch);

    long address(CudaTensor.Buffer buffer);

    /** Of the tensor's first element. */
    long address(CudaTensor value);

    /** As {@link #address(CudaTensor)}; 0 for null. */
    long addressOrNull(CudaTensor value);

    long address(WeightSlot slot);

    /** From now on the buffer is there; what reads it is recorded later. */
    void moved(CudaTensor.Buffer buffer, long address);

    /** Keeps a resource until the queued work, or the graph, is no longer needed. */
    <T extends AutoCloseable> T own(T resource);

    /** Brings one modality's prepared image into the network's input. */
    void input(PartInput input);

    /** Brings the results to where the host reads them. */
    void output(PartOutput output);
}
