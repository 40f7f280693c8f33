package io.trd4j.cli;

import io.trd4j.data.PartFiles;
import io.trd4j.engine.DeviceChoice;
import io.trd4j.engine.Inspection;
import io.trd4j.engine.Inspector;
import io.trd4j.engine.InspectorOptions;
import io.trd4j.metrics.Outliers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Looks for parts among the training parts that are not like the others: a defect that was trained on is one that the model no
 * longer finds. The model inspects all of them; a part is an outlier when its score in the rgb or the depth branch is one of all
 * their scores ({@link Outliers}).
 */
final class OutlierCheck {
    private OutlierCheck() {}

    /** A warning of one line that lists the files, or null. */
    static String warning(Path model, List<PartFiles> training, int threads) throws IOException {
        if (training.size() < Outliers.MIN_SCORES) {
            return null;
        }
        double[] rgb = new double[training.size()];
        double[] depth = new double[training.size()];
        InspectorOptions options = InspectorOptions.defaults().withThreads(threads).withDevice(DeviceChoice.CPU).withMaps(false);
        try (Inspector inspector = Inspector.open(model, options); Progress progress = new Progress("Looking for outliers", rgb.length)) {
            Inspection inspection = inspector.newInspection();
            for (int i = 0; i < rgb.length; i++) {
                inspector.inspect(training.get(i).load(), inspection);
                rgb[i] = inspection.scoreRgb();
                depth[i] = inspection.scoreDepth();
                progress.at(i + 1L);
            }
        }
        TreeSet<Integer> outliers = new TreeSet<>(Outliers.of(rgb));
        outliers.addAll(Outliers.of(depth));
        return outliers.isEmpty() ? null : "these training parts are unlike the others; look at them, and train again without those "
                + "that have a defect: " + outliers.stream().map(i -> training.get(i).rgb().toString()).collect(Collectors.joining(", "));
    }
}
