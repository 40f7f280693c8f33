package io.trd4j.report;

import io.trd4j.model.Calibration;
import io.trd4j.model.Geometry;
import io.trd4j.model.HighestPlaces;
import io.trd4j.model.MetricGeometry;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.PrecisionTests;
import io.trd4j.model.TrainingSummary;
import io.trd4j.report.ReportData.CardEntry;
import io.trd4j.report.ReportData.CardSection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Describes a model in words, for whoever must answer for its decisions. */
final class ModelCard {
    private static final List<CardEntry> USE = List.of(
            new CardEntry(
                    null,
                    "For parts of the product whose normal parts it was trained and calibrated on, under the "
                            + "same light, camera and "
                            + "distance. It knows normal parts only: a score says how unlike them a part is, "
                            + "not what is wrong with it."),
            new CardEntry(
                    null,
                    "Defects that neither the image nor the points show at the model's input size cannot be "
                            + "found. Whoever changes product, light or sensor calibrates again, or trains again."),
            new CardEntry(
                    null,
                    "A threshold's rate holds for parts drawn as those were that set it; it says nothing about "
                            + "missed defects."));

    private ModelCard() {}

    static List<CardSection> of(ModelInfo info, Path file, String sha256) {
        List<CardSection> sections = new ArrayList<>(List.of(
                new CardSection(
                        "Model",
                        List.of(
                                entry("file", file.getFileName().toString()),
                                entry("SHA-256", sha256),
                                entry("method", "Tuned Reverse Distillation (arXiv 2412.08949)"),
                                entry("backbone", info.backbone().key()),
                                entry("input", info.size() + " × " + info.size()),
                                entry("modalities", "rgb and " + info.modality().key() + scales(info.geometry())),
                                entry("teacher's SHA-256", info.teacherSha256()),
                                entry("what counts", RoiText.of(info.regionOfInterest())))),
                new CardSection("Training", training(info.training())),
                new CardSection("Calibration", calibration(info)),
                new CardSection(
                        "Thresholds",
                        ThresholdText.lines(info.thresholds()).stream()
                                .map(line -> new CardEntry(null, line))
                                .toList()),
                new CardSection("Sensitivity", sensitivity(info)),
                new CardSection("Use and limits", USE)));
        if (!info.learning().steps().isEmpty()) {
            sections.add(
                    sections.size() - 2,
                    new CardSection(
                            "Learning",
                            LearningText.lines(info.learning()).stream()
                                    .map(line -> new CardEntry(null, line))
                                    .toList()));
        }
        return sections;
    }

    /** Settings of the second modality's preparation. */
    private static String scales(Geometry geometry) {
        MetricGeometry metric = geometry.metric();
        return switch (geometry.modality()) {
            case DEPTH -> "";
            case NORMALS -> ", Sobel aperture " + geometry.normalKernel();
            case METRIC ->
                String.format(
                        Locale.ROOT,
                        ": pixels of %.3f mm, smoothed by %.1f, slopes x%.1f, relief within %.0f pixels and %.2f mm",
                        1e3 * metric.spacingMetres(),
                        metric.smoothPixels(),
                        metric.slopeGain(),
                        metric.reliefPixels(),
                        1e3 * metric.reliefMetres());
        };
    }

    private static List<CardEntry> sensitivity(ModelInfo info) {
        return info.sensitivity() == null
                ? List.of(new CardEntry(null, "How small a defect would be seen was not measured."))
                : SensitivityText.lines(info.sensitivity(), info.thresholds()).stream()
                        .map(line -> new CardEntry(null, line))
                        .toList();
    }

    private static CardEntry entry(String name, String value) {
        return new CardEntry(name, value);
    }

    private static List<CardEntry> training(TrainingSummary t) {
        if (t == null) {
            return List.of(new CardEntry(null, "Imported: its training is not recorded."));
        }
        return List.of(
                entry("teacher", t.teacher()),
                entry("normal parts", Integer.toString(t.parts())),
                entry("epochs, steps", t.epochs() + ", " + t.steps() + " of " + t.batch() + " parts"),
                entry(
                        "learning rate, seed",
                        t.learningRate() + (t.schedule() == null ? "" : ", falling by " + t.schedule()) + ", "
                                + t.seed()),
                entry("arithmetic", t.precision() == null ? "fp32" : t.precision()),
                entry(
                        "last loss",
                        String.format(Locale.ROOT, "rgb %.4f, depth %.4f", t.finalLossRgb(), t.finalLossDepth())
                                + (t.validationLossRgb() == null || t.validationLossDepth() == null
                                        ? ""
                                        : String.format(
                                                Locale.ROOT,
                                                "; of normal validation parts %.4f, %.4f",
                                                t.validationLossRgb(),
                                                t.validationLossDepth()))),
                entry("seconds", String.format(Locale.ROOT, "%.0f", t.seconds())));
    }

    private static List<CardEntry> calibration(ModelInfo info) {
        Calibration c = info.calibration();
        List<CardEntry> entries = new ArrayList<>(List.of(
                entry("rgb maps", moments(c.meanRgb(), c.stdRgb())),
                entry("depth maps", moments(c.meanDepth(), c.stdDepth()))));
        if (c.alone() != null) {
            entries.add(entry(
                    "rgb without depth", moments(c.alone().meanRgb(), c.alone().stdRgb())));
            entries.add(entry(
                    "depth without rgb",
                    moments(c.alone().meanDepth(), c.alone().stdDepth())));
        }
        if (c.highest() != null) {
            entries.add(entry("combined maps", "sum of both, raised by " + highest(c.highest())));
        }
        PrecisionTests tests = info.precisions();
        entries.add(entry("bf16", accuracy(tests == null ? null : tests.bf16())));
        entries.add(entry("int8", accuracy(tests == null ? null : tests.int8())));
        entries.add(entry("identity (SHA-256)", info.calibrationSha256()));
        return entries;
    }

    private static String highest(HighestPlaces highest) {
        return String.format(
                Locale.ROOT,
                "rgb above %.2f or depth above %.2f alone",
                highest.rgb().raises(),
                highest.depth().raises());
    }

    private static String moments(double mean, double std) {
        return String.format(Locale.ROOT, "mean %.4f, standard deviation %.4f", mean, std);
    }

    private static String accuracy(PrecisionTests.Accuracy accuracy) {
        return accuracy == null
                ? "not tested"
                : String.format(
                        Locale.ROOT,
                        "%s on %d parts: smallest map correlation %.5f, largest score " + "error %.4f",
                        accuracy.passed() ? "passed" : "failed",
                        accuracy.parts(),
                        accuracy.correlation(),
                        accuracy.scoreError());
    }
}
