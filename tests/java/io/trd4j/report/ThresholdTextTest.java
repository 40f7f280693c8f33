package io.trd4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Thresholds as lines of text: four significant digits of computed values, a user's own as they were entered. */
class ThresholdTextTest {
    private static Threshold computed(double value) {
        return new Threshold(
                value,
                Threshold.Method.EXACT,
                0.05,
                0.95,
                new Threshold.Evidence(60, 0, 0, 0, 1, null, null, "0".repeat(64), "fp32", "cpu"));
    }

    @Test
    void computedValuesHaveFourDigits() {
        assertEquals("9.053", ThresholdText.value(computed(9.052850723266602)));
        assertEquals("0.01235", ThresholdText.value(computed(0.0123456)));
        assertEquals("-123.5", ThresholdText.value(computed(-123.46)));
        assertEquals("3.141592653", ThresholdText.value(Threshold.byHand(3.141592653)));
    }

    @Test
    void aLineSaysWhatAThresholdPromises() {
        Thresholds set =
                Thresholds.NONE.with(ScoreBranch.COMBINED, new Thresholds.Limits(computed(9.052850723266602), null));
        assertEquals(
                List.of("combined   NG     above 9.053: at most 5% of normal parts are above it, with 95% "
                        + "confidence; largest score no. 1 of 60 normal parts (fp32, cpu)"),
                ThresholdText.lines(set));
    }
}
