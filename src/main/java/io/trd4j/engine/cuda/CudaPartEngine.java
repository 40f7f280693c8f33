package io.trd4j.engine.cuda;

import io.trd4j.data.Part;
import io.trd4j.engine.DeviceException;
import io.trd4j.engine.PartEngine;
import io.trd4j.engine.PartMaps;
import io.trd4j.jni.TrdCalibration;
import io.trd4j.jni.TrdDistances;
import io.trd4j.model.Calibration;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import io.trd4j.ops.DeviceOps;
import io.trd4j.ops.OpTarget;
import io.trd4j.ops.Retained;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Inspects parts on a GPU, from raw buffers to scores and maps. A part is one launch of one graph, so that its stages
 * have no times of their own; each geometry has a graph, made with its first part. Used by one thread at a time; after
 * a geometry's first part nothing is allocated.
 */
public final class CudaPartEngine implements PartEngine {
    /** The graph unused for longest makes room for another: each holds raw inputs, tables and the driver's memory. */
    private static final int MAX_GRAPHS = 8;

    private final CudaNetwork network;
    private final ModelInfo info;
    private final boolean maps;
    private final int size;
    private final RawInputs inputs;
    private final Session session;
    private final TrdCalibration calibrationStruct = Retained.of(new TrdCalibration());
    /** Most recently used last. */
    private final List<PartGraph> graphs = new ArrayList<>();

    private MapTables tables;
    private HostMemory result;
    private FloatBuffer values;
    private DeviceException broken;
    private boolean closed;

    /**
     * Takes over one use of the network, which it closes when it is closed.
     *
     * @param info of the model: its modality, calibration and region of interest
     * @param maps whether the maps are brought to the host, or the scores alone
     */
    public CudaPartEngine(CudaNetwork network, ModelInfo info, boolean maps) {
        this(network, info, maps, null);
    }

    private CudaPartEngine(CudaNetwork network, ModelInfo info, boolean maps, MapTables shared) {
        this.network = network;
        this.info = info;
        this.maps = maps;
        tables = shared;
        inputs = new RawInputs(info.modality());
        size = network.plan().size();
        Calibration calibration = info.calibration();
        calibrationStruct
                .mean_rgb(calibration.meanRgb())
                .std_rgb(calibration.stdRgb())
                .mean_depth(calibration.meanDepth())
                .std_depth(calibration.stdDepth());
        try {
            session = new Session(network);
        } catch (RuntimeException | Error e) {
            calibrationStruct.close();
            if (tables != null) {
                tables.close();
            }
            throw CudaErrors.translated(e);
        }
        try {
            if (tables == null) {
                tables = new MapTables(network.device(), size, info.regionOfInterest());
            }
            result = new HostMemory(network.device(), resultBytes());
            values = result.buffer().asFloatBuffer();
        } catch (RuntimeException | Error e) {
            close();
            throw CudaErrors.translated(e);
        }
    }

    private long resultBytes() {
        return NetworkCompiler.RESULT_HEAD + (maps ? 3L * size * size * Float.BYTES : 0);
    }

    /**
     * {@inheritDoc}
     *
     * @throws DeviceException when the device failed, now or before
     */
    @Override
    public Outcome inspect(Part part, PartMaps to) {
        if (!run(part, to)) {
            return Outcome.NO_FOREGROUND;
        }
        if (!DeviceOps.hasForeground(result.buffer().getInt((int) NetworkCompiler.FAULT_OFFSET))) {
            return Outcome.NO_FOREGROUND;
        }
        long done = System.nanoTime();
        to.score = values.get(0);
        to.scoreRgb = values.get(1);
        to.scoreDepth = values.get(2);
        if (maps) {
            int head = (int) (NetworkCompiler.RESULT_HEAD / Float.BYTES);
            values.get(head, to.map, 0, size * size);
            values.get(head + size * size, to.mapRgb, 0, size * size);
            values.get(head + 2 * size * size, to.mapDepth, 0, size * size);
        }
        to.anomalyMapNanos = System.nanoTime() - done;
        return Outcome.INSPECTED;
    }

