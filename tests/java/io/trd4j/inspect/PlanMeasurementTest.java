package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Needs;
import io.trd4j.SmallModel;
import io.trd4j.engine.NetworkRunner;
import io.trd4j.engine.NetworkTimer;
import io.trd4j.engine.PlanReport;
import io.trd4j.engine.StepProfile;
import io.trd4j.engine.cpu.CpuSupport;
import io.trd4j.engine.cpu.PeakGemm;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.torch.LibTorchRunner;
import io.trd4j.model.Backbone;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a plan says about itself, against numbers worked out by hand, and that the totals are those of its steps. */
class PlanMeasurementTest {
    private static final ExecutionPlan PLAN = ExecutionPlan.of(Backbone.RESNET18, 64);

    @TempDir
    static Path folder;

    private static PlanReport report(Precision precision) {
        Needs.precision(precision);
        return PlanMeasurement.measureRandom(Backbone.RESNET18, 64, new InspectorOptions(2, precision), 3);
    }

    private static StepProfile step(PlanReport report, String name) {
        return report.steps().stream()
                .filter(s -> s.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "BF16", "INT8"})
    void stepsAddUpToTheNetwork(Precision precision) {
        PlanReport report = report(precision);
        assertEquals(precision, report.precision());
        assertEquals(
                PLAN.flop(),
                report.steps().stream().mapToDouble(StepProfile::flop).sum(),
                1);
        long weights =
                report.steps().stream().mapToLong(StepProfile::weightBytes).sum();
        assertEquals(report.weightBytes(), weights);
        // Winograd's transformed weights are four times as many; the name is libtrd's own, the same on every CPU.
        long smallest = PLAN.layers().stream()
                        .mapToLong(layer -> layer.weights()
                                * (step(report, layer.convolution())
                                                .implementation()
                                                .startsWith("libtrd winograd ")
                                        ? 4
                                        : 1))
                        .sum()
                * (precision == Precision.FP32 ? 4 : precision == Precision.BF16 ? 2 : 1);
        assertTrue(
                weights >= smallest && weights <= 1.1 * smallest, weights + " bytes of weights, at least " + smallest);
        Set<String> names = new HashSet<>();
        for (StepProfile step : report.steps()) {
            assertTrue(names.add(step.name()), step.name());
            assertTrue(
                    step.millis() > 0
                            && step.featureBytes() > 0
                            && !step.implementation().isBlank(),
                    step.toString());
            assertEquals(
                    step.flop() == 0,
                    Set.of("max pool", "concatenate", "convert").contains(step.kind()),
                    step.toString());
        }
        PLAN.layers().forEach(layer -> assertTrue(names.contains(layer.convolution()), layer.convolution()));
        for (List<PlanReport.Total> totals : List.of(report.byKind(), report.byPart())) {
            assertEquals(
                    report.stepMillis(),
                    totals.stream().mapToDouble(PlanReport.Total::millis).sum(),
                    1e-9);
            assertEquals(
                    report.steps().size(),
                    totals.stream().mapToInt(PlanReport.Total::steps).sum());
        }
        assertTrue(report.networkMillis() > 0 && report.peakGflopPerSecond() > 0 && report.shareOfPeak() > 0);
    }

    /** SPEC section 2: what each part of the network costs does not depend on how it is compiled. */
    @Test
    void partsOfTheNetworkAreTheSpecifications() {
        ExecutionPlan plan = ExecutionPlan.of(Backbone.RESNET18, 64);
        PlanReport report = report(Precision.FP32);
        assertEquals(
                Set.of("teacher", "filter", "amplifier", "bottleneck", "decoder", "distance"),
                Set.copyOf(report.byPart().stream().map(PlanReport.Total::name).toList()));
        for (PlanReport.Total total : report.byPart()) {
            String prefix = switch (total.name()) {
                case "filter" -> "projector_filter.";
                case "amplifier" -> "projector_amply.";
                case "bottleneck" -> "bn.";
                default -> total.name() + ".";
            };
            double expected = plan.ops().stream()
                    .filter(op -> op.output() != null
                            && op.output()
                                    .name()
                                    .replaceFirst("^student_\\w+?\\.", "")
                                    .startsWith(prefix))
                    .mapToDouble(op -> op.flop())
                    .sum();
            if (!total.name().equals("distance")) {
                assertEquals(expected, total.flop(), 1, total.name());
            }
        }
    }

