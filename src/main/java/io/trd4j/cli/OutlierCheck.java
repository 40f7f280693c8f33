package io.trd4j.cli;

import io.trd4j.data.PartFiles;
import io.trd4j.engine.DeviceChoice;
import io.trd4j.engine.Inspection;
import io.trd4j.engine.Inspector;
import io.trd4j.engine.InspectorOptions;
import io.trd4j.metrics.Outliers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Looks for parts among the training parts that are not like the others: a defect that was trained on is one that the model no
 * longer finds. The model inspects all of them. Edges of normal parts score as high as small defects, but at the same place in
 * every part: what counts is a part's largest excess, over the pixels of a branch's map, above the median of all these maps at
 * that pixel. A part is an outlier when its excess in the rgb or the depth branch is one among all parts' ({@link Outliers}).
 */
final class OutlierCheck {
    private static final int STEP = 4;

    private OutlierCheck() {}

    /** A warning of one line that lists the files, or null. */
    static String warning(Path model, List<PartFiles> training, int threads) throws IOException {
        if (training.size() < Outliers.MIN_SCORES) {
            return null;
        }
        float[][] rgb = new float[training.size()][];
        float[][] depth = new float[training.size()][];
        InspectorOptions options = InspectorOptions.defaults().withThreads(threads).withDevice(DeviceChoice.CPU);
        try (Inspector inspector = Inspector.open(model, options); Progress progress = new Progress("Looking for outliers", rgb.length)) {
            Inspection inspection = inspector.newInspection();
            for (int i = 0; i < rgb.length; i++) {
                inspector.inspect(training.get(i).load(), inspection);
                rgb[i] = sampled(inspection.mapRgb(), inspector.model().size());
                depth[i] = sampled(inspection.mapDepth(), inspector.model().size());
                progress.at(i + 1L);
            }
        }
        TreeSet<Integer> outliers = new TreeSet<>(Outliers.of(excess(rgb)));
        outliers.addAll(Outliers.of(excess(depth)));
        return outliers.isEmpty() ? null : "these training parts are unlike the others; look at them, and train again without those "
                + "that have a defect: " + outliers.stream().map(i -> training.get(i).rgb().toString()).collect(Collectors.joining(", "));
    }

    /** Every fourth row and column, which loses nothing of a map that is blurred by 4 pixels. */
    private static float[] sampled(float[] map, int size) {
        int side = size / STEP;
        float[] sampled = new float[side * side];
        for (int i = 0; i < sampled.length; i++) {
            sampled[i] = map[i / side * STEP * size + i % side * STEP];
        }
        return sampled;
    }

    /** Of each part, the largest difference to the median of all parts at the same pixel, standard deviations of calibration. */
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
