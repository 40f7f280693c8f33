package io.trd4j.report;

import io.trd4j.calibrate.Rate;
import io.trd4j.model.DefectKind;
import io.trd4j.model.Sensitivity;
import io.trd4j.model.SensitivityCurve;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.model.Thresholds.Limits;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** In words, how small a defect a model would see. */
public final class SensitivityText {
    /** Share of the defects from which on they begin to be seen. */
    static final double HALF = 0.5;

    private SensitivityText() {}

    /**
     * A few lines: how it was measured, then what would be seen of bumps and dents, and of stains.
     *
     * @param thresholds of the model
     */
    public static List<String> lines(Sensitivity sensitivity, Thresholds thresholds) {
        List<SensitivityCurve> curves = sensitivity.curves(thresholds);
        List<String> lines = new ArrayList<>();
        lines.add("how small a defect would be seen, " + basis(sensitivity, thresholds) + ":");
        curves.stream()
                .filter(curve -> curve.kinds().size() > 1)
                .forEach(curve -> lines.add("  " + (curve.relief() ? "bumps and dents " : "stains ") + size(curve)
                        + " wide: " + found(curve)));
        if (curves.stream().noneMatch(SensitivityCurve::relief)) {
            lines.add("  bumps and dents: not known, the parts have no points");
        } else {
            lines.add("  heights: from " + number(sensitivity.unitMillimetres())
                    + " mm on, the least that the sensor tells");
        }
        if (curves.stream().anyMatch(curve -> !curve.exact())) {
            lines.add("  measured under other limits: smaller ones may be seen, too");
        }
        return lines;
    }

    /** At which limits, and on how many parts. */
    static String basis(Sensitivity sensitivity, Thresholds thresholds) {
        int parts = sensitivity.parts().size();
        return "at " + limits(sensitivity, thresholds) + ", from defects pasted onto " + parts + " normal part"
                + (parts == 1 ? "" : "s");
    }

    private static String limits(Sensitivity sensitivity, Thresholds thresholds) {
        if (sensitivity.byOwnLimits(thresholds)) {
            return Rate.percent(sensitivity.rate()) + " false rejects (" + Rate.percent(sensitivity.confidence())
                    + " confidence; each part's limit from the " + (sensitivity.normal() - 1) + " others)";
        }
        Threshold ng = Stream.of(
                        thresholds.combined(), thresholds.of(sensitivity.mode().score()))
                .map(Limits::ng)
                .filter(t -> t != null && t.rate() != null && t.method() != Threshold.Method.FNR)
                .findFirst()
                .orElse(null);
        return "the model's NG threshold" + (ng == null ? "" : " (" + Rate.percent(ng.rate()) + " false rejects)");
    }

    /** Diameter of the defects. */
    static String size(SensitivityCurve curve) {
        return curve.millimetres() == null
                ? number(100 * curve.diameter()) + "% of the image's width"
                : number(curve.millimetres()) + " mm";
    }

    private static String found(SensitivityCurve curve) {
        String last = amount(curve, curve.levels().get(curve.levels().size() - 1));
        Double half = curve.from(HALF);
        Double most = curve.from(Sensitivity.SEEN);
        String share = Rate.percent(Sensitivity.SEEN);
        return curve.trials() == 0
                ? "not known, all parts are NG without a defect"
                : half == null
                        ? "not even half of them at " + last
                        : "half from " + amount(curve, half) + ", " + share
                                + (most == null ? " not even at " + last : " from " + amount(curve, most));
    }

    /** With its unit. */
    static String amount(SensitivityCurve curve, double level) {
        return number(level) + (curve.relief() ? " mm" : " grey levels");
    }

    /** The kind of many. */
    static String plural(DefectKind kind) {
        return kind.key().replace('-', ' ') + "s";
    }

    /** Two significant digits; whole numbers from 10 on. */
    static String number(double value) {
        return value >= 9.95
                ? Long.toString(Math.round(value))
                : new BigDecimal(value)
                        .round(new MathContext(2))
                        .stripTrailingZeros()
                        .toPlainString();
    }
}
