package io.trd4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Colour and second image that are turned against each other are noticed where their edges say so. */
class PairCheckTest {
    private static final int SIZE = 96;

    /** White where the part is, with noise. */
    private static float[] image(long seed, IntPredicate part, double contrast) {
        Random random = new Random(seed);
        float[] image = new float[3 * SIZE * SIZE];
        for (int i = 0; i < SIZE * SIZE; i++) {
            float value = (float) ((part.test(i) ? contrast : 0) + 0.05 * random.nextGaussian());
            for (int k = 0; k < 3; k++) {
                image[3 * i + k] = value;
            }
        }
        return image;
    }

    /** An angle bracket that leans on no diagonal. */
    private static boolean bracket(int x, int y) {
        return x > 20 && x < 34 && y > 15 && y < 80 || y > 66 && y < 80 && x > 20 && x < 60;
    }

    private static double[] correlations(int seed, IntPredicate colour, IntPredicate second) {
        return PairCheck.correlations(
                PairCheck.edges(image(seed, colour, 0.8), SIZE), PairCheck.edges(image(seed + 99, second, 2), SIZE));
    }

    private static double[][] parts(IntPredicate colour, IntPredicate second) {
        double[][] parts = new double[5][];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = correlations(i, colour, second);
        }
        return parts;
    }

    private static boolean upright(int i) {
        return bracket(i % SIZE, i / SIZE);
    }

    @ParameterizedTest
    @CsvSource({
        "1, left to right",
        "2, top to bottom",
        "3, 180",
        "4, along the diagonal",
        "5, quarter",
        "6, quarter",
        "7, other diagonal"
    })
    void anotherViewIsNamed(int view, String name) {
        String doubt = PairCheck.doubt(parts(PairCheckTest::upright, i -> {
            int x = (view & 4) == 0 ? i % SIZE : i / SIZE;
            int y = (view & 4) == 0 ? i / SIZE : i % SIZE;
            return bracket((view & 1) == 0 ? x : SIZE - 1 - x, (view & 2) == 0 ? y : SIZE - 1 - y);
        }));
        assertNotNull(doubt);
        assertTrue(doubt.contains(name) && doubt.indexOf('\n') < 0, doubt);
    }

    @Test
    void goodPairsAreNoDoubt() {
        assertNull(PairCheck.doubt(parts(PairCheckTest::upright, PairCheckTest::upright)));
        // Round: every view is as good. No edges: none is.
        IntPredicate disc = i -> Math.hypot(i % SIZE - 47.5, i / SIZE - 47.5) < 30;
        assertNull(PairCheck.doubt(parts(disc, disc)));
        assertNull(PairCheck.doubt(parts(i -> false, PairCheckTest::upright)));
        assertNull(PairCheck.doubt(parts(i -> false, i -> false)));
        // One part of five that is turned is not all.
        double[][] one = parts(PairCheckTest::upright, PairCheckTest::upright);
        one[2] = correlations(2, PairCheckTest::upright, i -> upright(SIZE * SIZE - 1 - i));
        assertNull(PairCheck.doubt(one));
        assertNull(PairCheck.doubt(new double[0][]));
    }

    @Test
    void correlationOfTheSameEdgesIsOne() {
        float[] edges = PairCheck.edges(image(1, PairCheckTest::upright, 1), SIZE);
        assertEquals(1, PairCheck.correlations(edges, edges)[0], 1e-9);
    }
}
