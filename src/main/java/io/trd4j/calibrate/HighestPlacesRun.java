package io.trd4j.calibrate;

import io.trd4j.data.PartSource;
import io.trd4j.inspect.DeviceChoice;
import io.trd4j.inspect.InputPolicy;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.Progress;
import io.trd4j.io.Stop;
import io.trd4j.model.HighestPlaces;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures how high the maps of a calibrated model reach on normal parts, by which its combined map is more than the
 * sum of its branches' (SPEC section 4).
 */
public final class HighestPlacesRun {
    private HighestPlacesRun() {}

    /** Models of the reference's images keep the reference's sum. */
    static boolean applies(ModelInfo info) {
        return info.modality() == Modality.METRIC;
    }

    /**
     * Inspects the parts in fp32 on the CPU, and replaces the model file.
     *
     * @param model calibrated, and not aligned; thresholds, drift reference and sensitivity are dropped
     * @param normal parts that the model was not trained on; those that lack a modality say nothing
     * @param threads CPU threads, 1 or more
     * @return the model as it is now: of the reference's images, and where no part has both modalities, as it was
     * @throws io.trd4j.io.InputException when a part cannot be inspected
     * @throws IOException when the file cannot be written; it is then unchanged
     */
    public static ModelInfo run(Path model, List<? extends PartSource> normal, int threads, Progress progress)
            throws IOException {
        InspectorOptions options = new InspectorOptions(threads, Precision.FP32)
                .withDevice(DeviceChoice.CPU)
                .withMaps(false)
                .withInputs(InputPolicy.inspectOther());
        ModelInfo info = Inspector.describe(model);
        if (!applies(info)) {
            return info;
        }
        if (info.calibration().highest() != null) {
            // The sum alone is measured.
            ModelFile.replaceInfo(model, now -> now.withHighestPlaces(null));
        }
        List<float[]> scores = new ArrayList<>();
        try (Inspector inspector = Inspector.open(model, options);
                Progress.Task task = Stop.task(progress, "Highest places", normal.size())) {
            Inspection inspection = inspector.newInspection();
            for (int i = 0; i < normal.size(); i++) {
                inspector.inspect(normal.get(i).withColorBits(info.colorBits()).load(), inspection);
                if (inspection.mode() == InspectionMode.BOTH) {
                    scores.add(new float[] {inspection.score(), inspection.scoreRgb(), inspection.scoreDepth()});
                }
                task.at(i + 1L);
            }
        }
        if (!scores.isEmpty()) {
            HighestPlaces highest = new HighestPlaces(usual(scores, 0), usual(scores, 1), usual(scores, 2));
            ModelFile.replaceInfo(model, now -> now.withHighestPlaces(highest));
        }
        return Inspector.describe(model);
    }

    private static HighestPlaces.Usual usual(List<float[]> scores, int which) {
        float[] values = new float[scores.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = scores.get(i)[which];
        }
        return HighestPlaces.Usual.of(values);
    }
}
