package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.data.Part;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.inspect.InputPolicy;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.Sha256;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Sensitivity;
import io.trd4j.model.Threshold;
import io.trd4j.model.Threshold.Method;
import io.trd4j.model.Thresholds;
import io.trd4j.report.ThresholdText;
import io.trd4j.threshold.ToleranceBound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Thresholds from parts to the model file to verdicts, through the command line. */
class ThresholdTest {
    private static final int NORMAL = 40;

    @TempDir
    private static Path folder;

    private static Sample sample;
    private static Path parts;
    /** Per branch the scores of the normal parts as {@code trd inspect} gives them. */
    private static final float[][] SCORES = new float[3][NORMAL];

    private Path model;

    @BeforeAll
    static void score() throws IOException {
        sample = Sample.get();
        Cli.here(
                        "synth",
                        "--out",
                        folder,
                        "--shape",
                        "plate",
                        "--train",
                        0,
                        "--validation",
                        NORMAL,
                        "--test",
                        12,
                        "--size",
                        64,
                        "--seed",
                        9)
                .expect(0);
        parts = folder.resolve("plate");
        Path plain = parts.resolve("validation/good");
        Cli.here("inspect", "--model", sample.model, "--data", plain, "--out", folder.resolve("scored"))
                .expect(0);
        List<PartFiles> normal = Dataset.open(plain).test();
        for (int i = 0; i < NORMAL; i++) {
            JsonNode result = result("scored/" + normal.get(i).id());
            SCORES[0][i] = (float) result.get("score").asDouble();
            SCORES[1][i] = (float) result.get("score_rgb").asDouble();
            SCORES[2][i] = (float) result.get("score_depth").asDouble();
        }
    }

    @BeforeEach
    void copy() throws IOException {
        model = Files.createTempDirectory(folder, "model").resolve("model.safetensors");
        Files.copy(sample.model, model);
    }

    private static JsonNode result(String part) throws IOException {
        return new ObjectMapper()
                .readTree(folder.resolve(part).resolve("result.json").toFile());
    }

    private ModelInfo info() throws IOException {
        return ModelFile.readInfo(model);
    }

    private Cli.Outcome calibrate(Object... options) {
        List<Object> line =
                new ArrayList<>(List.of("calibrate", "--model", model, "--data", parts, "--no-sensitivity"));
        line.addAll(List.of(options));
        return Cli.run(line).expect(0);
    }

    private Cli.Outcome threshold(Object... options) {
        List<Object> line = new ArrayList<>(List.of("threshold", "--model", model));
        line.addAll(List.of(options));
        return Cli.run(line);
    }

    /** The worst of all parts; nothing of it without the option, and no verdicts that cannot come. */
    @Test
    void theExitCodeTellsTheWorstVerdictWhenAsked() throws IOException {
        Path three = Files.createTempDirectory(folder, "three");
        List<PartFiles> normal = Dataset.open(parts).validation();
        float highest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < 3; i++) {
            for (Path file : List.of(normal.get(i).rgb(), normal.get(i).second())) {
                Path copy = three.resolve(file.getParent().getFileName()).resolve(file.getFileName());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
            highest = Math.max(highest, SCORES[0][i]);
        }
        Path out = three.resolve("out");
        List<String> line =
                List.of("inspect", "--model", model.toString(), "--data", three.toString(), "--out", out.toString());
        assertEquals(
                "trd: --fail-on review can never fail: " + model + " has no thresholds; set them with trd calibrate "
                        + "--false-reject-rate RATE, or trd threshold --ng SCORE\n",
                failOn(line, "review").expect(2).err());
        double score = highest; // every digit of it
        threshold("--review", score).expect(0);
        failOn(line, "review").expect(0);
        assertTrue(failOn(line, "ng").expect(2).err().contains(model + " has no NG threshold; "));
        double below = Math.nextDown(highest);
        threshold("--review", below, "--ng", score).expect(0);
        failOn(line, "ng").expect(0);
        failOn(line, "review").expect(4);
        assertEquals(
                3, result(three.getFileName() + "/out/002").get("id").asText().length(), "all were inspected");
        Cli.run(line).expect(0);
        threshold("--ng", below).expect(0);
        failOn(line, "ng").expect(3);
        failOn(line, "review").expect(3);
        Cli.run(line).expect(0);
    }

    private static Cli.Outcome failOn(List<String> line, String verdict) {
        List<String> asked = new ArrayList<>(line);
        asked.addAll(List.of("--fail-on", verdict));
        return Cli.run(asked);
    }

