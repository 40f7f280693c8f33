package io.trd4j.engine;

import io.trd4j.data.Part;
import io.trd4j.data.prepare.Preparation;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import io.trd4j.ops.Ops;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Parts on the CPU: preparation, network, maps, one after the other. */
public final class CpuPartEngine implements PartEngine {
    private final ModelInfo info;
    private final NetworkRunner runner;
    private final int threads;
    private final boolean copyMaps;
    private final Preparation preparation;
    private final CalibratedMaps maps;

    /** Takes the runner over, also when it throws. */
    public CpuPartEngine(ModelInfo info, NetworkRunner runner, int threads, boolean copyMaps) {
        this.info = info;
        this.runner = runner;
        this.threads = threads;
        this.copyMaps = copyMaps;
        try {
            preparation = new Preparation(info.size(), info.modality(), info.normalKernel(), runner.imageType());
            maps = new CalibratedMaps(info.size(), info.calibration(), info.regionOfInterest());
        } catch (RuntimeException | Error e) {
            runner.close();
            throw e;
        }
    }

    @Override
    public Precision precision() {
        return runner.precision();
    }

    @Override
    public String device() {
        return "cpu";
    }

    @Override
    public void warmUp() {
        runner.run();
        maps.compute(runner.distances(0), runner.distances(1));
    }

    @Override
    public Outcome inspect(Part part, PartMaps result) {
        Ops.setThreads(threads);
        long start = System.nanoTime();
        preparation.rgb(part, runner.image(0));
        if (!preparation.secondIfForeground(part, runner.image(1))) {
            return Outcome.NO_FOREGROUND;
        }
        long prepared = System.nanoTime();
        runner.run();
        long computed = System.nanoTime();
        maps.compute(runner.distances(0), runner.distances(1));
        if (copyMaps) {
            maps.map().get(result.map);
            maps.mapRgb().get(result.mapRgb);
            maps.mapDepth().get(result.mapDepth);
        }
        result.score = maps.score(0);
        result.scoreRgb = maps.score(1);
        result.scoreDepth = maps.score(2);
        result.prepareNanos = prepared - start;
        result.networkNanos = computed - prepared;
        result.anomalyMapNanos = System.nanoTime() - computed;
        return Outcome.INSPECTED;
    }

    @Override
    public PartEngine duplicate() {
        return new CpuPartEngine(info, runner.duplicate(), threads, copyMaps);
    }

    @Override
    public Memory allocateInput(long bytes) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
        return new Memory() {
            @Override
            public ByteBuffer buffer() {
                return buffer;
            }

            @Override
            public void close() {
                // The garbage collector's: a buffer in use elsewhere stays valid.
            }
        };
    }

    @Override
    public void close() {
        preparation.close();
        runner.close();
        maps.close();
    }
}
