package io.trd4j.engine.cuda;

/**
 * One inspector's share of a device: an arena, streams, events, and the graphs that it captures. Takes over one use of
 * the network.
 */
final class Session implements AutoCloseable {
    /**
     * Runs before a capture: kernels are loaded by the first; a library tries its variants, and takes its workspaces.
     */
    private static final int WARM_UPS = 1;

    private static final int LIBRARY_WARM_UPS = 3;

    private final CudaNetwork network;
    private final Device device;
    private long arena;
    private SessionStreams streams;
    private boolean closed;

    /** A captured part. */
    final class Captured implements AutoCloseable {
        private final Recorder recorder;
        private final Device.Graph graph;
        private final ConvolutionLibrary.Pool pool;

        private Captured(Recorder recorder, Device.Graph graph, ConvolutionLibrary.Pool pool) {
            this.recorder = recorder;
            this.graph = graph;
            this.pool = pool;
        }

        /** Runs it and waits. */
        void run() {
            graph.run();
        }

        long nodes() {
            return graph.nodes();
        }

        @Override
        public void close() {
            graph.close();
            recorder.close();
            if (pool != null) {
                pool.close();
            }
        }
    }

    Session(CudaNetwork network) {
        this.network = network;
        device = network.device();
        device.use();
        try {
            arena = device.allocate(network.schedule().arenaBytes());
            streams = new SessionStreams(device, network.schedule());
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Records a part with its inputs and outputs: some runs to warm up, then the graph. */
    Captured capture(Recorder.Inputs inputs, Recorder.Outputs outputs) {
        long main = streams.stream(StreamRole.MAIN);
        ConvolutionLibrary library = network.library();
        for (int i = 0; i < (library == null ? WARM_UPS : LIBRARY_WARM_UPS); i++) {
            try (Recorder eager = new Recorder(network, streams, arena, inputs, outputs);
                    ConvolutionLibrary.Scope scope = library == null ? null : library.enter()) {
                try {
                    eager.record();
                } finally {
                    // The recorder's memory may be freed only when nothing uses it any more.
                    device.synchronize(main);
                }
            }
        }
        Recorder recorder = new Recorder(network, streams, arena, inputs, outputs);
        ConvolutionLibrary.Pool pool = library == null ? null : library.pool(streams.all());
        try {
            Device.Graph graph = pool == null
                    ? device.capture(main, recorder::record)
                    : pool.during(() -> device.capture(main, recorder::record));
            return new Captured(recorder, graph, pool);
        } catch (RuntimeException | Error e) {
            recorder.close();
            if (pool != null) {
                pool.close();
            }
            throw e;
        }
    }

    Device device() {
        return device;
    }

    CudaNetwork network() {
        return network;
    }

    /** Closes its use of the network too. Captured graphs are closed before. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        device.use();
        if (streams != null) {
            streams.close();
        }
        if (arena != 0) {
            device.free(arena);
        }
        network.close();
    }
}
