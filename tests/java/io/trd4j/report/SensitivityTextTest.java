package io.trd4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.model.InspectionMode;
import io.trd4j.model.SampleSensitivity;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Sensitivity;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.model.Thresholds.Limits;
import io.trd4j.report.ReportData.Seen;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The same numbers in words, in the report's table and in its curves. */
class SensitivityTextTest {
    private static final Sensitivity SAMPLE = SampleSensitivity.of();

    private static Thresholds ng(Threshold threshold) {
        return Thresholds.NONE.with(ScoreBranch.COMBINED, new Limits(threshold, null));
    }

    @Test
    void linesSayAtWhichLimitsAndFromWhichAmount() {
        assertEquals(
                List.of(
                        "how small a defect would be seen, at 5% false rejects (95% confidence; each part's limit from "
                                + "the 59 others), from defects pasted onto 20 normal parts:",
                        "  bumps and dents 3.1 mm wide: half from 0.4 mm, 95% from 1.6 mm",
                        "  stains 3.1 mm wide: half from 2 grey levels, 95% not even at 128 grey levels",
                        "  heights: from 0.05 mm on, the least that the sensor tells"),
                SensitivityText.lines(SAMPLE, Thresholds.NONE));
        Threshold promised = new Threshold(4.5, Threshold.Method.EXACT, 0.001, 0.95, null);
        assertTrue(SensitivityText.lines(SAMPLE, ng(promised))
                .get(0)
                .contains("at the model's NG threshold (0.1% false rejects), from"));
        Threshold missed = new Threshold(4.5, Threshold.Method.FNR, 0.1, 0.95, null);
        assertTrue(SensitivityText.lines(SAMPLE, ng(missed)).get(0).contains("NG threshold, from"), "no false rejects");
        assertEquals(
                List.of(
                        "  bumps and dents 3.1 mm wide: not even half of them at 3.2 mm",
                        "  stains 3.1 mm wide: not even half of them at 128 grey levels",
                        "  heights: from 0.05 mm on, the least that the sensor tells",
                        "  measured under other limits: smaller ones may be seen, too"),
                SensitivityText.lines(SAMPLE, ng(Threshold.byHand(8.5))).subList(1, 5));
        assertEquals(
                "  stains 3.1 mm wide: not known, all parts are NG without a defect",
                SensitivityText.lines(SAMPLE, ng(Threshold.byHand(0))).get(2));
    }

    @Test
    void withoutPointsOnlyStainsAreSpokenOf() {
        Sensitivity colour = new Sensitivity(
                InspectionMode.RGB_ONLY,
                0.05,
                0.95,
                60,
                null,
                "d".repeat(64),
                "int8",
                "cpu",
                42,
                SAMPLE.parts(),
                SAMPLE.series().stream()
                        .filter(s -> !s.kind().relief())
                        .map(s -> new Sensitivity.Series(s.kind(), s.diameter(), null, s.levels(), s.trials()))
                        .toList());
        List<String> lines = SensitivityText.lines(colour, Thresholds.NONE);
        assertEquals(
                List.of(
                        "  stains 4% of the image's width wide: half from 2 grey levels, 95% not even at 128 grey "
                                + "levels",
                        "  bumps and dents: not known, the parts have no points"),
                lines.subList(1, lines.size()));
    }

    @Test
    void numbersAreForPeople() {
        assertEquals(
                List.of("0.05", "0.39", "3.2", "9.9", "10", "64", "128"),
                List.of(0.05, 0.3904, 3.2, 9.94, 9.96, 64.0, 128.0).stream()
                        .map(SensitivityText::number)
                        .toList());
    }

    @Test
    void theReportHasTheTableAndTheCurves() throws IOException {
        String html = HtmlReport.html(SampleReport.of(4, "good/000"));
        String page = html.replaceAll("\\s+", " ");
        for (String row : List.of(
                "bumps and dents</th><td>3.1 mm</td><td>40</td><td>0.4 mm</td><td>1.6 mm</td>",
                "bumps</th><td>3.1 mm</td><td>20</td><td>0.2 mm</td><td>0.4 mm</td>",
                "dents</th><td>3.1 mm</td><td>20</td><td>0.8 mm</td><td>1.6 mm</td>",
                "light stains</th><td>3.1 mm</td><td>20</td><td>more than 128 grey levels</td>"
                        + "<td>more than 128 grey levels</td>")) {
            assertTrue(page.contains("<th scope=\"row\">" + row), row);
        }
        assertTrue(
                page.contains("each part&#39;s limit from the 59 others), from defects pasted onto 20 normal parts"));
        assertTrue(page.contains("id=\"seen-relief\"") && page.contains("id=\"seen-stains\""));
        assertFalse(page.contains("smaller defects may be seen"), "the bisection was for these limits");
        assertTrue(html.contains("{\"x\":0.2,\"y\":0.5}"), "half of the bumps");

        assertEquals(null, Seen.of(null, Thresholds.NONE));
        assertEquals(null, SensitivityView.page(null));
        assertEquals(List.of(), SensitivityView.charts(null).relief());
        ReportData.Seen strict = Seen.of(SAMPLE, ng(Threshold.byHand(6.5)));
        assertEquals(true, SensitivityView.page(strict).get("inexact"));
    }
}
