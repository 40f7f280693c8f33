package io.trd4j.inspect;

import io.trd4j.data.Part;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.ModelInfo;
import io.trd4j.outline.NormalViews;

/** From scores and measures to verdict and warnings. */
final class Judge {
    private final ModelInfo model;
    private final VerdictRule rule;
    private final UnusualInputWarnings usual;
    private final double minRegion;
    private final NormalViews normalViews;

    /**
     * @param minRegion mm²: see {@link InspectorOptions}
     * @param normalViews what regions are compared with
     */
    Judge(ModelInfo model, double minRegion, NormalViews normalViews) {
        this.model = model;
        rule = new VerdictRule(model.thresholds());
        usual = new UnusualInputWarnings(model.driftReference());
        this.minRegion = minRegion;
        this.normalViews = normalViews;
    }

    /** With the thresholds that decide. */
    ModelInfo model() {
        return model;
    }

    /** @param part as it was inspected */
    void judge(Inspection result, Part part) {
        InspectionMode mode = result.mode;
        result.judgedBy = model;
        result.thresholds = model.thresholds();
        result.normalViews = normalViews;
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
        if (!result.unlike.isEmpty()) {
            result.warnings.addAll(result.unlike);
        }
        if (rule.lacks(mode)) {
            result.warnings.add(Warning.NO_THRESHOLD);
        } else if (minRegion > 0 && (result.verdict == Verdict.NG || result.verdict == Verdict.REVIEW)) {
            result.verdict = Regions.verdict(result, part, minRegion);
        }
        if (!result.unlike.isEmpty() && result.verdict == Verdict.OK) {
            result.verdict = Verdict.REVIEW;
        }
    }
}