    @Test
    void shapesAndBytesAreThoseOfTheFeatureMaps() {
        PlanReport report = report(Precision.FP32);
        long feature = 2 * 16 * 16 * 64 * 4;
        StepProfile plain = step(report, "teacher.layer1.0.conv1");
        assertEquals(
                List.of("convolution 3x3", "teacher", "2x16x16x64 > 2x16x16x64 3x3", "f32"),
                List.of(plain.kind(), plain.part(), plain.shape(), plain.type()));
        assertEquals(2 * feature, plain.featureBytes());
        assertEquals(2.0 * 2 * 16 * 16 * 64 * 64 * 9, plain.flop());
        assertTrue(plain.weightBytes() >= (64 * 64 * 9 + 64) * 4, plain.toString());
        // The residual is read too.
        assertEquals(3 * feature, step(report, "teacher.layer1.0.conv2").featureBytes());
        StepProfile filter = step(report, "student_rgb.projector_filter.conv_a.9");
        assertEquals(
                List.of("filter 2x2 up", "filter", "1x2x2x512 > 1x4x4x256 2x2/2"),
                List.of(filter.kind(), filter.part(), filter.shape()));
        StepProfile joined = step(report, "student_rgb.bn.joined1 <- student_rgb.projector_filter.conv_a.15");
        assertEquals(List.of("concatenate", "bottleneck"), List.of(joined.kind(), joined.part()));
        assertEquals(0, joined.weightBytes());
        // Decoder and teacher; at the finest scale the amplifier's too; the distances are written as float32.
        assertEquals(
                2 * 4 * 4 * 256 * 4 + 4 * 4 * 4, step(report, "rgb.distance3").featureBytes());
        assertEquals(
                3 * 16 * 16 * 64 * 4 + 16 * 16 * 4,
                step(report, "rgb.distance1").featureBytes());
        assertEquals("1x16x16x64 > 1x16x16", step(report, "second.distance1").shape());
    }

    @Test
    void int8ShowsItsConversions() {
        PlanReport report = report(Precision.INT8);
        assertTrue(report.steps().stream()
                .anyMatch(s -> s.kind().equals("convert") && s.type().equals("bf16>u8")));
        assertEquals("bf16", step(report, "teacher.conv1").type(), "the stem is not quantised");
        assertEquals("bf16", step(report, "teacher.layer1.0.conv1").type(), "nor is the teacher's first stage");
        assertEquals("u8", step(report, "teacher.layer2.0.conv1").type());
    }

    /** The runner of platforms without oneDNN. */
    @Test
    void libTorchHasNoPlanToShow() throws IOException {
        Path model = SmallModel.write(folder.resolve("model.safetensors"), Modality.DEPTH, null);
        try (ModelFile file = ModelFile.open(model);
                NetworkRunner runner = LibTorchRunner.open(file, 2)) {
            PlanReport report = PlanMeasurement.of(runner, PLAN, 2, 1);
            assertEquals(List.of(), report.steps());
            assertEquals("LibTorch", report.library());
            assertTrue(report.networkMillis() > 0);
            assertEquals(PLAN.flop(), report.flop());
        }
        PlanReport opened = PlanMeasurement.measure(model, new InspectorOptions(1, Precision.FP32), 1);
        assertEquals(CpuSupport.isAvailable(), !opened.steps().isEmpty());
    }

    @Test
    void wrongArgumentsAreRefused() {
        Needs.oneDnn();
        InspectorOptions options = new InspectorOptions(1, Precision.FP32);
        assertThrows(
                IllegalArgumentException.class, () -> PlanMeasurement.measureRandom(Backbone.RESNET18, 32, options, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> PlanMeasurement.measureRandom(Backbone.RESNET18, 100, options, 1));
        assertThrows(IllegalArgumentException.class, () -> PeakGemm.gflopPerSecond(Precision.AUTO, 1));
    }

    @Test
    void mediansAreMedians() {
        assertEquals(2e-6, NetworkTimer.medianMillis(new long[] {9, 1, 2}));
        assertEquals(2.5e-6, NetworkTimer.medianMillis(new long[] {9, 1, 3, 2}));
        assertEquals(7e-6, NetworkTimer.medianMillis(new long[] {7}));
    }
}