    /** Parts that lack a modality have a score of their own, of which the other scores' rates know nothing. */
    @Test
    void partsThatLackAModalityHaveThresholdsOfTheirOwn() throws Exception {
        String[] missing = {"rgb-only", "depth-only"};
        Cli.Outcome run = calibrate(
                "--false-reject-rate", "10%", "--confidence", "90%", "--branch", "combined,rgb-only,depth-only");
        assertEquals(3, run.out().lines().count(), run.out());
        Thresholds set = info().thresholds();
        assertEquals(
                ToleranceBound.above(SCORES[0], 0.1, 0.9).value(),
                set.combined().ng().value(),
                "shared with nobody");
        for (String mode : missing) {
            boolean rgb = mode.equals("rgb-only");
            Threshold ng = set.of(ScoreBranch.of(mode)).ng();
            assertEquals(List.of(0.1, 0.9), List.of(ng.rate(), ng.confidence()));
            float[] scores = new float[NORMAL];
            List<PartFiles> normal = Dataset.open(parts).validation();
            try (Inspector inspector =
                    Inspector.open(model, InspectorOptions.defaults().withInputs(InputPolicy.inspectOther()))) {
                Inspection inspection = inspector.newInspection();
                for (int i = 0; i < NORMAL; i++) {
                    Part part = normal.get(i).load();
                    inspector.inspect(rgb ? part.withoutSecond() : part.withoutRgb(), inspection);
                    scores[i] = inspection.score();
                }
            }
            Path out = folder.resolve("alone-" + mode);
            Cli.here(
                            "inspect",
                            "--model",
                            model,
                            rgb ? "--rgb" : "--xyz",
                            rgb ? normal.get(1).rgb() : normal.get(1).second(),
                            "--out",
                            out,
                            "--on-bad-depth",
                            "rgb-only",
                            "--on-bad-rgb",
                            "depth-only")
                    .expect(0);
            JsonNode result = result("alone-" + mode);
            assertEquals(scores[1], (float) result.get("score").asDouble());
            assertEquals(mode, result.get("mode").asText());
            assertEquals(
                    rgb ? "no_depth" : "no_rgb", result.get("warnings").get(0).asText());
            assertEquals(
                    scores[1] > ng.value() ? "NG" : "OK", result.get("verdict").asText());
            assertTrue(result.get(rgb ? "score_depth" : "score_rgb").isNull());
            assertTrue(result.get("inputs").get(rgb ? "xyz" : "rgb").isNull());
            assertEquals(ToleranceBound.above(scores, 0.1, 0.9).value(), ng.value(), "the same bits as trd inspect's");
            assertEquals(ng.evidence().falseRejects(), ng.evidence().rank() - 1);
        }
    }

