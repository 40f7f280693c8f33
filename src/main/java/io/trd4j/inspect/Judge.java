package io.trd4j.inspect;

import io.trd4j.data.PointCloud;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.ModelInfo;

/** From scores and measures to verdict and warnings. */
final class Judge {
    private final ModelInfo model;
    private final VerdictRule rule;
    private final UnusualInputWarnings usual;
    private final double minRegion;

    /** @param minRegion mm²: see {@link InspectorOptions} */
    Judge(ModelInfo model, double minRegion) {
        this.model = model;
        rule = new VerdictRule(model.thresholds());
        usual = new UnusualInputWarnings(model.driftReference());
        this.minRegion = minRegion;
    }

    /** With the thresholds that decide. */
    ModelInfo model() {
        return model;
    }

    /** @param points of the part, or null: then nobody knows the area of a region */
    void judge(Inspection result, PointCloud points) {
        InspectionMode mode = result.mode;
        result.judgedBy = model;
        result.thresholds = model.thresholds();
        result.warnings.clear();
        result.verdict = mode == InspectionMode.BOTH
                ? rule.of(result.maps.score, result.maps.scoreRgb, result.maps.scoreDepth)
                : rule.ofAlone(mode, result.maps.score);
        if (mode == InspectionMode.RGB_ONLY) {
            result.warnings.add(Warning.NO_DEPTH);
        } else if (mode == InspectionMode.DEPTH_ONLY) {
            result.warnings.add(Warning.NO_RGB);
        }
        usual.warn(result, result.warnings);
        if (rule.lacks(mode)) {
            result.warnings.add(Warning.NO_THRESHOLD);
        } else if (minRegion > 0 && (result.verdict == Verdict.NG || result.verdict == Verdict.REVIEW)) {
            result.verdict = Regions.verdict(result, points, minRegion);
        }
    }
}
