package io.trd4j.inspect;

import io.trd4j.data.Part;
import io.trd4j.inspect.InputPolicy.OnUnusable;
import io.trd4j.io.InputException;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import io.trd4j.model.Threshold;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a model can be inspected with. */
final class ModelChecks {
    private static final Logger LOG = LoggerFactory.getLogger(ModelChecks.class);

    private ModelChecks() {}

    static void requireCalibrated(Path model, ModelInfo info) {
        if (info.calibration() == null) {
            throw new InputException(
                    model + " is not calibrated; run: trd calibrate --model " + model + " --data CATEGORY");
        }
    }

    /** Parts that lack a modality need a calibration of the other branch alone. */
    static void requireCalibratedAlone(Path model, ModelInfo info, InputPolicy inputs) {
        if ((inputs.depth() == OnUnusable.INSPECT_OTHER || inputs.rgb() == OnUnusable.INSPECT_OTHER)
                && info.calibration().alone() == null) {
            throw new InputException(
                    model + " was not calibrated for parts that lack a modality; run: trd calibrate --model " + model
                            + " --data CATEGORY, then set its thresholds again");
        }
    }

    /** Scores of another precision are a little different ones: a threshold's rate was measured on those of its own. */
    static void warnOfOtherPrecision(Path model, ModelInfo info, Precision runs) {
        String own = runs.key();
        String others = info.thresholds()
                .all()
                .map(Threshold::evidence)
                .filter(evidence -> evidence != null && !evidence.precision().equals(own))
                .map(Threshold.Evidence::precision)
                .distinct()
                .collect(Collectors.joining(", "));
        if (!others.isEmpty()) {
            LOG.warn(
                    "{}: its thresholds were set on scores computed in {}, this inspector computes in {}: their "
                            + "rates may not hold; inspect with that precision, or set them again with trd calibrate",
                    model,
                    others,
                    own);
        }
    }

    /** Weights are not looked at one by one when a model is opened: a part shows what is wrong with them. */
    static InputException notFinite(Part part, Precision runs) {
        return new InputException("part " + part.id() + ": the network's result is not finite: the model's weights are "
                + (runs == Precision.FP16
                        ? "damaged, or too large for fp16; try --precision bf16"
                        : "damaged; train or import it again"));
    }
}
