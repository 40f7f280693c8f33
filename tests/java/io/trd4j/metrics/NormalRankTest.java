package io.trd4j.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class NormalRankTest {
    @Test
    void itIsTheShareOfLowerNormalScores() {
        assertArrayEquals(
                new double[] {0, 0.125, 0.625, 1, 0},
                NormalRank.of(new double[] {0, 1, 2.5, 9, Double.NaN}, new double[] {1, 2, 2.5, 3}),
                0);
        assertThrows(IllegalArgumentException.class, () -> NormalRank.of(new double[] {1}, new double[0]));
    }
}
