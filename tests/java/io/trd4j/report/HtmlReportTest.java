package io.trd4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.dataset.SkippedPart;
import io.trd4j.io.OptionException;
import io.trd4j.model.EpochLoss;
import io.trd4j.report.ReportData.PartScore;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
            boolean within = reference.group(1).startsWith("#")
                    && html.contains(" id=\"" + reference.group(1).substring(1) + "\"");
            assertTrue(within || reference.group(1).startsWith("data:"), reference.group(1));
            references++;
        }
        assertTrue(references >= 4 * PARTS, references + " references");
        assertFalse(Pattern.compile("url\\(|@import|<link[^>]*stylesheet")
                .matcher(page(html))
                .find());
        assertFalse(html.contains("sourceMappingURL"));
        assertTrue(html.contains("Chart.js v" + chartJsVersion()), "Chart.js is not in the file");
        try (var files = Files.list(file.getParent())) {
            assertEquals(List.of(file), files.toList());
        }
    }

    private static String chartJsVersion() throws IOException {
        Properties jar = new Properties();
        try (InputStream in =
                HtmlReportTest.class.getResourceAsStream("/META-INF/maven/org.webjars.npm/chart.js/pom.properties")) {
            jar.load(in);
        }
        return jar.getProperty("version");
    }

    @Test
    void showsEveryNumber() throws IOException {
        ReportData data = SampleReport.of(PARTS, "good/000");
        String html = HtmlReport.html(data);
        for (ReportData.Branch branch : data.branches()) {
            StringBuilder row = new StringBuilder("<tr><th scope=\"row\">" + branch.name() + "</th>");
            branch.metrics()
                    .toMap()
                    .values()
                    .forEach(v ->
                            row.append("<td>").append(OfficialTable.percent(v)).append("</td>"));
            assertTrue(html.contains(row), "no row " + row);
        }
        for (PartScore score : data.scores()) {
            for (double value : new double[] {score.combined(), score.rgb(), score.depth()}) {
                String shown = "<b>" + String.format(Locale.ROOT, "%.2f", value) + "</b>";
                assertTrue(html.contains(shown), score.id() + " lacks " + shown);
            }
            assertTrue(html.contains(">" + score.id() + "</span>"), score.id());
        }
        for (String text : List.of(
                "resnet18",
                "64 × 64",
                "rgb + depth",
                "42",
                "3 min 24 s",
                "3.2 s",
                "0.1.0",
                "The teacher&#39;s weights are random",
                "./trd inspect --model",
                "30 epochs",
                "2.0 to 16.0")) {
            assertTrue(html.contains(text), "the report lacks " + text);
        }
        assertFalse(page(html).contains("NaN")
                || page(html).contains("Infinity")
                || page(html).contains("null"));
    }

    @Test
    void theWorstJudgedPartComesFirst() throws IOException {
        ReportData data = SampleReport.of(PARTS, "good/000");
        Matcher parts = Pattern.compile(
                        "<article class=\"part\"[^>]* data-state=\"(\\w+)\" data-combined=\"([^\"]*)\"[^>]*"
                                + "data-wrong=\"(\\d)\" data-by=\"([^\"]*)\" data-verdict=\"(\\w+)\"")
                .matcher(HtmlReport.html(data));
        int lastWrong = 2;
        double lastBy = Double.MAX_VALUE;
        int count = 0;
        Set<Integer> seen = new TreeSet<>();
        for (; parts.find(); count++) {
            boolean defective = parts.group(1).equals("defective");
            double score = Double.parseDouble(parts.group(2));
            int wrong = Integer.parseInt(parts.group(3));
            double by = Double.parseDouble(parts.group(4));
            String verdict = parts.group(5);
            assertEquals(verdict.equals("REVIEW") ? 1 : verdict.equals("NG") == defective ? 0 : 2, wrong);
            assertEquals(defective ? SampleReport.NG - score : score - SampleReport.NG, by, 0.02);
            assertTrue(wrong < lastWrong || wrong == lastWrong && by <= lastBy, by + " after " + lastBy);
            lastWrong = wrong;
            lastBy = by;
            seen.add(wrong);
        }
        assertEquals(PARTS, count);
        assertEquals(Set.of(0, 1, 2), seen, "the sample has parts of every kind");
        // Without thresholds by the best F1; of parts of one kind by the score.
        PartScore good = new PartScore("a", "good", false, 1, 0, 0, null, 1);
        PartScore bad = new PartScore("b", "dent", true, 3, 0, 0, null, 1);
        PartScore missed = new PartScore("c", "dent", true, 0.5, 0, 0, null, 1);
        assertEquals(List.of(new Judgement(0, -1), new Judgement(0, -1)), Judgement.of(List.of(good, bad), List.of()));
        assertEquals(
                List.of(2, 0, 2),
                Judgement.of(List.of(good, bad, missed), List.of(new ReportData.Limit("combined", "NG", 0.75))).stream()
                        .map(Judgement::wrong)
                        .toList());
        assertEquals(new Judgement(2, 1), Judgement.of(List.of(good), List.of()).get(0));
    }

    @Test
    void showsVerdictsRegionsAndTheModelCard() throws IOException {
        ReportData data = SampleReport.of(PARTS, "good/000");
        String html = page(HtmlReport.html(data));
        long ng = data.scores().stream().filter(s -> s.verdict().equals("NG")).count();
        assertEquals(ng, html.split("<svg class=\"regions\"", -1).length - 1, "a region in every part that is NG");
        assertEquals(ng, html.split("<li>12.5 mm², peak [\\d.]+, seen in depth, sunk 0.25 mm</li>", -1).length - 1);
        long missed = data.scores().stream()
                .filter(s -> s.anomalous() && s.verdict().equals("OK"))
                .count();
        assertTrue(missed > 0 && html.contains("REVIEW, " + missed + " missed"), "missed parts are counted");
        for (String text : List.of(
                "model.safetensors",
                "Knows normal parts only.",
                "inspected rgb-only, no depth",
                "median 10.",
                "misjudged</span>",
                "<option value=\"misjudged\">")) {
            assertTrue(html.contains(text), "the report lacks " + text);
        }
        assertTrue(HtmlReport.html(data).contains("{\"branch\":\"combined\",\"verdict\":\"NG\",\"value\":8.0}"));
    }

    /** Counts at the thresholds, the interval of each share, and a way to the card of every misjudged part. */
    @Test
    void theVerdictsAreCountedPerKindAndMisjudgedPartsAreLinked() throws IOException {
        List<PartScore> scores = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            scores.add(new PartScore("good/" + i, "good", false, i, 0, 0, i == 8 ? "REVIEW" : "OK", 1));
        }
        scores.add(new PartScore("dent/0", "dent", true, 3, 0, 0, "OK", 1));
        scores.add(new PartScore("dent/1", "dent", true, 30, 0, 0, "NG", 1));
        scores.add(new PartScore("stain/0", "stain", true, 30, 0, 0, "REVIEW", 1));
        assertEquals(
                List.of(
                        "normal parts 9: 8 1 0, 0 wrong",
                        "defective parts 3: 1 1 1, 1 wrong",
                        "dent 2: 1 0 1, 1 wrong",
                        "stain 1: 0 1 0, 0 wrong"),
                VerdictTable.of(scores).stream()
                        .map(r -> r.name() + " " + r.parts() + ": " + r.ok() + " " + r.review() + " " + r.ng() + ", "
                                + r.wrong() + " wrong")
                        .toList());
        assertEquals(
                List.of("defective parts", "normal parts"),
                VerdictTable.of(scores.subList(8, 11)).stream()
                        .map(VerdictTable.Row::name)
                        .sorted()
                        .toList(),
                "one kind is all of them");

        ReportData sample = SampleReport.of(4, "good/000");
        String html = page(bare(sample, sample.limits(), scores));
        // 0 of 9 still allows 28 %.
        assertTrue(
                html.contains("<th scope=\"row\">normal parts</th><td>9</td><td>8</td><td>1</td><td>0</td>"
                        + "<td>0</td><td>0.0</td><td>0.0 to 28.3</td>"),
                html);
        assertTrue(html.contains("<li>dent/0, dent, score 3.00</li>"), "without a card there is no link");
        assertTrue(html.matches("(?s).*normal parts that are NG</h3>\\s*<p>None.</p>.*"), html);

        ReportData data = SampleReport.of(PARTS, "good/000");
        html = page(HtmlReport.html(data));
        Matcher links =
                Pattern.compile("<li><a href=\"#([\\w-]+)\">([^<]*)</a>").matcher(html);
        Set<String> linked = new TreeSet<>();
        while (links.find()) {
            assertTrue(
                    html.contains("id=\"" + links.group(1) + "\" data-id=\"" + links.group(2) + "\""), "its own card");
            linked.add(links.group(2));
        }
        Set<String> wrong = data.scores().stream()
                .filter(s -> s.verdict().equals(s.anomalous() ? "OK" : "NG"))
                .map(PartScore::id)
                .collect(Collectors.toCollection(TreeSet::new));
        assertFalse(wrong.isEmpty());
        assertEquals(wrong, linked);
    }

    @Test
    void namesThePartsThatWereLeftOut() throws IOException {
        String html = HtmlReport.html(SampleReport.of(4, "good/000"));
        assertTrue(html.contains("<strong>1 part was left out.</strong>"));
        assertTrue(html.contains("<li>test/&lt;dent&gt;/009: 009.png cannot be read</li>"));
    }

    /** A report of scores alone: no training, gallery or times. */
    private static String bare(ReportData sample, List<ReportData.Limit> limits, List<PartScore> scores)
            throws IOException {
        return HtmlReport.html(new ReportData(
                "t",
                sample.run(),
                null,
                sample.branches(),
                null,
                List.of(),
                limits,
                scores,
                List.of(),
                List.of(),
                sample.combinedScale(),
                sample.branchScale(),
                null,
                null,
                List.of(),
                List.of()));
    }

    @Test
    void withoutThresholdsItSaysThatThereAreNoVerdicts() throws IOException {
        ReportData sample = SampleReport.of(4, "good/000");
        String html = page(bare(sample, List.of(), List.of(new PartScore("a", "good", false, 1, 0, 0, null, 1))));
        assertTrue(html.contains("<strong>No verdicts.</strong> The model has no thresholds"), html);
        assertFalse(html.contains("verdicts-title"), html);
    }

    @Test
    void theCycleTimeIsComparedWithTheLines() throws IOException {
        List<PartScore> scores = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            scores.add(new PartScore("p" + i, "good", false, 1, 0, 0, null, i));
        }
        CycleTime times = CycleTime.of(scores, 150.0);
        assertEquals(
                List.of(
                        new CycleTime.Row("median", 100),
                        new CycleTime.Row("99 % of the parts within", 198),
                        new CycleTime.Row("longest", 200)),
                times.rows());
        assertEquals(150, times.within(), "just in time is in time");
        assertEquals(600, times.rows().get(0).perMinute());
        assertEquals(2, CycleTime.of(scores.subList(0, 99), null).rows().size(), "99 parts have no 99 %");

        ReportData data = SampleReport.of(PARTS, "good/000");
        long within =
                data.scores().stream().filter(s -> s.milliseconds() <= 10.5).count();
        assertTrue(within > 0 && within < PARTS);
        String html = page(HtmlReport.html(data)).replaceAll("\\s+", " ");
        assertTrue(
                html.contains("<strong>" + within + " of " + PARTS + " parts within the cycle time of 10.5 ms</strong> "
                        + "(5714 parts a minute)"),
                html);
        assertTrue(html.contains("class=\"budget broken\""), "some are not");
        assertThrows(OptionException.class, () -> new TestReport(null, null, 0.0));
        assertThrows(OptionException.class, () -> new TestReport(null, null, Double.NaN));
    }

    /** On paper nothing is left of what is only for the screen, and the colours are those of paper. */
    @Test
    void itPrints() throws IOException {
        String html = HtmlReport.html(SampleReport.of(4, "good/000"));
        Matcher print = Pattern.compile("(?s)@media print \\{(.*?)\n\\}").matcher(html);
        assertTrue(print.find(), "no style for paper");
        assertTrue(print.group(1).contains("--card: #fff"), print.group(1));
        assertTrue(print.group(1).matches("(?s).*\\.part[^{]*\\{ break-inside: avoid; \\}.*"), print.group(1));
        assertTrue(print.group(1).matches("(?s).*\\.controls label[^{]*\\{ display: none; \\}.*"), print.group(1));
    }

    @Test
    void aDepthPictureIsBrightWhereThePartIsNear() {
        RgbImage picture = DepthPicture.of(SampleReport.cloud(60, 50));
        byte[] rgb = picture.rgb();
        assertTrue((rgb[0] & 255) > 240 && (rgb[3 * 59] & 255) < 30, "z grows to the right");
        assertTrue(rgb[0] == rgb[1] && rgb[1] == rgb[2]);
        int hole = 3 * (25 * 60 + 30);
        assertTrue(rgb[hole] != rgb[hole + 1], "no grey");
        float[] nothing = new float[12];
        assertEquals(2, DepthPicture.of(new PointCloud(2, 2, nothing)).width());
        Arrays.fill(nothing, 1);
        assertEquals((byte) 133, DepthPicture.of(new PointCloud(2, 2, nothing)).rgb()[5], "one depth is in the middle");
    }

    @Test
    void namesAreTextNotMarkup() throws IOException {
        String hostile = "</script><script>alert(\"1\")</script>'&{{title}}";
        ReportData sample = SampleReport.of(8, hostile);
        ReportData data = new ReportData(
                hostile,
                sample.run(),
                hostile,
                sample.branches(),
                hostile,
                sample.training(),
                sample.limits(),
                sample.scores(),
                List.of(new SkippedPart(hostile, hostile)),
                sample.gallery(),
                sample.combinedScale(),
                sample.branchScale(),
                sample.cycleTime(),
                sample.seen(),
                List.of(new ReportData.CardSection(hostile, List.of(new ReportData.CardEntry(hostile, hostile)))),
                List.of(new ReportData.NextStep(hostile, hostile)));
        String html = HtmlReport.html(data);
        assertFalse(html.contains("alert(\"1\")"));
        assertTrue(
                html.contains("&lt;/script&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;{{title}}"));
        assertEquals(3, html.split("<script", -1).length - 1, "data, Chart.js, and the page's own script");
        assertEquals(3, html.split("</script", -1).length - 1);
    }

    @Test
    void theTrainingCurveHasAValidationCurveWhenThereWereValidationParts() throws IOException {
        String both = HtmlReport.html(SampleReport.of(4, "good/000"));
        assertTrue(
                both.contains("on normal validation parts rgb from 3.936 to 0.577, depth from 3.036 to 0.702"),
                "no text");
        assertTrue(both.contains("\"rgbValidation\":[3.9") && both.contains("\"depthValidation\":[3.0"), "no curve");
        ReportData sample = SampleReport.of(4, "good/000");
        ReportData without = new ReportData(
                "t",
                sample.run(),
                null,
                sample.branches(),
                null,
                List.of(new EpochLoss(2, 3, null, null), new EpochLoss(1, 2, null, null)),
                List.of(),
                sample.scores(),
                List.of(),
                List.of(),
                sample.combinedScale(),
                sample.branchScale(),
                null,
                null,
                List.of(),
                List.of());
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
            BufferedImage image =
                    ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(uri.group(2))));
            assertNotNull(image);
            assertEquals(
                    !List.of("under", "relief").contains(uri.group(1)),
                    image.getColorModel().hasAlpha());
            assertTrue(image.getWidth() <= 192 && image.getHeight() <= 192);
            if (!image.getColorModel().hasAlpha()) {
                assertEquals(160, image.getWidth());
                assertEquals(120, image.getHeight());
            }
            pictures++;
        }
        // Five per part, and the outline of 22 defects among 30 parts.
        assertEquals(5 * PARTS + 22, pictures);
    }

    @Test
    void saysWhyThereIsNoTable() throws IOException {
        ReportData sample = SampleReport.of(4, "good/000");
        List<PartScore> good = List.of(sample.scores().get(0));
        ReportData data = new ReportData(
                "normal only",
                sample.run(),
                null,
                List.of(),
                "none of the 1 test parts is anomalous",
                List.of(),
                List.of(),
                good,
                List.of(),
                List.of(),
                sample.combinedScale(),
                sample.branchScale(),
                null,
                null,
                List.of(),
                List.of());
        String html = HtmlReport.html(data);
        assertTrue(html.contains("<strong>No table.</strong> none of the 1 test parts is anomalous"));
        assertFalse(html.contains("Read this first"));
        assertFalse(html.contains("left out"));
        assertFalse(html.contains("id=\"roc\"") || html.contains("id=\"loss\"") || html.contains("id=\"gallery\""));
        assertTrue(html.contains("id=\"histogram\""));
        assertFalse(page(html).contains("NaN") || page(html).contains("null"));
    }

    @Test
    void numbersThatAreNotFiniteAreRefused() {
        assertThrows(
                IllegalArgumentException.class, () -> new PartScore("a", "good", false, Double.NaN, 1, 1, null, 1));
        assertThrows(IllegalArgumentException.class, () -> new EpochLoss(1, Double.POSITIVE_INFINITY, null, null));
        assertThrows(IllegalArgumentException.class, () -> new EpochLoss(1, 1, Double.NaN, 1.0));
        assertThrows(IllegalArgumentException.class, () -> new ReportData.Timing("training", Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> new HeatScale(1, 1));
        assertThrows(IllegalArgumentException.class, () -> new HeatScale(0, Float.NaN));
    }

    @Test
    void kindsAreComparedWithAllNormalParts() {
        List<PartScore> scores = List.of(
                new PartScore("0", "good", false, 1, 1, 1, null, 1),
                        new PartScore("1", "good", false, 2, 2, 2, null, 1),
                new PartScore("2", "stain", true, 3, 9, 0, null, 1), new PartScore("3", "dent", true, 3, 1, 9, null, 1),
                new PartScore("4", "dent", true, 1, 0, 8, null, 1),
                        new PartScore("5", "scratch", true, 0, 0, 0, null, 1));
        assertEquals(
                List.of(
                        new KindTable.Row("dent", 2, (1 + 0.25) / 2, 0.25 / 2, 1, "depth"),
                        new KindTable.Row("scratch", 1, 0, 0, 0, "neither"),
                        new KindTable.Row("stain", 1, 1, 1, 0, "rgb")),
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
        Histogram wide = Histogram.of(data.scores(), PartScore::rgb, 30, -5);
        assertEquals(-5, wide.from(), "limits are within");
        assertEquals(30, wide.from() + 24 * wide.width(), 1e-9);
        Histogram equal = Histogram.of(List.of(new PartScore("a", "good", false, 3, 3, 3, null, 1)), PartScore::rgb);
        assertEquals(1, equal.normal()[0]);
        assertEquals(1, equal.width());
    }

    /** The file without code (Chart.js speaks of NaN and null itself) and pictures (base64 holds any three letters). */
    private static String page(String html) {
        return html.replaceAll("(?s)<script>.*?</script>", "").replaceAll("base64,[^\"]*", "base64");
    }
}
