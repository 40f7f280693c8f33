package io.trd4j.engine.cuda;

import io.trd4j.engine.DeviceException;
import io.trd4j.ops.Address;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A device for tests whose memory is the host's, with libtrd built for the SIMT harness. Streams are queues: what is
 * queued runs when somebody waits for it, in an order drawn at random among all that streams and events allow. A step
 * that relies on an order which no event guarantees computes with memory that is not ready, or no longer there.
 */
final class HostDevice implements Device {
    /** The harness runs one kernel at a time. */
    private static final Object HARNESS = new Object();

    private static final long GUARD = 256;
    private static final byte PATTERN = (byte) 0xA5;

    /** What a stream does next: work, or an event that happens or is awaited, as of its n-th recording. */
    private record Entry(Runnable work, long records, long awaits, long occurrence) {}

    private record Block(BytePointer memory, long start, long bytes) {}

    private final SplittableRandom random;
    private final Map<Long, Block> blocks = new HashMap<>();
    private final Map<Long, Deque<Entry>> streams = new HashMap<>();
    /** How often an event was recorded, and how often it happened. */
    private final Map<Long, long[]> events = new HashMap<>();

    private Map<Long, List<Entry>> capturing;
    private long next = 1;
    private long limit = Long.MAX_VALUE;
    private long allocated;
    private RuntimeException failure;

