package io.trd4j.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.samskivert.mustache.Mustache;
import io.trd4j.data.dataset.SkippedPart;
import io.trd4j.inspect.Region;
import io.trd4j.io.AtomicFile;
import io.trd4j.io.OptionalLibrary;
import io.trd4j.metrics.CurvePoint;
import io.trd4j.metrics.MetricsRow;
import io.trd4j.model.EpochLoss;
import io.trd4j.report.ReportData.Branch;
import io.trd4j.report.ReportData.GalleryPart;
import io.trd4j.report.ReportData.PartScore;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One HTML file that shows a run: table, curves, gallery. It holds everything it needs (pictures, style, Chart.js) and
 * forbids itself the network, so it can be opened from disk, mailed and archived.
 */
public final class HtmlReport {
    private static final String OWN = "io/trd4j/report/";
    private static final ObjectMapper JSON = new ObjectMapper();

    private HtmlReport() {}

    /**
     * Creates or replaces {@code file}.
     *
     * @throws IOException when it cannot be written; an existing file is then unchanged
     */
    public static void write(Path file, ReportData data) throws IOException {
        AtomicFile.write(file, html(data));
    }

    static String html(ReportData data) throws IOException {
        OptionalLibrary.MUSTACHE.require();
        OptionalLibrary.CHARTS.require();
        String template = resource(OWN + "report.mustache");
        return Mustache.compiler().escapeHTML(true).compile(template).execute(view(data));
    }

    private static Map<String, Object> view(ReportData data) throws IOException {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("title", data.title());
        view.put("run", facts(data));
        view.put("teacherNote", given(data.teacherNote()));
        view.put("skipped", data.skipped().isEmpty() ? null : skipped(data.skipped()));
        view.put("tiles", tiles(data));
        view.put(
                "columns",
                MetricsRow.COLUMNS.stream()
                        .map(c -> Map.of("name", c, "help", help(c)))
                        .toList());
        view.put("rows", data.branches().stream().map(HtmlReport::row).toList());
        view.put("metricsNote", given(data.metricsNote()));
        view.put("hasBranches", !data.branches().isEmpty());
        view.put("hasTraining", !data.training().isEmpty());
        view.put("hasScores", !data.scores().isEmpty());
        view.put("validated", validated(data.training()));
        view.put("lossText", lossText(data.training()));
        view.put(
                "kinds",
                KindTable.of(data.scores()).stream().map(HtmlReport::kind).toList());
        view.put("hasKinds", !KindTable.of(data.scores()).isEmpty());
        view.put("seenFrom", OfficialTable.percent(KindTable.SEEN));
        List<Map<String, Object>> gallery = gallery(data);
        view.put("judgedParts", VerdictTable.judged(data.scores()) ? judgedParts(data, gallery) : null);
        view.put("unjudged", !data.scores().isEmpty() && !VerdictTable.judged(data.scores()));
        view.put("gallery", gallery);
        view.put("hasGallery", !data.gallery().isEmpty());
        view.put("gradient", HeatMap.cssGradient());
        view.put("combinedScale", scale(data.combinedScale()));
        view.put("branchScale", scale(data.branchScale()));
        view.put("hasLimits", !data.limits().isEmpty());
        view.put("sensitivity", SensitivityView.page(data.seen()));
        view.put("cycle", data.scores().isEmpty() ? null : cycle(data));
        view.put(
                "card",
                data.card().stream()
                        .map(section -> Map.of(
                                "title",
                                section.title(),
                                "entries",
                                section.entries().stream()
                                        .map(HtmlReport::entry)
                                        .toList()))
                        .toList());
        view.put("hasCard", !data.card().isEmpty());
        view.put("next", data.nextSteps());
        view.put("hasNext", !data.nextSteps().isEmpty());
        view.put("style", resource(OWN + "report.css"));
        view.put("script", inline(resource(OWN + "report.js")));
        view.put(
                "chartJs",
                inline(resource(OptionalLibrary.CHARTS.resource()).replaceAll("(?m)^//# sourceMappingURL=.*$", "")));
        view.put("data", chartData(data));
        return view;
    }