    /** @return false, and nothing was run, when the part's points show no part */
    private boolean run(Part part, PartMaps to) {
        if (broken != null) {
            throw new DeviceException(
                    broken.reason(),
                    "the device failed before; close this inspector and open another (" + broken.getMessage() + ")",
                    broken);
        }
        long begun = System.nanoTime();
        if (!inputs.resolve(part)) {
            return false;
        }
        long resolved = System.nanoTime() - begun;
        network.device().use();
        try {
            PartGraph graph = staged();
            long start = System.nanoTime();
            graph.run();
            to.networkNanos = System.nanoTime() - start;
            to.prepareNanos = resolved + graph.stagingNanos();
            return true;
        } catch (RuntimeException e) {
            RuntimeException translated = CudaErrors.translated(e);
            if (translated instanceof DeviceException failure
                    && failure.reason() != DeviceException.Reason.OUT_OF_MEMORY) {
                broken = failure;
            }
            throw translated;
        } finally {
            inputs.release();
        }
    }

    /** The graph for the inputs, which lie where it reads them. */
    private PartGraph staged() {
        for (int i = graphs.size() - 1; i >= 0; i--) {
            PartGraph graph = graphs.get(i);
            if (graph.fits(inputs, network.pinned())) {
                if (i != graphs.size() - 1) {
                    graphs.remove(i);
                    graphs.add(graph);
                }
                graph.stage(inputs);
                return graph;
            }
        }
        if (graphs.size() == MAX_GRAPHS) {
            graphs.remove(0).close();
        }
        PartGraph graph = new PartGraph(session, this::output, inputs, network.pinned(), info.geometry());
        graphs.add(graph);
        return graph;
    }

    private void output(PartOutput step, Recording r) {
        long[] d = new long[3];
        for (int scale = 0; scale < 3; scale++) {
            d[scale] = r.address(step.distances()[scale]);
        }
        // Both branches' maps of a scale follow each other.
        long side = network.plan().side(0);
        long bytes = side * side * Float.BYTES;
        TrdDistances rgb = r.own(DeviceOps.distances(d[0], d[1], d[2]));
        TrdDistances second = r.own(DeviceOps.distances(d[0] + bytes, d[1] + bytes / 4, d[2] + bytes / 16));
        OpTarget exec = r.exec(step.stream());
        long head = r.address(step.result());
        r.run(
                step.stream(),
                () -> DeviceOps.anomalyMap(
                        exec,
                        rgb,
                        second,
                        calibrationStruct,
                        side,
                        tables.mask(),
                        tables.operators(),
                        tables.operatorsBytes(),
                        head + NetworkCompiler.RESULT_HEAD,
                        head,
                        1,
                        size));
        r.device().copyToHost(r.stream(step.stream()), result.address(), head, resultBytes());
    }

    /**
     * Runs the network and the maps once on images of zeros: kernels are loaded then. A geometry's first part makes its
     * graph.
     */
    @Override
    public void warmUp() {
        network.device().use();
        try (Session.Captured once = session.capture(
                (input, r) -> r.device()
                        .fill(
                                r.stream(input.stream()),
                                r.address(input.image()),
                                0,
                                input.image().imageBytes()),
                this::output)) {
            once.run();
        } catch (RuntimeException e) {
            throw CudaErrors.translated(e);
        }
    }

    /** Page-locked memory: parts in it are read by the device itself. Shared with duplicates; closed by the caller. */
    @Override
    public Memory allocateInput(long bytes) {
        HostMemory memory = new HostMemory(network.device(), bytes);
        network.pinned().add(memory);
        return new Memory() {
            @Override
            public ByteBuffer buffer() {
                return memory.buffer();
            }

            @Override
            public void close() {
                network.pinned().remove(memory);
                memory.close();
            }
        };
    }

    @Override
    public PartEngine duplicate() {
        return new CudaPartEngine(network.share(), info, maps, tables.share());
    }

    @Override
    public Precision precision() {
        return network.precision();
    }

    /** For listings: the device's index and name. */
    @Override
    public String device() {
        return network.deviceName();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        network.device().use();
        graphs.forEach(PartGraph::close);
        if (tables != null) {
            tables.close();
        }
        if (result != null) {
            result.close();
        }
        calibrationStruct.close();
        session.close();
    }
}
