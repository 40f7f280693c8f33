package io.trd4j.report;

import io.trd4j.model.DefectKind;
import io.trd4j.model.Sensitivity;
import io.trd4j.model.SensitivityCurve;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A model's sensitivity as the report's page and its charts take it. */
final class SensitivityView {
    /** Both empty when nothing was measured. */
    record Charts(List<Line> relief, List<Line> stains) {}

    /** @param x height in millimetres, or contrast in grey levels of 255; @param y share that is seen */
    record Point(double x, double y) {}

    /** Of one kind and diameter, over the image's width. */
    record Line(DefectKind kind, String name, double diameter, List<Point> points) {}

    private SensitivityView() {}

    /** @return null when nothing was measured */
    static Map<String, Object> page(ReportData.Seen seen) {
        if (seen == null) {
            return null;
        }
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("basis", seen.basis());
        view.put("share", Math.round(100 * Sensitivity.SEEN));
        view.put("unit", seen.unitMillimetres() == null ? null : SensitivityText.number(seen.unitMillimetres()));
        view.put("inexact", seen.curves().stream().anyMatch(curve -> !curve.exact()));
        view.put("hasRelief", seen.curves().stream().anyMatch(SensitivityCurve::relief));
        view.put("hasStains", !seen.curves().stream().allMatch(SensitivityCurve::relief));
        view.put("rows", seen.curves().stream().map(SensitivityView::row).toList());
        return view;
    }

    private static Map<String, Object> row(SensitivityCurve curve) {
        return Map.of(
                "kinds", kinds(curve),
                "size", SensitivityText.size(curve),
                "trials", curve.trials(),
                "half", amount(curve, SensitivityText.HALF),
                "most", amount(curve, Sensitivity.SEEN));
    }

    private static String amount(SensitivityCurve curve, double share) {
        Double from = curve.from(share);
        List<Double> levels = curve.levels();
        return from == null
                ? "more than " + SensitivityText.amount(curve, levels.get(levels.size() - 1))
                : SensitivityText.amount(curve, from);
    }

    private static String kinds(SensitivityCurve curve) {
        return curve.kinds().stream().map(SensitivityText::plural).collect(Collectors.joining(" and "));
    }

    /** Of each kind and diameter by itself. */
    static Charts charts(ReportData.Seen seen) {
        return new Charts(lines(seen, true), lines(seen, false));
    }

    private static List<Line> lines(ReportData.Seen seen, boolean relief) {
        return seen == null
                ? List.of()
                : seen.curves().stream()
                        .filter(curve -> curve.kinds().size() == 1 && curve.relief() == relief && curve.trials() > 0)
                        .map(curve -> new Line(
                                curve.kinds().get(0),
                                kinds(curve) + ", " + SensitivityText.size(curve),
                                curve.diameter(),
                                points(curve)))
                        .toList();
    }

    private static List<Point> points(SensitivityCurve curve) {
        return IntStream.range(0, curve.levels().size())
                .mapToObj(i -> new Point(curve.levels().get(i), curve.seen().get(i) / (double) curve.trials()))
                .toList();
    }
}
