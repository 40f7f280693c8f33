package io.trd4j.engine;

import io.trd4j.data.Part;
import io.trd4j.data.prepare.Preparation;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import io.trd4j.ops.Ops;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Parts on the CPU: preparation, network, maps, one after the other. */
public final class CpuPartEngine implements PartEngine {
    private static final Logger LOG = LoggerFactory.getLogger(CpuPartEngine.class);
    /** Runs of a measurement, of which the shortest counts. */
    private static final int MEASURED_RUNS = 2;

    private final ModelInfo info;
    private final NetworkRunner runner;
    private final int threads;
    private final boolean copyMaps;
    private final Preparation preparation;
    private final CalibratedMaps maps;
    /** Null where all threads compute every part. */
    private final TeamChoice team;

    private boolean said;

    /**
     * Takes the runner over, also when it throws.
     *
     * @param adapts whether one thread computes alone while other processes keep the others from their cores; the
     *     runner must give the same bits then
     */
    public CpuPartEngine(ModelInfo info, NetworkRunner runner, int threads, boolean adapts, boolean copyMaps) {
        this(info, runner, threads, adapts && threads > 1 ? new TeamChoice(threads) : null, copyMaps);
    }

    private CpuPartEngine(ModelInfo info, NetworkRunner runner, int threads, TeamChoice team, boolean copyMaps) {
        this.info = info;
        this.team = team;
        this.runner = runner;
        this.threads = threads;
        this.copyMaps = copyMaps;
        try {
            preparation = new Preparation(info.size(), info.geometry(), runner.imageType());
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

    /** {@inheritDoc} Where the number of threads is free, it is chosen here. */
    @Override
    public void warmUp() {
        runner.run();
        maps.compute(runner.distances(0), runner.distances(1));
        if (team != null) {
            long together = shortestRun();
            Ops.setAlone(true);
            try {
                team.measured(together, shortestRun());
            } finally {
                Ops.setAlone(false);
            }
            if (team.isAlone()) {
                sayBusy();
            }
        }
    }

    private long shortestRun() {
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < MEASURED_RUNS; i++) {
            long start = System.nanoTime();
            runner.run();
            shortest = Math.min(shortest, System.nanoTime() - start);
        }
        return shortest;
    }

    private void sayBusy() {
        if (!said) {
            said = true;
            LOG.info(
                    "other processes keep {} threads waiting for each other: one computes until they have gone; "
                            + "a number of threads that is given stays",
                    threads);
        }
    }

    @Override
    public Outcome inspect(Part part, PartMaps result) {
        if (team == null) {
            return compute(part, result);
        }
        Ops.setAlone(team.isAlone());
        try {
            Outcome outcome = compute(part, result);
            if (outcome == Outcome.INSPECTED && team.took(result.networkNanos)) {
                sayBusy();
            }
            return outcome;
        } finally {
            Ops.setAlone(false);
        }
    }

    private Outcome compute(Part part, PartMaps result) {
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
        return new CpuPartEngine(info, runner.duplicate(), threads, team == null ? null : team.another(), copyMaps);
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