    private static List<Map<String, String>> facts(ReportData data) {
        ReportData.Run run = data.run();
        List<Map<String, String>> facts = new ArrayList<>();
        facts.add(fact("trd", run.version()));
        facts.add(fact("backbone", run.backbone()));
        facts.add(fact("size", run.size() + " × " + run.size()));
        facts.add(fact("modalities", "rgb + " + run.secondModality()));
        if (run.seed() != null) {
            facts.add(fact("seed", Long.toString(run.seed())));
        }
        facts.add(fact("device", run.device()));
        facts.add(fact("finished", run.finished()));
        for (ReportData.Timing timing : run.timings()) {
            facts.add(fact(timing.stage(), duration(timing.seconds())));
        }
        return facts;
    }

    private static Map<String, String> fact(String name, String value) {
        return Map.of("name", name, "value", value);
    }

    private static Map<String, Object> skipped(List<SkippedPart> parts) {
        int count = parts.size();
        return Map.of("title", count == 1 ? "1 part was left out." : count + " parts were left out.", "parts", parts);
    }

    private static List<Map<String, String>> tiles(ReportData data) {
        List<Map<String, String>> tiles = new ArrayList<>();
        if (!data.branches().isEmpty()) {
            Branch first = data.branches().get(0);
            Map<String, Double> values = first.metrics().toMap();
            for (String column : List.of("I-AUROC", "P-AUROC", "AUPRO@30")) {
                tiles.add(Map.of(
                        "name",
                        column + ", " + first.name(),
                        "value",
                        OfficialTable.percent(values.get(column)) + " %",
                        "help",
                        help(column)));
            }
        }
        if (!data.scores().isEmpty()) {
            long defective = data.scores().stream().filter(PartScore::anomalous).count();
            tiles.add(Map.of(
                    "name",
                    "test parts",
                    "value",
                    Integer.toString(data.scores().size()),
                    "help",
                    (data.scores().size() - defective) + " normal, " + defective + " defective"));
            if (VerdictTable.judged(data.scores())) {
                tiles.add(Map.of(
                        "name",
                        "defective parts NG",
                        "value",
                        count(data, true, "NG") + " of " + defective,
                        "help",
                        count(data, true, "REVIEW") + " REVIEW, " + count(data, true, "OK") + " missed"));
                tiles.add(Map.of(
                        "name",
                        "normal parts NG",
                        "value",
                        count(data, false, "NG") + " of " + (data.scores().size() - defective),
                        "help",
                        count(data, false, "REVIEW") + " REVIEW, " + count(data, false, "OK") + " OK"));
            }
        }
        return tiles;
    }

    private static long count(ReportData data, boolean defective, String verdict) {
        return data.scores().stream()
                .filter(s -> s.anomalous() == defective && s.verdict().equals(verdict))
                .count();
    }

    /** The verdicts at the thresholds, and the parts that were misjudged, the worst first, each with its card. */
    private static Map<String, Object> judgedParts(ReportData data, List<Map<String, Object>> gallery) {
        Map<Object, Object> cards = new LinkedHashMap<>();
        gallery.forEach(figure -> cards.put(figure.get("id"), figure.get("anchor")));
        List<Judgement> judgements = Judgement.of(data.scores(), data.limits());
        Map<Boolean, List<Map<String, Object>>> wrong = IntStream.range(0, judgements.size())
                .boxed()
                .filter(i -> judgements.get(i).wrong() == 2)
                .sorted(Comparator.comparingDouble(i -> -judgements.get(i).by()))
                .map(data.scores()::get)
                .collect(Collectors.partitioningBy(
                        PartScore::anomalous,
                        Collectors.mapping(score -> misjudged(score, cards.get(score.id())), Collectors.toList())));
        Map<String, Object> view = new LinkedHashMap<>();
        view.put(
                "rows",
                VerdictTable.of(data.scores()).stream()
                        .map(HtmlReport::verdicts)
                        .toList());
        view.put("confidence", OfficialTable.percent(VerdictTable.CONFIDENCE));
        view.put("missed", wrong.get(true));
        view.put("anyMissed", !wrong.get(true).isEmpty());
        view.put("rejected", wrong.get(false));
        view.put("anyRejected", !wrong.get(false).isEmpty());
        return view;
    }

