package io.trd4j.benchmarks;

import io.trd4j.ops.Area;
import io.trd4j.ops.OpTarget;
import io.trd4j.ops.PositionBranch;
import io.trd4j.ops.PositionOps;
import io.trd4j.ops.Retained;
import io.trd4j.ops.Workspace;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.FloatPointer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Scores at the positions of an aligned part at S = 256, on one thread: a round part that fills 40 % of the frame, and
 * ten functions per channel.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PositionBenchmark {
    private static final int SIZE = 256;
    private static final int PIXELS = SIZE * SIZE;
    private static final int CHANNELS = 4;
    private static final int FUNCTIONS = 10;
    private static final int DIRECTIONS = 12;
    private static final int RGB_FILTERS = 5;
    private static final int LINES = 4;
    /** Per filter its channel, and its Gaussian's deviation, pixels; lines have their own. */
    private static final int[][] FILTERS = {{0, 2}, {1, 2}, {2, 2}, {2, 4}, {0, 0}, {3, 1}, {3, 2}, {3, 5}};

    private static final double ACROSS = 1.2;
    private static final double ALONG = 6;

    private final SplittableRandom random = new SplittableRandom(7);
    private final float[][] difference = new float[CHANNELS][];
    private final FloatPointer[] rest = new FloatPointer[CHANNELS];
    private final Workspace[] fit = new Workspace[CHANNELS];
    private final FloatPointer[] filter = new FloatPointer[FILTERS.length];
    private final float[][] maps = new float[3][PIXELS];
    private OpTarget exec;
    private Area area;
    private PositionBranch rgb;
    private PositionBranch depth;
    private FloatPointer lineScale;
    private Workspace filterScratch;
    private Workspace lineScratch;
    private Workspace scoresScratch;

    @Setup
    public void setUp() {
        exec = OpTarget.cpu();
        byte[] inside = new byte[PIXELS];
        for (int i = 0; i < PIXELS; i++) {
            inside[i] = (byte) (Math.hypot(i % SIZE - 127.5, i / SIZE - 127.5) < 91 ? 1 : 0);
        }
        area = new Area(inside, SIZE);
        int n = area.pixels();
        for (int c = 0; c < CHANNELS; c++) {
            difference[c] = uniform(n, 5);
            rest[c] = Retained.of(new FloatPointer((long) n));
            // Of independent random numbers this length, so that they are nearly orthonormal.
            try (FloatPointer functions = new FloatPointer(uniform(FUNCTIONS * n, Math.sqrt(3.0 / n)))) {
                fit[c] = PositionOps.planRobustRest(exec, functions, n, FUNCTIONS);
            }
        }
        FloatPointer filtered = memory(FILTERS.length * n, 5);
        for (int f = 0; f < FILTERS.length; f++) {
            filter[f] = filtered.getPointer((long) f * n);
        }
        rgb = branch(filtered, RGB_FILTERS);
        depth = branch(filter[RGB_FILTERS], FILTERS.length - RGB_FILTERS);
        lineScale = memory(DIRECTIONS * n, 1);
        filterScratch = PositionOps.areaFilterWorkspace(SIZE);
        lineScratch = PositionOps.lineFilterWorkspace(SIZE, ALONG);
        scoresScratch = PositionOps.scoresWorkspace(area);
    }

    private PositionBranch branch(FloatPointer filtered, int filters) {
        PositionBranch branch = new PositionBranch(
                memory(PIXELS, 1),
                memory(PIXELS, 1),
                0.5f,
                filtered,
                memory(filters * area.pixels(), 1),
                memory(filters, 1));
        branch.filters(filters);
        return branch;
    }

    private FloatPointer memory(int count, double most) {
        return Retained.of(new FloatPointer(uniform(count, most)));
    }

    private float[] uniform(int count, double most) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(-most, most);
        }
        return values;
    }

    @TearDown
    public void tearDown() {
        for (Workspace workspace : fit) {
            workspace.close();
        }
        filterScratch.close();
        lineScratch.close();
        scoresScratch.close();
        rgb.close();
        depth.close();
        area.close();
        exec.close();
    }

    /** The robust fits of four channels. */
    @Benchmark
    public void robustRests() {
        for (int c = 0; c < CHANNELS; c++) {
            PositionOps.robustRest(exec, difference[c], 4, true, rest[c], fit[c]);
        }
    }

    /** Seven Gaussians, the last less the one before. */
    @Benchmark
    public void areaFilters() {
        for (int f = 0; f < FILTERS.length; f++) {
            if (f != LINES) {
                FloatPointer less = f == FILTERS.length - 1 ? filter[f - 1] : null;
                PositionOps.areaFilter(exec, rest[FILTERS[f][0]], area, less, filter[f], FILTERS[f][1], filterScratch);
            }
        }
    }

    /** Lines in twelve directions. */
    @Benchmark
    public void lineFilter() {
        PositionOps.lineFilter(exec, rest[0], area, lineScale, filter[LINES], ACROSS, ALONG, lineScratch);
    }

    /** Soft maxima of two maps and eight filters, smoothed. */
    @Benchmark
    public void scores() {
        PositionOps.scores(exec, area, rgb, depth, maps[0], maps[1], maps[2], 0, 1, 0, 1, scoresScratch);
    }

    /** All of it. */
    @Benchmark
    public void positions() {
        robustRests();
        areaFilters();
        lineFilter();
        scores();
    }
}
