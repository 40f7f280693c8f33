package io.trd4j.engine;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Times a runner on noise. */
public final class NetworkTimer {
    /** The first run touches memory and code for the first time; the second shows it. */
    public static final int WARM_UP = 2;

    private NetworkTimer() {}

    /** Noise in the range of prepared images: S x S x 3 values. */
    public static float[] noise(int size, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] image = new float[3 * size * size];
        for (int i = 0; i < image.length; i++) {
            image[i] = (float) (4 * random.nextDouble() - 2);
        }
        return image;
    }

    /** Writes noise into both images, which every run loses. */
    public static void fill(NetworkRunner runner, float[] noise) {
        runner.setImage(0, noise);
        runner.setImage(1, noise);
    }

    /** Median milliseconds of a run. */
    public static double median(NetworkRunner runner, int size, int runs) {
        float[] noise = noise(size, 1);
        long[] nanos = new long[runs];
        for (int i = -WARM_UP; i < runs; i++) {
            long taken = timed(runner, noise);
            if (i >= 0) {
                nanos[i] = taken;
            }
        }
        return medianMillis(nanos);
    }

    /** Nanoseconds of one run on this noise. */
    public static long timed(NetworkRunner runner, float[] noise) {
        fill(runner, noise);
        long start = System.nanoTime();
        runner.run();
        return System.nanoTime() - start;
    }

    /** Median of nanoseconds, in milliseconds; of an even number the mean of the middle two. */
    public static double medianMillis(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return (sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2.0) / 1e6;
    }
}
