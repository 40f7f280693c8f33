package io.trd4j.cli.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.trd4j.data.PointAxes;
import io.trd4j.data.PointConvention;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class PointOptionsTest {
    @Command
    private static final class Verb {
        @Mixin
        private PointOptions points;
    }

    private static PointConvention convention(String... args) {
        Verb verb = new Verb();
        new CommandLine(verb).parseArgs(args);
        return verb.points.convention();
    }

    @ParameterizedTest
    @CsvSource({"m, 1", "mm, 0.001", "um, 1e-6", "0.0001, 0.0001", "0.0254, 0.0254"})
    void units(String text, double metres) {
        assertEquals(metres, convention("--point-unit", text).metresPerUnit());
    }

    @Test
    void axesAndMissingValues() {
        assertEquals(PointConvention.UNSTATED, convention());
        assertEquals(new PointAxes(3, 2, 1, false), convention("--axes", "zyx").axes());
        assertEquals(
                new PointAxes(1, -2, -3, false), convention("--axes=x,-y,-z").axes());
        assertEquals(new PointAxes(-1, 2, 3, false), convention("--axes=-x,y,z").axes());
        assertEquals(
                List.of(-9999f, 65535f),
                convention("--missing-value", "-9999", "--missing-value=65535").missing());
        assertEquals(List.of(-1f, 10000f), convention("--missing-value=-1,1e4").missing());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--point-unit=inch",
                "--point-unit=0",
                "--point-unit=-1",
                "--point-unit=NaN",
                "--axes=xxz",
                "--axes=rgb",
                "--missing-value=none"
            })
    void nonsenseIsRefused(String arg) {
        assertThrows(ParameterException.class, () -> convention(arg));
    }
}
