package io.trd4j.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutliersTest {
    @Test
    void theLimitIsNineAbsoluteDeviationsAboveTheMedian() {
        // Median 5.5, median deviation 2.5 with the last one high.
        double[] scores = {1, 2, 3, 4, 5, 6, 7, 8, 9, 27.9};
        assertEquals(List.of(), Outliers.of(scores, 1));
        scores[9] = 28.1;
        assertEquals(List.of(9), Outliers.of(scores, 1));
        scores[0] = -1000;
        assertEquals(List.of(9), Outliers.of(scores, 1), "low scores are no defects");
    }

    @Test
    void severalDoNotHideEachOther() {
        double[] scores = new double[12];
        for (int i = 0; i < 12; i++) {
            scores[i] = i % 4 == 1 ? 500 + i : 3 + 0.1 * i;
        }
        assertEquals(List.of(1, 5, 9), Outliers.of(scores, 1));
    }

    @Test
    void fewScoresSayNothing() {
        assertEquals(List.of(), Outliers.of(new double[] {1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1000}, 1));
        assertEquals(List.of(), Outliers.of(new double[0], 1));
    }

    @Test
    void falseAlarmsAreAsRareAsStated() {
        Random random = new Random(5);
        for (int looks : new int[] {1, 3}) {
            for (int n : new int[] {10, 40, 360}) {
                int alarms = 0;
                int sets = 2000;
                for (int set = 0; set < sets; set++) {
                    int found = 0;
                    for (int look = 0; look < looks; look++) {
                        double[] scores = random.doubles(n)
                                .map(u -> -Math.log(-Math.log(u)))
                                .toArray();
                        found += Outliers.of(scores, looks).size();
                    }
                    alarms += found > 0 ? 1 : 0;
                }
                assertTrue(
                        alarms > 0.03 * sets && alarms < 0.1 * sets,
                        alarms + " of " + sets + " times " + looks + " sets of " + n);
            }
        }
    }
}