    private static Map<String, Object> verdicts(VerdictTable.Row row) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("name", row.name());
        view.put("parts", row.parts());
        view.put("ok", row.ok());
        view.put("review", row.review());
        view.put("ng", row.ng());
        view.put("wrong", row.wrong());
        view.put("share", OfficialTable.percent((double) row.wrong() / row.parts()));
        view.put(
                "bounds",
                OfficialTable.percent(row.bounds().lower()) + " to "
                        + OfficialTable.percent(row.bounds().upper()));
        return view;
    }

    private static Map<String, Object> misjudged(PartScore score, Object anchor) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", score.id());
        view.put("kind", score.kind());
        view.put("score", number(score.combined()));
        view.put("anchor", anchor);
        return view;
    }

    private static Map<String, Object> cycle(ReportData data) {
        CycleTime times = CycleTime.of(data.scores(), data.cycleTime());
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("text", times.text());
        view.put("budget", times.budget() == null ? null : budget(times));
        view.put(
                "rows",
                times.rows().stream()
                        .map(row -> Map.of(
                                "name",
                                row.name(),
                                "milliseconds",
                                number(row.milliseconds()),
                                "perMinute",
                                String.format(Locale.ROOT, "%.0f", row.perMinute()),
                                "share",
                                times.budget() == null
                                        ? ""
                                        : OfficialTable.percent(row.milliseconds() / times.budget())))
                        .toList());
        return view;
    }

    private static Map<String, Object> budget(CycleTime times) {
        return Map.of(
                "milliseconds",
                new BigDecimal(times.budget())
                        .round(new MathContext(4))
                        .stripTrailingZeros()
                        .toPlainString(),
                "perMinute",
                String.format(Locale.ROOT, "%.0f", 60_000 / times.budget()),
                "within",
                times.within(),
                "parts",
                times.sorted().length,
                "kept",
                times.within() == times.sorted().length);
    }

    private static Map<String, Object> entry(ReportData.CardEntry entry) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("name", given(entry.name()));
        view.put("value", entry.value());
        return view;
    }

    private static Map<String, Object> row(Branch branch) {
        return Map.of(
                "name",
                branch.name(),
                "cells",
                branch.metrics().toMap().values().stream()
                        .map(OfficialTable::percent)
                        .toList());
    }

    private static Map<String, Object> kind(KindTable.Row row) {
        return Map.of(
                "kind",
                row.kind(),
                "parts",
                row.parts(),
                "seenIn",
                row.seenIn(),
                "cells",
                List.of(
                        OfficialTable.percent(row.combined()),
                        OfficialTable.percent(row.rgb()),
                        OfficialTable.percent(row.depth())));
    }

    /** The worst judged first: what is most on the wrong side of its limit. */
    private static List<Map<String, Object>> gallery(ReportData data) {
        List<Judgement> judgements =
                Judgement.of(data.gallery().stream().map(GalleryPart::score).toList(), data.limits());
        List<Map<String, Object>> view = new ArrayList<>();
        IntStream.range(0, judgements.size())
                .boxed()
                .sorted(Comparator.comparingInt(
                                (Integer i) -> -judgements.get(i).wrong())
                        .thenComparingDouble(i -> -judgements.get(i).by()))
                .forEach(i -> view.add(
                        figure("part-" + (view.size() + 1), data.gallery().get(i), judgements.get(i))));
        return view;
    }

    private static Map<String, Object> figure(String anchor, GalleryPart part, Judgement judgement) {
        PartScore score = part.score();
        Map<String, Object> figure = new LinkedHashMap<>();
        figure.put("anchor", anchor);
        figure.put("id", score.id());
        figure.put("kind", score.kind());
        figure.put("anomalous", score.anomalous());
        figure.put("state", score.anomalous() ? "defective" : "normal");
        figure.put("verdict", score.verdict());
        figure.put("wrong", judgement.wrong());
        figure.put("misjudged", judgement.wrong() == 2 && score.verdict() != null);
        figure.put("by", number(judgement.by()));
        figure.put("combined", number(score.combined()));
        figure.put("rgb", number(score.rgb()));
        figure.put("depth", number(score.depth()));
        figure.put("milliseconds", number(score.milliseconds()));
        figure.put("image", base64(part.image()));
        figure.put("relief", part.depth() == null ? null : base64(part.depth()));
        figure.put("truth", part.truth() == null ? null : base64(part.truth()));
        figure.put("size", part.size());
        figure.put("remarks", String.join(", ", part.remarks()));
        figure.put("hasRemarks", !part.remarks().isEmpty());
        figure.put("regions", part.regions().stream().map(HtmlReport::region).toList());
        figure.put("hasRegions", !part.regions().isEmpty());
        figure.put(
                "heats",
                List.of(
                        heat("combined", score.combined(), part.heat(), true),
                        heat("rgb", score.rgb(), part.heatRgb(), false),
                        heat("depth", score.depth(), part.heatDepth(), false)));
        return figure;
    }

    private static Map<String, Object> heat(String name, double score, byte[] heat, boolean outlined) {
        return Map.of("name", name, "score", number(score), "heat", base64(heat), "outlined", outlined);
    }

    private static Map<String, Object> region(Region region) {
        StringBuilder text = new StringBuilder(
                region.areaSquareMillimetres() == null
                        ? region.area() + " px"
                        : String.format(Locale.ROOT, "%.1f mm²", region.areaSquareMillimetres()));
        text.append(String.format(
                Locale.ROOT,
                ", peak %.2f, seen in %s",
                region.peak(),
                region.deciding().name().toLowerCase(Locale.ROOT)));
        if (region.raisedMillimetres() != null) {
            text.append(String.format(
                    Locale.ROOT,
                    ", %s %.2f mm",
                    region.raisedMillimetres() < 0 ? "sunk" : "raised",
                    Math.abs(region.raisedMillimetres())));
        }
        // Pixel centres are half a pixel into their squares.
        return Map.of(
                "text",
                text.toString(),
                "points",
                region.contour().stream()
                        .map(p -> (p.x() + 0.5) + "," + (p.y() + 0.5))
                        .collect(Collectors.joining(" ")));
    }

    private static String chartData(ReportData data) {
        Map<String, Object> charts = new LinkedHashMap<>();
        charts.put("loss", loss(data.training()));
        charts.put(
                "roc",
                data.branches().stream().map(b -> curve(b, b.roc(), "I-AUROC")).toList());
        charts.put(
                "pro",
                data.branches().stream().map(b -> curve(b, b.pro(), "AUPRO@30")).toList());
        charts.put(
                "histogram",
                Map.of(
                        "combined",
                        histogram(data, "combined", PartScore::combined),
                        "rgb",
                        histogram(data, "rgb", PartScore::rgb),
                        "depth",
                        histogram(data, "depth", PartScore::depth)));
        charts.put("limits", data.limits());
        charts.put("sensitivity", SensitivityView.charts(data.seen()));
        charts.put("latency", Histogram.of(data.scores(), PartScore::milliseconds));
        try {
            // Inside a script element only "<" could end it.
            return JSON.writeValueAsString(charts).replace("<", "\\u003c");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and names always have a JSON form", e);
        }
    }

    private static Histogram histogram(ReportData data, String branch, ToDoubleFunction<PartScore> score) {
        return Histogram.of(
                data.scores(),
                score,
                data.limits().stream()
                        .filter(limit -> limit.branch().equals(branch))
                        .mapToDouble(ReportData.Limit::value)
                        .toArray());
    }

    private static Map<String, Object> loss(List<EpochLoss> training) {
        Map<String, Object> loss = new LinkedHashMap<>();
        loss.put("epochs", IntStream.rangeClosed(1, training.size()).boxed().toList());
        loss.put("rgb", training.stream().map(EpochLoss::rgb).toList());
        loss.put("depth", training.stream().map(EpochLoss::depth).toList());
        if (validated(training)) {
            loss.put(
                    "rgbValidation",
                    training.stream().map(EpochLoss::validationRgb).toList());
            loss.put(
                    "depthValidation",
                    training.stream().map(EpochLoss::validationDepth).toList());
        }
        return loss;
    }

    private static boolean validated(List<EpochLoss> training) {
        return !training.isEmpty() && training.stream().allMatch(EpochLoss::validated);
    }

    private static Map<String, Object> curve(Branch branch, List<CurvePoint> points, String area) {
        return Map.of(
                "name",
                branch.name(),
                "points",
                points,
                "area",
                OfficialTable.percent(branch.metrics().toMap().get(area)));
    }

    private static String lossText(List<EpochLoss> training) {
        if (training.isEmpty()) {
            return "";
        }
        EpochLoss first = training.get(0);
        EpochLoss last = training.get(training.size() - 1);
        String text = String.format(
                Locale.ROOT,
                "%d epochs; rgb student from %.3f to %.3f, depth student from %.3f to %.3f",
                training.size(),
                first.rgb(),
                last.rgb(),
                first.depth(),
                last.depth());
        return !validated(training)
                ? text
                : text
                        + String.format(
                                Locale.ROOT,
                                "; on normal validation parts rgb from %.3f to %.3f, depth from %.3f to %.3f",
                                first.validationRgb(),
                                last.validationRgb(),
                                first.validationDepth(),
                                last.validationDepth());
    }

    private static String help(String column) {
        return switch (column) {
            case "I-AUROC" ->
                "How often a randomly chosen defective part scores higher than a randomly chosen normal part; "
                        + "50 is guessing.";
            case "P-AUROC" ->
                "The same for pixels: how often a defective pixel scores higher than a normal one. "
                        + "Lenient, because almost all pixels are normal.";
            case "AUPRO@30" ->
                "How much of each defect, large or small, is covered while at most 30 % of the normal pixels "
                        + "are marked; area under that curve.";
            case "I-AP" -> "Average precision over parts: how clean the list of parts is when sorted by score.";
            case "P-AP" -> "Average precision over pixels; the strictest of the pixel measures when defects are small.";
            case "I-F1" -> "Best balance of precision and recall that one threshold on the part's score can reach.";
            case "P-F1" -> "Best balance of precision and recall that one threshold on the pixel's value can reach.";
            default ->
                "As AUPRO@30, with at most " + column.substring(column.indexOf('@') + 1)
                        + " % of the normal pixels marked: stricter.";
        };
    }

    private static String scale(HeatScale scale) {
        return String.format(Locale.ROOT, "%.1f to %.1f", scale.low(), scale.high());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String duration(double seconds) {
        if (seconds < 60) {
            return String.format(Locale.ROOT, seconds < 10 ? "%.1f s" : "%.0f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 3600
                ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
    }

    private static String given(String text) {
        return text == null || text.isBlank() ? null : text;
    }

    private static String base64(byte[] png) {
        return Base64.getEncoder().encodeToString(png);
    }

    /** A script that cannot end its own element. */
    private static String inline(String script) {
        return script.replace("</script", "<\\/script");
    }

    private static String resource(String name) throws IOException {
        // By the class loader, which looks into every jar: on the module path that of Chart.js is another module.
        try (InputStream in = HtmlReport.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(
                        "the resource " + name + " is not on the class path; build trd4j again");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
