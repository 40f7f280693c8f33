package io.trd4j.inspect;

import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.drift.DriftMonitor;
import io.trd4j.io.InputException;
import io.trd4j.model.Backbone;
import io.trd4j.model.DriftReference;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.Precision;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Statistic;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.model.Thresholds.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * A line's day in short, in a process of its own: parts of changing sizes, bad ones in between, thresholds that change,
 * regions of NG parts, drift; then inspectors that are opened and closed, and some that are dropped.
 *
 * <p>Arguments: parts at least, seconds at least, openings. Prints {@code key value} lines. The first account of memory
 * is taken after a fifth of the time, or {@value #WARM_UP} parts.
 */
final class LongRun {
    private static final int SIZE = 32;
    private static final int WINDOW = 50;
    /** What is kept for each size is there then, and what is hot is compiled. */
    private static final int WARM_UP = 1000;

    private static final int COUNTED = 1000;

    private LongRun() {}

    public static void main(String[] arguments) throws Exception {
        int atLeast = Integer.parseInt(arguments[0]);
        long seconds = Long.parseLong(arguments[1]);
        int openings = Integer.parseInt(arguments[2]);
        parts(atLeast, seconds);
        openings(openings);
    }

    private static void parts(int atLeast, long seconds) throws Exception {
        List<Part> good = new ArrayList<>();
        List<Part> bad = new ArrayList<>();
        for (int side = 64; side <= 240; side += 16) {
            good.add(SyntheticParts.part(SyntheticProduct.COOKIE, side, side));
            float[] nothing = new float[3 * side * side];
            Arrays.fill(nothing, Float.NaN);
            bad.add(Part.of(
                    "bad", new RgbImage(side, side, new byte[3 * side * side]), new PointCloud(side, side, nothing)));
        }
        InspectorOptions options = new InspectorOptions(2, Precision.AUTO);
        Random random = new Random(5);
        long refused = 0;
        long ng = 0;
        long regions = 0;
        try (Inspector inspector =
                Inspector.random(Backbone.RESNET18, SIZE, Geometry.unmeasured(Modality.METRIC, SIZE), options)) {
            Inspection result = inspector.newInspection();
            float[] scores = new float[2 * WINDOW];
            for (int i = 0; i < scores.length; i++) {
                inspector.inspect(good.get(i % good.size()), result);
                scores[i] = result.score();
            }
            Arrays.sort(scores);
            List<Float> sorted =
                    IntStream.range(0, scores.length).mapToObj(i -> scores[i]).toList();
            DriftMonitor monitor = new DriftMonitor(
                    new DriftReference(scores.length, "0".repeat(64), "fp32", "cpu", Map.of(Statistic.SCORE, sorted)),
                    WINDOW,
                    0.01);
            long[] first = new long[COUNTED];
            long[] last = new long[COUNTED];
            long done = 0;
            boolean warm = false;
            long begin = System.nanoTime();
            long end = begin + TimeUnit.SECONDS.toNanos(seconds);
            int[] used = new int[2];
            while (done < atLeast || System.nanoTime() < end) {
                int which = random.nextInt(good.size());
                if (!warm && done >= WARM_UP && System.nanoTime() - begin >= TimeUnit.SECONDS.toNanos(seconds) / 5) {
                    warm = true;
                    memory("first");
                }
                if (done % 50 == 49) {
                    // Half of the parts are NG until the next change.
                    double ngAbove = scores[scores.length / 2] + random.nextDouble() - 0.5;
                    inspector.setThresholds(
                            Thresholds.NONE.with(ScoreBranch.COMBINED, new Limits(Threshold.byHand(ngAbove), null)));
                }
                if (random.nextInt(10) == 0) {
                    try {
                        inspector.inspect(bad.get(which), result);
                        throw new IllegalStateException("a part without points was inspected");
                    } catch (InputException e) {
                        refused++;
                    }
                }
                long start = System.nanoTime();
                inspector.inspect(good.get(which), result);
                long nanos = System.nanoTime() - start;
                if (warm && used[0] < COUNTED) {
                    first[used[0]++] = nanos;
                }
                last[used[1]++ % COUNTED] = nanos;
                if (result.verdict() == Verdict.NG) {
                    ng++;
                    regions += Regions.of(result, good.get(which)).size();
                }
                if (monitor.add(result)) {
                    monitor.check();
                }
                done++;
            }
            memory("last");
            System.out.println("parts " + done);
            System.out.println("refused " + refused);
            System.out.println("ng " + ng);
            System.out.println("regions " + regions);
            System.out.println("windows " + monitor.windows());
            System.out.println("first_p99_us " + p99(Arrays.copyOf(first, used[0])));
            System.out.println("last_p99_us " + p99(Arrays.copyOf(last, Math.min(used[1], COUNTED))));
        }
    }

    private static long p99(long[] nanos) {
        Arrays.sort(nanos);
        return nanos[(int) (0.99 * nanos.length)] / 1000;
    }

    private static void openings(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            if (i == count / 4) {
                memory("opened_first");
            }
            open().close();
        }
        memory("opened_last");
        System.out.println("openings " + count);
        for (int i = 0; i < count; i++) {
            if (i == count / 4) {
                memory("dropped_first");
            }
            open();
            System.gc();
        }
        memory("dropped_last");
    }

    private static Inspector open() {
        return Inspector.random(Backbone.RESNET18, SIZE, Geometry.DEPTH, new InspectorOptions(2, Precision.FP32));
    }

    /** Kibibytes in memory, after a collection; those of the Java heap in use. */
    private static void memory(String when) throws Exception {
        System.gc();
        // Cleaners run behind the collector.
        Thread.sleep(200);
        System.gc();
        Runtime heap = Runtime.getRuntime();
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                System.out.println(when + "_rss_kib " + line.replaceAll("[^0-9]", ""));
            }
        }
        System.out.println(when + "_heap_kib " + (heap.totalMemory() - heap.freeMemory()) / 1024);
    }
}