    HostDevice(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Bytes that may be allocated in all. */
    synchronized void limit(long bytes) {
        limit = bytes;
    }

    /** The next wait fails like this. */
    synchronized void fail(RuntimeException next) {
        failure = next;
    }

    synchronized long allocated() {
        return allocated;
    }

    synchronized int openHandles() {
        return streams.size() + events.size();
    }

    @Override
    public int index() {
        return 0;
    }

    @Override
    public String name() {
        return "host memory";
    }

    @Override
    public void use() {}

    @Override
    public synchronized long allocate(long bytes) {
        if (bytes > limit - allocated) {
            throw CudaErrors.of(bytes + " bytes of device memory", cudart.cudaErrorMemoryAllocation, "out of memory");
        }
        BytePointer memory = new BytePointer(bytes + 3 * GUARD).retainReference();
        Pointer.memset(memory, PATTERN, bytes + 3 * GUARD);
        long start = (memory.address() + GUARD + GUARD - 1) / GUARD * GUARD;
        // What nobody wrote is NaN in every type.
        Pointer.memset(Address.of(start), 0xFF, bytes);
        blocks.put(start, new Block(memory, start, bytes));
        allocated += bytes;
        return start;
    }

    @Override
    public synchronized void free(long address) {
        Block block = blocks.remove(address);
        if (block == null) {
            throw new AssertionError("free of what was not allocated");
        }
        BytePointer memory = block.memory();
        long before = address - memory.address();
        for (long i = 0; i < memory.capacity(); i++) {
            if ((i < before || i >= before + block.bytes()) && memory.get(i) != PATTERN) {
                throw new AssertionError(
                        "a guard zone was written, " + (i - before) + " of " + block.bytes() + " bytes");
            }
        }
        allocated -= block.bytes();
        memory.close();
    }

    @Override
    public long allocateHost(long bytes) {
        return allocate(bytes);
    }

    @Override
    public void freeHost(long address) {
        free(address);
    }

    @Override
    public synchronized long newStream() {
        streams.put(next, new ArrayDeque<>());
        return next++;
    }

    @Override
    public synchronized void closeStream(long stream) {
        drain();
        if (streams.remove(stream) == null) {
            throw new AssertionError("close of an unknown stream");
        }
    }

    @Override
    public synchronized long newEvent() {
        events.put(next, new long[2]);
        return next++;
    }

    @Override
    public synchronized void closeEvent(long event) {
        drain();
        if (events.remove(event) == null) {
            throw new AssertionError("close of an unknown event");
        }
    }

    private synchronized void queue(long stream, Entry entry) {
        Deque<Entry> queue = streams.get(stream);
        if (queue == null) {
            throw new AssertionError("an unknown stream");
        }
        if (capturing != null) {
            capturing.computeIfAbsent(stream, s -> new ArrayList<>()).add(entry);
        } else {
            queue.add(entry);
        }
    }

    @Override
    public synchronized void record(long event, long stream) {
        queue(stream, new Entry(null, event, 0, ++events.get(event)[0]));
    }

    @Override
    public synchronized void await(long stream, long event) {
        long recorded = events.get(event)[0];
        if (recorded == 0) {
            throw new AssertionError("a wait for an event that was never recorded");
        }
        queue(stream, new Entry(null, 0, event, recorded));
    }

    @Override
    public void run(long stream, Runnable launch) {
        queue(stream, new Entry(launch, 0, 0, 0));
    }

    @Override
    public void copyToDevice(long stream, long to, long from, long bytes) {
        require(from);
        run(stream, () -> Pointer.memcpy(Address.of(to), Address.of(from), bytes));
    }

    @Override
    public void copyToHost(long stream, long to, long from, long bytes) {
        require(to);
        run(stream, () -> Pointer.memcpy(Address.of(to), Address.of(from), bytes));
    }

    private synchronized void require(long hostAddress) {
        if (blocks.values().stream().noneMatch(b -> hostAddress >= b.start() && hostAddress < b.start() + b.bytes())) {
            throw new AssertionError("an asynchronous copy of ordinary host memory");
        }
    }

    @Override
    public void copyRows(long stream, long to, long toStride, long from, long fromStride, long rowBytes, long rows) {
        run(stream, () -> {
            for (long row = 0; row < rows; row++) {
                Pointer.memcpy(Address.of(to + row * toStride), Address.of(from + row * fromStride), rowBytes);
            }
        });
    }

    @Override
    public void fill(long stream, long to, int value, long bytes) {
        run(stream, () -> Pointer.memset(Address.of(to), value, bytes));
    }

    @Override
    public void upload(long to, long from, long bytes) {
        Pointer.memcpy(Address.of(to), Address.of(from), bytes);
    }

    @Override
    public synchronized void synchronize(long stream) {
        if (capturing != null) {
            throw new AssertionError("a wait inside a capture");
        }
        if (failure != null) {
            RuntimeException thrown = failure;
            failure = null;
            streams.values().forEach(Deque::clear);
            throw thrown;
        }
        drain();
    }

    /** Runs all that is queued. */
    private void drain() {
        while (streams.values().stream().anyMatch(q -> !q.isEmpty())) {
            List<Deque<Entry>> ready = streams.values().stream()
                    .filter(q -> !q.isEmpty() && isReady(q.peek()))
                    .toList();
            if (ready.isEmpty()) {
                throw new AssertionError("streams wait for each other");
            }
            Entry entry = ready.get(random.nextInt(ready.size())).poll();
            if (entry.records() != 0) {
                events.get(entry.records())[1] = entry.occurrence();
            } else if (entry.work() != null) {
                synchronized (HARNESS) {
                    entry.work().run();
                }
            }
        }
    }

    private boolean isReady(Entry entry) {
        return entry.awaits() == 0 || events.get(entry.awaits())[1] >= entry.occurrence();
    }

    @Override
    public synchronized Graph capture(long stream, Runnable work) {
        drain();
        capturing = new HashMap<>();
        capturing.put(stream, new ArrayList<>());
        Map<Long, List<Entry>> captured;
        try {
            work.run();
        } finally {
            captured = capturing;
            capturing = null;
        }
        checkForks(stream, captured);
        long nodes = captured.values().stream()
                .flatMap(List::stream)
                .filter(e -> e.work() != null)
                .count();
        return new Graph() {
            private boolean closed;

            @Override
            public void run() {
                synchronized (HostDevice.this) {
                    if (closed) {
                        throw new AssertionError("a launch of a closed graph");
                    }
                    // Every launch records its events anew.
                    captured.values().stream()
                            .flatMap(List::stream)
                            .filter(e -> e.records() != 0)
                            .forEach(e -> events.get(e.records())[1] = 0);
                    captured.forEach((s, entries) -> streams.get(s).addAll(entries));
                    synchronize(stream);
                }
            }

            @Override
            public long nodes() {
                return nodes;
            }

            @Override
            public void close() {
                closed = true;
            }
        };
    }

    /**
     * As CUDA demands: other streams enter a capture by an event of it, and their last work is joined with the origin.
     */
    private void checkForks(long origin, Map<Long, List<Entry>> captured) {
        Map<Long, Long> lastRecorded = new HashMap<>();
        Set<Long> awaited = new HashSet<>();
        captured.forEach(
                (s, entries) -> entries.stream().filter(e -> e.awaits() != 0).forEach(e -> awaited.add(e.awaits())));
        captured.forEach((s, entries) -> {
            if (s == origin) {
                return;
            }
            if (entries.get(0).awaits() == 0) {
                throw new AssertionError("a stream works in a capture that it has not joined");
            }
            boolean works = entries.stream().anyMatch(e -> e.work() != null);
            Entry last = entries.get(entries.size() - 1);
            if (works && (last.records() == 0 || !awaited.contains(last.records()))) {
                throw new AssertionError("a stream's work is not joined with the capture's origin");
            }
            lastRecorded.put(s, last.records());
        });
    }

    static DeviceException lost() {
        return CudaErrors.of("work on the device", cudart.cudaErrorLaunchFailure, "unspecified launch failure");
    }
}