    @Test
    void normalPartsGiveThresholdsWithTheirEvidence() throws Exception {
        ModelInfo before = info();
        Cli.Outcome run = calibrate("--false-reject-rate", "10%", "--review-rate", 0.25, "--confidence", "90%");
        assertEquals(List.of(), run.complaints());
        ModelInfo after = info();
        assertEquals(before, after.withThresholds(Thresholds.NONE).withDriftReference(null), "the calibration stays");
        assertEquals(NORMAL, after.driftReference().parts());
        Threshold ng = after.thresholds().combined().ng();
        Threshold review = after.thresholds().combined().review();
        ToleranceBound.Bound expected = ToleranceBound.above(SCORES[0], 0.1, 0.9);
        assertEquals(expected.value(), ng.value(), "the same bits as trd inspect's");
        assertEquals(ToleranceBound.above(SCORES[0], 0.25, 0.9).value(), review.value());
        assertTrue(review.value() < ng.value());
        assertEquals(List.of(Method.EXACT, 0.1, 0.9), List.of(ng.method(), ng.rate(), ng.confidence()));
        Threshold.Evidence evidence = ng.evidence();
        assertEquals(
                new Threshold.Evidence(
                        NORMAL,
                        expected.rank() - 1,
                        0,
                        0,
                        expected.rank(),
                        null,
                        null,
                        checksum(),
                        evidence.precision(),
                        "cpu"),
                evidence);
        assertEquals(evidence.precision(), result("scored/000").get("precision").asText(), "what auto chose");
        assertEquals(Thresholds.Limits.NONE, after.thresholds().rgb());

        List<String> lines = run.out().lines().toList();
        assertEquals(2, lines.size(), run.out());
        assertEquals(
                "combined   NG     above " + ThresholdText.value(ng)
                        + ": at most 10% of normal parts are above it, with 90% confidence; largest " + "score no. "
                        + expected.rank() + " of 40 normal parts (" + evidence.precision() + ", cpu)",
                lines.get(0));
        assertEquals(run.out(), threshold("--show").expect(0).out());

        // The verdicts that follow, in inspection and evaluation.
        Cli.here(
                        "inspect",
                        "--model",
                        model,
                        "--data",
                        parts.resolve("validation/good"),
                        "--out",
                        folder.resolve("judged"))
                .expect(0);
        int[] counts = new int[3];
        for (int i = 0; i < NORMAL; i++) {
            JsonNode result = result("judged/" + String.format("%03d", i));
            String verdict = SCORES[0][i] > ng.value() ? "NG" : SCORES[0][i] > review.value() ? "REVIEW" : "OK";
            assertEquals(verdict, result.get("verdict").asText());
            assertEquals(
                    verdict.equals("NG"), !result.get("regions").isEmpty(), "a region exactly when the verdict is NG");
            assertEquals(
                    "{\"combined\":{\"ng\":" + ng.value() + ",\"review\":" + review.value() + "}}",
                    result.get("thresholds").toString());
            counts[List.of("OK", "REVIEW", "NG").indexOf(verdict)]++;
        }
        assertEquals(expected.rank() - 1, counts[2]);
        assertTrue(counts[1] > 0, "some are to be reviewed");
        Cli.Outcome evaluation = Cli.here(
                        "evaluate", "--model", model, "--data", parts, "--out", folder.resolve("evaluated"))
                .expect(0);
        assertTrue(
                evaluation
                        .out()
                        .matches("(?s).*\nverdicts of normal parts: \\d+ OK, \\d+ REVIEW, \\d+ NG\nverdicts of "
                                + "parts with a defect: \\d+ OK, \\d+ REVIEW, \\d+ NG\nwrote .*"),
                evaluation.out());
        List<String> rows = Files.readAllLines(folder.resolve("evaluated/scores.csv"));
        assertEquals(
                12,
                rows.stream().filter(row -> row.matches(".*,(OK|REVIEW|NG)")).count());

        // The report has the same table, the same verdicts, the training that the model remembers, and the promise.
        Path page = folder.resolve("new/report.html");
        Cli.Outcome report = Cli.here("report", "--model", model, "--data", parts, "--out", page)
                .expect(0);
        assertEquals(evaluation.out().replaceAll("wrote .*", "wrote " + page), report.out());
        String html = Files.readString(page);
        for (String row : rows.subList(1, rows.size())) {
            String[] cells = row.split(",");
            assertTrue(html.matches("(?s).*data-id=\"" + cells[0] + "\"[^>]*data-verdict=\"" + cells[6] + "\".*"), row);
        }
        assertEquals(after.training().epochs(), after.training().curve().size());
        assertTrue(html.contains("\"rgb\":[" + after.training().curve().get(0).rgb() + ","), "the training curve");
        assertTrue(html.contains("\"verdict\":\"REVIEW\",\"value\":" + review.value()), "the lines in the histogram");
        assertTrue(html.contains("at most 10% of normal parts are above it, with 90% confidence"), "the model card");
        assertTrue(html.contains(Sha256.of(model)));
    }

