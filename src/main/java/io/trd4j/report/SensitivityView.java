package io.trd4j.report;

import io.trd4j.model.Sensitivity;
import io.trd4j.model.SensitivityCurve;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A model's sensitivity as the report's page and its charts take it. */
final class SensitivityView {
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

    /** Of each kind and diameter by itself: x is the amount, y the share that is seen. */
    static Map<String, Object> charts(ReportData.Seen seen) {
        return Map.of("relief", lines(seen, true), "stains", lines(seen, false));
    }

    private static List<Map<String, Object>> lines(ReportData.Seen seen, boolean relief) {
        return seen == null
                ? List.of()
                : seen.curves().stream()
                        .filter(curve -> curve.kinds().size() == 1 && curve.relief() == relief && curve.trials() > 0)
                        .map(curve -> Map.<String, Object>of(
                                "kind", curve.kinds().get(0),
                                "name", kinds(curve) + ", " + SensitivityText.size(curve),
                                "diameter", curve.diameter(),
                                "points", points(curve)))
                        .toList();
    }

    private static List<Map<String, Double>> points(SensitivityCurve curve) {
        return IntStream.range(0, curve.levels().size())
                .mapToObj(i ->
                        Map.of("x", curve.levels().get(i), "y", curve.seen().get(i) / (double) curve.trials()))
                .toList();
    }
}
