package io.trd4j.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.trd4j.io.InputException;
import io.trd4j.model.tensorfile.SafetensorsTest;
import io.trd4j.model.tensorfile.TensorInfo;
import io.trd4j.model.tensorfile.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ParameterNamesTest {
    private static final Path FILE = Path.of("weights.pth");

    /** The lists are the state dicts of the PyTorch network: one line per tensor, its name and its dimensions. */
    @ParameterizedTest
    @EnumSource
    void namesShapesAndOrderAreThoseOfTheStateDicts(Backbone backbone) throws IOException {
        List<String> actual = new ArrayList<>();
        ParameterNames.teacher(backbone).forEach(t -> actual.add(line("teacher.", t)));
        ParameterNames.student(backbone).forEach(t -> actual.add(line("student.", t)));
        assertEquals(
                Files.readAllLines(SafetensorsTest.FIXTURES.resolve("state-dict/" + backbone.key() + ".txt")), actual);
    }

    private static String line(String prefix, TensorInfo t) {
        assertEquals(ParameterNames.isCounter(t.name()) ? TensorType.I64 : TensorType.F32, t.type());
        StringBuilder out = new StringBuilder(prefix + t.name());
        t.shape().forEach(d -> out.append(' ').append(d));
        return out.toString();
    }

    @Test
    void sizesAreThoseOfThePaper() {
        assertEquals(24.9e6, parameters(ParameterNames.teacher(Backbone.WIDE_RESNET50_2)), 0.05e6);
        assertEquals(193.4e6, parameters(ParameterNames.student(Backbone.WIDE_RESNET50_2)), 0.05e6);
        assertEquals(22.2e6, parameters(ParameterNames.student(Backbone.RESNET18)), 0.05e6);
    }

    private static double parameters(List<TensorInfo> tensors) {
        return tensors.stream()
                .filter(t -> !t.name().matches(".*\\.(running_mean|running_var|num_batches_tracked)"))
                .mapToLong(TensorInfo::elements)
                .sum();
    }

    @Test
    void theFirstDifferenceIsNamed() {
        List<TensorInfo> expected = ParameterNames.teacher(Backbone.RESNET18);
        List<TensorInfo> old = expected.stream()
                .filter(t -> !ParameterNames.isCounter(t.name()))
                .toList();
        ParameterNames.check(FILE, "teacher.", expected, expected);
        ParameterNames.check(FILE, "teacher.", expected, old);
        assertEquals(
                "weights.pth: tensor teacher.conv1.weight is missing; is the backbone right?",
                refusal(expected, old.subList(1, old.size())));
        List<TensorInfo> more = new ArrayList<>(old);
        more.add(new TensorInfo("layer9.weight", TensorType.F32, List.of(1L)));
        assertEquals(
                "weights.pth: tensor teacher.layer9.weight does not belong to this network; is the backbone right?",
                refusal(expected, more));
        assertEquals(
                "weights.pth: tensor teacher.layer1.0.conv1.weight is 64x64x1x1, not 64x64x3x3; is the backbone right?",
                refusal(expected, ParameterNames.teacher(Backbone.RESNET50)));
    }

    private static String refusal(List<TensorInfo> expected, List<TensorInfo> found) {
        return assertThrows(InputException.class, () -> ParameterNames.check(FILE, "teacher.", expected, found))
                .getMessage();
    }
}