    /** Over ids and files, as the record says. */
    private static String checksum() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (PartFiles part : Dataset.open(parts).validation()) {
            digest.update((part.id() + "\0").getBytes());
            digest.update(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(part.rgb())));
            digest.update(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(part.second())));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Test
    void severalScoresShareTheRateAndTheRisk() throws IOException {
        calibrate("--false-reject-rate", "45%", "--branch", "depth,combined,rgb");
        for (ScoreBranch branch : List.of(ScoreBranch.COMBINED, ScoreBranch.RGB, ScoreBranch.DEPTH)) {
            Threshold ng = info().thresholds().of(branch).ng();
            assertEquals(0.15, ng.rate(), 1e-12);
            assertEquals(1 - 0.05 / 3, ng.confidence(), 1e-12);
            assertEquals(
                    ToleranceBound.above(SCORES[branch.ordinal()], ng.rate(), ng.confidence())
                            .value(),
                    ng.value());
        }
        // Another score's thresholds stay as they are.
        Threshold rgb = info().thresholds().rgb().ng();
        calibrate("--review-rate", "30%", "--branch", "depth");
        assertEquals(rgb, info().thresholds().rgb().ng());
        assertEquals(0.3, info().thresholds().depth().review().rate());
    }

    @Test
    void aTailIsModelledAndSaysSo() throws IOException {
        Cli.here(
                        "synth",
                        "--out",
                        folder.resolve("many"),
                        "--shape",
                        "plate",
                        "--train",
                        0,
                        "--validation",
                        100,
                        "--test",
                        0,
                        "--size",
                        64)
                .expect(0);
        Cli.Outcome run = Cli.here(
                        "calibrate",
                        "--model",
                        model,
                        "--data",
                        folder.resolve("many/plate"),
                        "--false-reject-rate",
                        "0.5%",
                        "--method",
                        "tail",
                        "--no-sensitivity")
                .expect(0);
        Threshold ng = info().thresholds().combined().ng();
        assertEquals(Method.TAIL, ng.method());
        assertTrue(ng.value() > ng.evidence().tail().estimate());
        assertTrue(run.out().contains("if the model of the tail holds: 30 of 100 normal scores"), run.out());
        assertTrue(run.out().contains("Anderson-Darling"), run.out());
        assertEquals(
                ng.evidence().tail().pValue() < 0.05 ? 1 : 0, run.complaints().size(), run.err());
    }

    @Test
    void labelledPartsGiveThresholdsToo() throws IOException {
        calibrate("--method", "max-f1");
        Threshold f1 = info().thresholds().combined().ng();
        assertEquals(Method.MAX_F1, f1.method());
        JsonNode metrics = evaluated();
        assertEquals(
                metrics.get("combined").get("I-F1").asDouble(), f1.evidence().f1());
        assertEquals(
                List.of(4, 8), List.of(f1.evidence().normal(), f1.evidence().anomalous()));
        int caught = f1.evidence().anomalous() - f1.evidence().missed();
        assertEquals(
                f1.evidence().f1(),
                2.0
                        * caught
                        / (caught + f1.evidence().falseRejects() + f1.evidence().anomalous()),
                1e-6);

        calibrate("--method", "fnr=40%", "--branch", "rgb");
        Threshold fnr = info().thresholds().rgb().ng();
        assertEquals(
                List.of(Method.FNR, 0.4, 0.95, 1, 0),
                List.of(
                        fnr.method(),
                        fnr.rate(),
                        fnr.confidence(),
                        fnr.evidence().rank(),
                        fnr.evidence().missed()));
        assertEquals(f1, info().thresholds().combined().ng());
    }

    private JsonNode evaluated() throws IOException {
        Cli.here("evaluate", "--model", model, "--data", parts, "--out", folder.resolve("metrics"))
                .expect(0);
        return new ObjectMapper()
                .readTree(folder.resolve("metrics/metrics.json").toFile());
    }

    @Test
    void thresholdsAreSetShownAndRemovedByHand() throws IOException {
        String none = threshold("--show").expect(0).out();
        assertTrue(none.startsWith("no thresholds; "), none);
        assertEquals(
                "combined   NG     above 3.25: set by hand\ncombined   REVIEW above 2.5: set by hand\n",
                threshold("--ng", 3.25, "--review", 2.5).expect(0).out());
        assertEquals(
                3,
                threshold("--branch", "rgb", "--ng", -1).expect(0).out().lines().count());
        Thresholds set = info().thresholds();
        assertEquals(
                new Thresholds(
                        new Thresholds.Limits(Threshold.byHand(3.25), Threshold.byHand(2.5)),
                        new Thresholds.Limits(Threshold.byHand(-1), null),
                        null,
                        null,
                        null),
                set);
        Cli.Outcome crossed = threshold("--review", 4);
        assertEquals(2, crossed.code());
        assertTrue(
                crossed.err().startsWith("trd: the review threshold 4.0 is above the NG threshold 3.25"),
                crossed.err());
        assertEquals(set, info().thresholds());
        threshold("--clear", "--branch", "combined").expect(0);
        assertEquals(Thresholds.NONE.with(ScoreBranch.RGB, set.rgb()), info().thresholds());
        assertEquals(none, threshold("--clear").expect(0).out());
        assertEquals(Sha256.of(sample.model), Sha256.of(model), "back to the file it was");
    }

    @Test
    void anotherPrecisionIsWarnedOf() throws IOException {
        Threshold.Evidence gpu =
                new Threshold.Evidence(9, 0, 0, 0, 1, null, null, "0".repeat(64), "fp16", "cuda:0 (some GPU)");
        ModelFile.replaceInfo(
                model,
                info -> info.withThresholds(Thresholds.NONE.with(
                        ScoreBranch.COMBINED,
                        new Thresholds.Limits(new Threshold(5, Method.EXACT, 0.5, 0.95, gpu), Threshold.byHand(4)))));
        Cli.Outcome run = Cli.here(
                        "evaluate",
                        "--model",
                        model,
                        "--data",
                        parts,
                        "--out",
                        folder.resolve("warned"),
                        "--precision",
                        "fp32")
                .expect(0);
        assertEquals(1, run.complaints().size(), run.err());
        assertTrue(
                run.complaints().get(0).contains("scores computed in fp16, this inspector computes in fp32"),
                run.err());
    }

    /** Measured by calibrate, counted anew by threshold, kept by none of them that has other maps. */
    @Test
    void howSmallADefectWouldBeSeenFollowsTheThresholds() throws IOException {
        String first = "how small a defect would be seen, at ";
        Cli.Outcome few = Cli.here("calibrate", "--model", model, "--data", sample.category)
                .expect(0);
        assertTrue(
                few.out()
                        .lines()
                        .anyMatch(line -> line.equals("how small a defect would be seen is not known: that takes 5 "
                                + "normal validation parts, and there are 2; add some")),
                few.out());
        assertEquals(null, info().sensitivity());
        Cli.Outcome measured = Cli.here("calibrate", "--model", model, "--data", parts, "--false-reject-rate", "10%")
                .expect(0);
        assertTrue(
                measured.out()
                        .contains(first + "the model's NG threshold (10% false rejects), from defects pasted onto 10 "
                                + "normal parts:"),
                measured.out());
        List<String> sizes = measured.out()
                .lines()
                .filter(line -> line.matches("  (bumps and dents|stains) \\S+ mm wide: (half from|not even half) .*"))
                .toList();
        assertEquals(4, sizes.size(), measured.out());
        Sensitivity kept = info().sensitivity();
        assertEquals(8, kept.series().size());
        assertTrue(kept.series().stream().allMatch(s -> s.trials().size() == 10));

        Cli.Outcome shown = threshold("--show").expect(0);
        assertTrue(shown.out().contains(String.join("\n", sizes)), shown.out());
        Cli.Outcome high = threshold("--ng", 1e6).expect(0);
        assertEquals(
                4,
                high.out()
                        .lines()
                        .filter(line -> line.matches(".* wide: not even half of them at .*"))
                        .count(),
                high.out());
        assertTrue(high.out().contains(first + "the model's NG threshold, from"), "by hand, without a rate");
        assertEquals(kept, info().sensitivity());
        Cli.Outcome without = threshold("--clear").expect(0);
        assertTrue(without.out().contains(first + "10% false rejects (95% confidence") == false, without.out());
        assertTrue(
                without.out().contains("% false rejects (95% confidence; each part's limit from the 39 others)"),
                without.out());
        Cli.here("calibrate", "--model", model, "--data", sample.category, "--no-sensitivity")
                .expect(0);
        assertEquals(null, info().sensitivity(), "it belongs to the old calibration");
    }

    @Test
    void anotherCalibrationDropsThem() throws IOException {
        threshold("--ng", 3).expect(0);
        Cli.here("calibrate", "--model", model, "--data", sample.category).expect(0);
        assertEquals(Thresholds.NONE, info().thresholds());
    }

    @Test
    void aModelWithoutCalibrationGetsBoth() throws IOException {
        ModelInfo before = info();
        ModelFile.replaceInfo(model, info -> info.withCalibration(null));
        Cli.Outcome run = calibrate("--false-reject-rate", "10%");
        assertTrue(run.out().startsWith("calibrated "), run.out());
        assertNotEquals(before.calibration(), info().calibration(), "of other parts");
        assertEquals(Method.EXACT, info().thresholds().combined().ng().method());
    }

    @Test
    void aNewThresholdMustNotCrossTheOldOne() throws IOException {
        threshold("--review", 1e6).expect(0);
        Thresholds before = info().thresholds();
        Cli.Outcome refused = Cli.here("calibrate", "--model", model, "--data", parts, "--false-reject-rate", "10%");
        assertEquals(2, refused.code());
        assertTrue(refused.complaints().get(0).contains("review threshold 1000000.0 would be above"), refused.err());
        assertEquals(before, info().thresholds());
    }
}
