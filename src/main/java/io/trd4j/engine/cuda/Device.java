package io.trd4j.engine.cuda;

import io.trd4j.engine.DeviceException;

/**
 * A device's runtime as the engine needs it: memory, streams, events, graphs. Addresses and handles are plain numbers,
 * never 0. Several threads may use it; each calls {@link #use} first. Whatever fails is a {@link DeviceException}.
 *
 * <p>What is queued on a stream runs in its order; across streams only events order it. Between {@link #capture}'s
 * begin and end nothing runs: it becomes the graph. {@code CudaDevice} implements it.
 */
public interface Device {
    /** Index among the machine's devices. */
    int index();

    /** For listings. */
    String name();

    /** Makes it the calling thread's device. Costs nanoseconds. */
    void use();

    /** Device memory, 256-byte aligned, not initialised. */
    long allocate(long bytes);

    void free(long address);

    /** Host memory that the device copies from and to without the driver's help (page-locked); 64-byte aligned. */
    long allocateHost(long bytes);

    void freeHost(long address);

    long newStream();

    void closeStream(long stream);

    long newEvent();

    void closeEvent(long event);

    /** The event happens when all that was queued on the stream so far is done. */
    void record(long event, long stream);

    /** Makes all work that is queued on the stream from now on run after the event. */
    void await(long stream, long event);

    /** Runs {@code launch}, which queues work on this stream and on no other, through libtrd for example. */
    void run(long stream, Runnable launch);

    /** From {@link #allocateHost} memory. */
    void copyToDevice(long stream, long to, long from, long bytes);

    /** To {@link #allocateHost} memory. */
    void copyToHost(long stream, long to, long from, long bytes);

    /** Rows within the device's memory; strides in bytes. */
    void copyRows(long stream, long to, long toStride, long from, long fromStride, long rowBytes, long rows);

    /** Sets every byte. */
    void fill(long stream, long to, int value, long bytes);

    /** From any host memory; has happened when the call returns. */
    void upload(long to, long from, long bytes);

    /** Waits until all that was queued on the stream is done. */
    void synchronize(long stream);

    /**
     * Captures as one graph the work that {@code work} queues on this stream, and on others that it forks from it and
     * joins with it again by events. Nothing of it has run when this returns.
     */
    Graph capture(long stream, Runnable work);

    /** Captured work. What it was captured from must stay: memory, arguments. */
    interface Graph extends AutoCloseable {
        /** Runs it on the stream that it was captured from, one launch, and waits. Allocates nothing. */
        void run();

        /** Nodes in it. */
        long nodes();

        @Override
        void close();
    }
}
