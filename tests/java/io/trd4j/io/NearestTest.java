package io.trd4j.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    private static final List<String> KNOWN = List.of(
            "inspect", "import", "plan", "roi", "cpu", "cuda", "--model", "--modality", "-h", "wide_resnet50_2");

    /** One slip per four characters: one missing, one too many, another, two exchanged; or the beginning of a word. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "inspct, inspect",
                "insspect, inspect",
                "inspecr, inspect",
                "isnpect, inspect",
                "INSPCT, inspect",
                "insp, inspect",
                "--modle, --model",
                "--mod, --model",
                "--modalty, --modality",
                "-model, --model",
                "cdua, cuda",
                "wide_resnet52, wide_resnet50_2",
                "gpu, none",
                "rio, none",
                "--h, -h",
                "in, none",
                "frobnicate, none",
                "'', none"
            })
    void namesWhatIsNear(String given, String meant) {
        assertEquals(meant == null ? "" : " (did you mean " + meant + "?)", Nearest.hint(given, KNOWN));
    }

    @ParameterizedTest
    @CsvSource({"100", "1000000"})
    void longWordsTakeNoTime(int length) {
        assertEquals("", Nearest.hint("x".repeat(length), KNOWN));
    }
}
