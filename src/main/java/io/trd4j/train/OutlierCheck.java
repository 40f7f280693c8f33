package io.trd4j.train;

import io.trd4j.calibrate.PreparedParts;
import io.trd4j.io.Stop;
import io.trd4j.metrics.Outliers;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.network.BranchMaps;
import io.trd4j.model.network.LibTorch;
import io.trd4j.model.network.Network;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * Looks for parts among the training parts that are not like the others: a defect that was trained on is one that the
 * model no longer finds. It is looked for early in training, several times: students learn what all parts have in
 * common first, and what one part has of its own soon after. Edges of normal parts score as high as small defects, but
 * at the same place in every part: what counts is a part's largest excess, over the places of a branch's map, above the
 * median of all these maps at that place. A part is an outlier when its excess in the rgb or the depth branch is one
 * among all parts' ({@link Outliers}).
 */
final class OutlierCheck {
    /**
     * After which it is looked for. A large lump in one of 40 parts stood out by 23 median absolute deviations after 3
     * epochs with the embedded teacher, by 6 after 6, by 3 after 10; with a random teacher students need longer.
     */
    private static final Set<Integer> EPOCHS = Set.of(3, 6, 10);

    private static final int STEP = 4;

    private final int size;
    private final PreparedParts parts;
    private final RegionOfInterest roi;
    private final int threads;
    private final SortedSet<Integer> outliers = new TreeSet<>();
    private boolean looked;

    /** @param roi what counts; null = everything */
    OutlierCheck(int size, PreparedParts parts, RegionOfInterest roi, int threads) {
        this.size = size;
        this.parts = parts;
        this.roi = roi;
        this.threads = threads;
    }

    /**
     * Looks when it is time, at a network on the CPU.
     *
     * @param features of the parts, there as well
     */
    void afterEpoch(Network network, TeacherFeatures features, int epochsDone) {
        if (EPOCHS.contains(epochsDone)) {
            look(network, features);
        }
    }

    /** The outliers, ascending; looks at the trained network, on the CPU, when nobody has looked before. */
    List<Integer> of(Network network) {
        if (!looked) {
            try (TeacherFeatures features = TeacherFeatures.once(network, parts, size)) {
                look(network, features);
            }
        }
        return List.copyOf(outliers);
    }

    private void look(Network network, TeacherFeatures features) {
        looked = true;
        if (parts.count() < Outliers.MIN_SCORES) {
            return;
        }
        LibTorch.setThreads(threads);
        float[][] rgb = new float[parts.count()][];
        float[][] depth = new float[parts.count()][];
        float[] map = new float[size * size];
        try (BranchMaps maps = new BranchMaps(network, size)) {
            for (int i = 0; i < rgb.length; i++) {
                Stop.check();
                try (PointerScope scope = new PointerScope()) {
                    TeacherFeatures.Batch own = features.batch(new int[] {i}, 0, 1);
                    maps.compute(own.rgb(), own.depth());
                    rgb[i] = sampled(maps.rgb(), map);
                    depth[i] = sampled(maps.depth(), map);
                }
            }
        }
        outliers.addAll(Outliers.of(excess(rgb), EPOCHS.size()));
        outliers.addAll(Outliers.of(excess(depth), EPOCHS.size()));
    }

    /**
     * Means of 12 x 12 pixels around every fourth pixel of every fourth row: as smooth as the blurred map of an
     * inspection.
     */
    private float[] sampled(FloatPointer raw, float[] map) {
        raw.get(map);
        if (roi != null) {
            roi.keep(map);
        }
        int side = size / STEP;
        float[] sampled = new float[side * side];
        for (int i = 0; i < sampled.length; i++) {
            int top = Math.max(0, i / side * STEP - STEP);
            int left = Math.max(0, i % side * STEP - STEP);
            int bottom = Math.min(size, i / side * STEP + 2 * STEP);
            int right = Math.min(size, i % side * STEP + 2 * STEP);
            double sum = 0;
            for (int y = top; y < bottom; y++) {
                for (int x = left; x < right; x++) {
                    sum += map[y * size + x];
                }
            }
            sampled[i] = (float) (sum / ((bottom - top) * (right - left)));
        }
        return sampled;
    }

    /** Of each part, the largest difference to the median of all parts at the same place. */
    private static double[] excess(float[][] maps) {
        double[] excess = new double[maps.length];
        Arrays.fill(excess, Double.NEGATIVE_INFINITY);
        float[] column = new float[maps.length];
        for (int pixel = 0; pixel < maps[0].length; pixel++) {
            for (int i = 0; i < maps.length; i++) {
                column[i] = maps[i][pixel];
            }
            Arrays.sort(column);
            for (int i = 0; i < maps.length; i++) {
                excess[i] = Math.max(excess[i], maps[i][pixel] - column[maps.length / 2]);
            }
        }
        return excess;
    }
}
