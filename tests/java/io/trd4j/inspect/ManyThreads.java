package io.trd4j.inspect;

import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.io.InputException;
import io.trd4j.model.Backbone;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.Precision;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.model.Thresholds.Limits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Threads that share inspectors, results and buffers as one must not: they inspect at the same time, close what others
 * use, change thresholds, pass null, results of another size and parts without points, and are interrupted. In a
 * process of its own, with {@code -Xcheck:jni}.
 *
 * <p>Arguments: threads, rounds of each at least, seconds at least. Prints {@code key value} lines, and a line for each
 * kind of fault: a score that one thread alone does not get, or an exception that is no answer to a wrong call.
 */
final class ManyThreads {
    private static final int SLOTS = 3;
    private static final InspectorOptions OPTIONS =
            new InspectorOptions(2, Precision.FP32).withDevice(DeviceChoice.CPU);
    private static final Set<Class<?>> ANSWERS = Set.of(
            IllegalStateException.class,
            IllegalArgumentException.class,
            InputException.class,
            NullPointerException.class);

    private final List<Part> parts = new ArrayList<>();
    private final Part pointless;
    private final float[] scores;
    private final Inspector first;
    private final Inspector other;
    private final Inspection shared;
    private final AtomicReferenceArray<Inspector> slots = new AtomicReferenceArray<>(SLOTS);
    private final AtomicReference<InputBuffers> buffers = new AtomicReference<>();
    private final AtomicLong inspected = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final Set<String> faults = ConcurrentHashMap.newKeySet();

    public static void main(String[] arguments) throws Exception {
        int threads = Integer.parseInt(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(arguments[2]));
        ManyThreads all = new ManyThreads();
        List<Thread> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int number = i;
            running.add(new Thread(() -> all.misuse(new Random(number), rounds, end)));
        }
        running.forEach(Thread::start);
        for (Thread thread : running) {
            thread.join();
        }
        all.close();
        System.out.println("inspected " + all.inspected);
        System.out.println("refused " + all.refused);
        System.out.println("faults " + all.faults.size());
        all.faults.forEach(System.out::println);
    }

    private ManyThreads() {
        for (int side : new int[] {64, 96, 80}) {
            parts.add(SyntheticParts.part(SyntheticProduct.COOKIE, side, side));
        }
        float[] nothing = new float[3 * 64 * 64];
        Arrays.fill(nothing, Float.NaN);
        pointless =
                Part.of("pointless", new RgbImage(64, 64, new byte[nothing.length]), new PointCloud(64, 64, nothing));
        first = open(32);
        other = open(64);
        shared = first.newInspection();
        scores = new float[parts.size()];
        for (int i = 0; i < scores.length; i++) {
            first.inspect(parts.get(i), shared);
            scores[i] = shared.score();
        }
    }

    private static Inspector open(int size) {
        return Inspector.random(Backbone.RESNET18, size, Geometry.unmeasured(Modality.METRIC, size), OPTIONS);
    }

    private void close() {
        for (int i = 0; i < SLOTS; i++) {
            close(slots.get(i));
        }
        close(buffers.get());
        close(first);
        close(other);
    }

    private static void close(AutoCloseable open) {
        try {
            if (open != null) {
                open.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException("nobody uses it any more", e);
        }
    }

    private void misuse(Random random, int rounds, long end) {
        Inspection own = first.newInspection();
        for (int round = 0; round < rounds || System.nanoTime() < end; round++) {
            try {
                step(random, own);
            } catch (RuntimeException | Error e) {
                refused.incrementAndGet();
                boolean oneLine = e.getMessage() != null && !e.getMessage().contains("\n");
                if (!ANSWERS.contains(e.getClass()) || !oneLine) {
                    StackTraceElement[] trace = e.getStackTrace();
                    faults.add(e + (trace.length == 0 ? "" : " at " + trace[0]));
                }
            }
        }
    }

    private Inspector any(Random random) {
        Inspector taken = slots.get(random.nextInt(SLOTS));
        return taken == null || random.nextInt(4) == 0 ? first : taken;
    }

    private void step(Random random, Inspection own) {
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> inspect(random, own);
            case 4 -> any(random).inspect(parts.get(random.nextInt(parts.size())), shared);
            case 5 -> replace(random);
            case 6 -> any(random).setThresholds(random.nextInt(8) == 0 ? null : thresholds(random));
            case 7 -> any(random).inspect(random.nextBoolean() ? null : pointless, random.nextBoolean() ? null : own);
            case 8 -> (random.nextBoolean() ? other : any(random)).inspect(parts.get(0), own);
            case 9 -> buffers(random, own);
            case 10 -> {
                any(random).warmUp();
                Regions.of(shared, parts.get(random.nextInt(parts.size())));
            }
            default -> Thread.currentThread().interrupt();
        }
    }

    /** The one right use, beside all wrong ones. */
    private void inspect(Random random, Inspection own) {
        int which = random.nextInt(scores.length);
        Inspector mine = any(random);
        mine.inspect(parts.get(which), own);
        inspected.incrementAndGet();
        if (!(own.score() == scores[which])) {
            faults.add("a score of " + own.score() + " for part " + which + ", not " + scores[which]);
        }
    }

    /** Another inspector comes into the slot; the one before is closed, whoever uses it. */
    private void replace(Random random) {
        Inspector before = slots.getAndSet(random.nextInt(SLOTS), first.duplicate());
        if (before != null) {
            while (true) {
                try {
                    before.close();
                    before.close();
                    return;
                } catch (IllegalStateException e) {
                    // Another thread is in it, as the message says.
                    refused.incrementAndGet();
                    Thread.onSpinWait();
                }
            }
        }
    }

    private Thresholds thresholds(Random random) {
        double ngAbove = scores[random.nextInt(scores.length)] + random.nextDouble() - 0.5;
        return Thresholds.NONE.with(ScoreBranch.COMBINED, new Limits(Threshold.byHand(ngAbove), null));
    }

    private void buffers(Random random, Inspection own) {
        InputBuffers taken = buffers.get();
        if (taken == null || random.nextInt(4) == 0) {
            InputBuffers made = first.newInputBuffers("buffers", 64, 64, 64 - random.nextInt(2) * 64, 64);
            made.xyz().put(0, random.nextFloat());
            close(buffers.getAndSet(made));
        } else {
            taken.rgb().put(random.nextInt(taken.rgb().capacity()), (byte) random.nextInt());
            any(random).inspect(taken.part(), own);
        }
    }
}
