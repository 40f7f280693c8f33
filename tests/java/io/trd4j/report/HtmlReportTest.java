package io.trd4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.report.ReportData.Epoch;
import io.trd4j.report.ReportData.PartScore;
import io.trd4j.report.ReportData.Validation;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
    private static final int PARTS = 30;

    @TempDir
    Path folder;

    @Test
    void isOneFileThatNeedsNothingElseAndStaysSmall() throws IOException {
        Path file = folder.resolve("new/folder/index.html");
        HtmlReport.write(file, SampleReport.of(PARTS, "good/000"));
        String html = Files.readString(file);
        assertTrue(Files.size(file) < 5_000_000, Files.size(file) + " bytes");
        Matcher reference = Pattern.compile("(?i)\\b(?:src|href|action|data|poster)\\s*=\\s*[\"']([^\"']*)")
                .matcher(page(html));
        int references = 0;
        while (reference.find()) {
            assertTrue(reference.group(1).startsWith("data:"), reference.group(1));
            references++;
        }
        assertTrue(references >= 4 * PARTS, references + " references");
        assertFalse(Pattern.compile("url\\(|@import|<link[^>]*stylesheet").matcher(page(html)).find());
        assertFalse(html.contains("sourceMappingURL"));
        assertTrue(html.contains("Chart.js v4.5.1"), "Chart.js is not in the file");
        try (var files = Files.list(file.getParent())) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void showsEveryNumber() throws IOException {
        ReportData data = SampleReport.of(PARTS, "good/000");
        String html = HtmlReport.html(data);
        for (ReportData.Branch branch : data.branches()) {
            StringBuilder row = new StringBuilder("<tr><th scope=\"row\">" + branch.name() + "</th>");
            branch.metrics().toMap().values()
                    .forEach(v -> row.append("<td>").append(OfficialTable.percent(v)).append("</td>"));
            assertTrue(html.contains(row), "no row " + row);
        }
        for (PartScore score : data.scores()) {
            for (double value : new double[] {score.combined(), score.rgb(), score.depth()}) {
                String shown = "<b>" + String.format(Locale.ROOT, "%.2f", value) + "</b>";
                assertTrue(html.contains(shown), score.id() + " lacks " + shown);
            }
            assertTrue(html.contains(">" + score.id() + "</span>"), score.id());
        }
        for (String text : List.of("resnet18", "64 × 64", "rgb + depth", "42", "3 min 24 s", "3.2 s", "0.1.0", "6.50",
                "The teacher&#39;s weights are random", "./trd inspect --model", "30 epochs", "2.0 to 16.0")) {
            assertTrue(html.contains(text), "the report lacks " + text);
        }
        assertFalse(page(html).contains("NaN") || page(html).contains("Infinity") || page(html).contains("null"));
    }

    @Test
    void theWorstPartComesFirst() throws IOException {
        Matcher scores = Pattern.compile("<article class=\"part\"[^>]* data-combined=\"([^\"]*)\"")
                .matcher(HtmlReport.html(SampleReport.of(PARTS, "good/000")));
        double last = Double.MAX_VALUE;
        int count = 0;
        for (; scores.find(); count++) {
            double score = Double.parseDouble(scores.group(1));
            assertTrue(score <= last, score + " after " + last);
            last = score;
        }
        assertEquals(PARTS, count);
    }

    @Test
    void namesAreTextNotMarkup() throws IOException {
        String hostile = "</script><script>alert(\"1\")</script>'&{{title}}";
        ReportData sample = SampleReport.of(8, hostile);
        ReportData data = new ReportData(hostile, sample.run(), hostile, sample.branches(), hostile, sample.training(),
                sample.threshold(), sample.scores(), sample.gallery(), sample.combinedScale(), sample.branchScale(),
                List.of(new ReportData.NextStep(hostile, hostile)));
        String html = HtmlReport.html(data);
        assertFalse(html.contains("alert(\"1\")"));
        assertTrue(html.contains("&lt;/script&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;{{title}}"));
        assertEquals(3, html.split("<script", -1).length - 1, "data, Chart.js, and the page's own script");
        assertEquals(3, html.split("</script", -1).length - 1);
    }

    @Test
    void theTrainingCurveHasAValidationCurveWhenThereWereValidationParts() throws IOException {
        String both = HtmlReport.html(SampleReport.of(4, "good/000"));
        assertTrue(both.contains("on normal validation parts rgb from 3.936 to 0.577, depth from 3.036 to 0.702"), "no text");
        assertTrue(both.contains("\"rgbValidation\":[3.9") && both.contains("\"depthValidation\":[3.0"), "no curve");
        ReportData sample = SampleReport.of(4, "good/000");
        ReportData without = new ReportData("t", sample.run(), null, sample.branches(), null,
                List.of(new Epoch(1, 2, 3, null), new Epoch(2, 1, 2, null)), null, sample.scores(), List.of(),
                sample.combinedScale(), sample.branchScale(), List.of());
        String html = HtmlReport.html(without);
        assertTrue(html.contains("\"loss\":{\"epochs\":[1,2],\"rgb\":[2.0,1.0],\"depth\":[3.0,2.0]}"), "curve");
        assertFalse(page(html).contains("validation parts rgb") || page(html).contains("Dashed"));
    }

    @Test
    void everyPictureIsAPng() throws IOException {
        Matcher uri = Pattern.compile("<img class=\"(\\w+)\" src=\"data:image/png;base64,([^\"]*)\" alt=\"([^\"]+)\"")
                .matcher(HtmlReport.html(SampleReport.of(PARTS, "good/000")));
        int pictures = 0;
        while (uri.find()) {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(uri.group(2))));
            assertNotNull(image);
            assertEquals(!uri.group(1).equals("under"), image.getColorModel().hasAlpha());
            assertTrue(image.getWidth() <= 192 && image.getHeight() <= 192);
            if (uri.group(1).equals("under")) {
                assertEquals(160, image.getWidth());
                assertEquals(120, image.getHeight());
            }
            pictures++;
        }
        // Four per part, and the outline of 22 defects among 30 parts.
        assertEquals(4 * PARTS + 22, pictures);
    }

    @Test
    void saysWhyThereIsNoTable() throws IOException {
        ReportData sample = SampleReport.of(4, "good/000");
        List<PartScore> good = List.of(sample.scores().get(0));
        ReportData data = new ReportData("normal only", sample.run(), null, List.of(),
                "none of the 1 test parts is anomalous", List.of(), null, good, List.of(), sample.combinedScale(),
                sample.branchScale(), List.of());
        String html = HtmlReport.html(data);
        assertTrue(html.contains("<strong>No table.</strong> none of the 1 test parts is anomalous"));
        assertFalse(html.contains("Read this first"));
        assertFalse(html.contains("id=\"roc\"") || html.contains("id=\"loss\"") || html.contains("id=\"gallery\""));
        assertTrue(html.contains("id=\"histogram\""));
        assertFalse(page(html).contains("NaN") || page(html).contains("null"));
    }

    @Test
    void numbersThatAreNotFiniteAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new PartScore("a", "good", false, Double.NaN, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Epoch(1, 1, Double.POSITIVE_INFINITY, null));
        assertThrows(IllegalArgumentException.class, () -> new Validation(Double.NaN, 1));
        assertThrows(IllegalArgumentException.class, () -> new ReportData.Timing("training", Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> new HeatScale(1, 1));
        assertThrows(IllegalArgumentException.class, () -> new HeatScale(0, Float.NaN));
    }

    @Test
    void kindsAreComparedWithAllNormalParts() {
        List<PartScore> scores = List.of(
                new PartScore("0", "good", false, 1, 1, 1), new PartScore("1", "good", false, 2, 2, 2),
                new PartScore("2", "stain", true, 3, 9, 0), new PartScore("3", "dent", true, 3, 1, 9),
                new PartScore("4", "dent", true, 1, 0, 8), new PartScore("5", "scratch", true, 0, 0, 0));
        assertEquals(List.of(new KindTable.Row("dent", 2, (1 + 0.25) / 2, 0.25 / 2, 1, "depth"),
                new KindTable.Row("scratch", 1, 0, 0, 0, "neither"), new KindTable.Row("stain", 1, 1, 1, 0, "rgb")),
                KindTable.of(scores));
        assertEquals(List.of(), KindTable.of(scores.subList(2, 6)));
    }

    @Test
    void theHistogramCountsEveryPartOnce() {
        ReportData data = SampleReport.of(PARTS, "good/000");
        Histogram histogram = Histogram.of(data.scores(), PartScore::rgb);
        int normal = 0;
        int defective = 0;
        for (int bin = 0; bin < histogram.normal().length; bin++) {
            normal += histogram.normal()[bin];
            defective += histogram.defective()[bin];
        }
        assertEquals(8, normal);
        assertEquals(22, defective);
        Histogram equal = Histogram.of(List.of(new PartScore("a", "good", false, 3, 3, 3)), PartScore::rgb);
        assertEquals(1, equal.normal()[0]);
        assertEquals(1, equal.width());
    }

    /** The file without code (Chart.js speaks of NaN and null itself) and pictures (base64 holds any three letters). */
    private static String page(String html) {
        return html.replaceAll("(?s)<script>.*?</script>", "").replaceAll("base64,[^\"]*", "base64");
    }
}
