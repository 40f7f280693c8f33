package io.trd4j.threshold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against {@code scipy.stats.binomtest(k, n).proportion_ci(2 * confidence - 1, method="exact")} of SciPy. */
class ShareIntervalTest {
    @ParameterizedTest
    @CsvSource({
        "0, 9, 0.95, 0, 0.28312883556311386",
        "9, 9, 0.95, 0.7168711644368861, 1",
        "1, 20, 0.95, 0.00256137877653028, 0.21610616420686987",
        "3, 10, 0.975, 0.06673951117773447, 0.652452850060008",
        "5, 1000, 0.95, 0.001972153141804887, 0.01048407691132004",
        "500, 1000, 0.995, 0.45885255330701225, 0.5411474466929878",
        "1, 1, 0.95, 0.05, 1",
        "0, 1, 0.95, 0, 0.95",
        "1, 100000, 0.95, 5.129328125488569e-07, 4.7437757469115256e-05"
    })
    void isThatOfClopperAndPearson(int count, int parts, double confidence, double lower, double upper) {
        ShareInterval interval = ShareInterval.of(count, parts, confidence);
        // The quantile's solver ends at a step of 1e-9.
        assertEquals(lower, interval.lower(), 2e-9);
        assertEquals(upper, interval.upper(), 2e-9);
    }

    @Test
    void ofNoPartsEveryShareIsPossible() {
        assertEquals(new ShareInterval(0, 1), ShareInterval.of(0, 0, 0.95));
    }

    @Test
    void countsThatAreNoneAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> ShareInterval.of(-1, 9, 0.95));
        assertThrows(IllegalArgumentException.class, () -> ShareInterval.of(10, 9, 0.95));
        assertThrows(IllegalArgumentException.class, () -> ShareInterval.of(1, 9, 1));
        assertThrows(IllegalArgumentException.class, () -> ShareInterval.of(1, 9, Double.NaN));
    }
}
