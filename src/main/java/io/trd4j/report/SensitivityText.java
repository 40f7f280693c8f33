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
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** In words, how small a defect a model would see. */
public final class SensitivityText {
    private SensitivityText() {}

    /**
     * A few lines: how it was measured, then what would be seen of bumps and dents, and of stains.
     *
     * @param thresholds of the model
     */
    public static List<String> lines(Sensitivity sensitivity, Thresholds thresholds) {
        List<SensitivityCurve> together = sensitivity.curves(thresholds).stream()
                .filter(curve -> curve.kinds().size() > 1)
                .toList();
        List<String> lines = new ArrayList<>();
        lines.add("how small a defect would be seen, " + basis(sensitivity, thresholds) + ":");
        for (boolean relief : new boolean[] {true, false}) {
            String sizes = together.stream()
                    .filter(curve -> curve.relief() == relief)
                    .map(curve -> size(curve) + " wide " + found(curve) + single(sensitivity, thresholds, curve))
                    .collect(Collectors.joining("; "));
            if (!sizes.isEmpty()) {
                lines.add("  " + (relief ? "bumps and dents: " : "stains: ") + sizes);
            }
        }
        if (sensitivity.unitMillimetres() == null) {
            lines.add("  bumps and dents: not known, the parts have no points");
        }
        return lines;
    }

    /** On which parts, of which share, at which limits. */
    static String basis(Sensitivity sensitivity, Thresholds thresholds) {
        int most = sensitivity.curves(thresholds).stream()
                .mapToInt(SensitivityCurve::trials)
                .max()
                .orElse(0);
        return Rate.percent(Sensitivity.SEEN) + " of up to " + most + " each, pasted onto "
                + sensitivity.parts().size() + " normal parts, at " + limits(sensitivity, thresholds);
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

    /** From which amount on so many are seen that one can speak of it. */
    static String found(SensitivityCurve curve) {
        Double from = curve.from(Sensitivity.SEEN);
        return from == null
                ? "not even at "
                        + amount(curve, curve.levels().get(curve.levels().size() - 1))
                : "from " + amount(curve, from) + (curve.exact() ? "" : " at the latest");
    }

    /** With its unit. */
    static String amount(SensitivityCurve curve, double level) {
        return number(level) + (curve.relief() ? " mm" : " grey levels");
    }

    /** Which of the two kinds is seen later, where they differ. */
    private static String single(Sensitivity sensitivity, Thresholds thresholds, SensitivityCurve together) {
        List<SensitivityCurve> each = sensitivity.curves(thresholds).stream()
                .filter(curve -> curve.kinds().size() == 1
                        && together.kinds().contains(curve.kinds().get(0))
                        && curve.diameter() == together.diameter())
                .toList();
        return each.stream().map(SensitivityText::found).distinct().count() < 2
                ? ""
                : each.stream()
                        .map(curve -> plural(curve.kinds().get(0)) + " " + found(curve))
                        .collect(Collectors.joining(", ", " (", ")"));
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
