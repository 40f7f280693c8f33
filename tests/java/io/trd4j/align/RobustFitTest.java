package io.trd4j.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class RobustFitTest {
    /** 1 and x, orthonormal over n values. */
    private static float[][] line(int n) {
        float[][] functions = new float[2][n];
        double length = 0;
        for (int i = 0; i < n; i++) {
            functions[0][i] = (float) (1 / Math.sqrt(n));
            functions[1][i] = i - (n - 1) / 2f;
            length += functions[1][i] * functions[1][i];
        }
        for (int i = 0; i < n; i++) {
            functions[1][i] /= (float) Math.sqrt(length);
        }
        return functions;
    }

    @Test
    void takesTheFitOutAndLeavesADefect() {
        int n = 2000;
        Random random = new Random(4);
        float[] y = new float[n];
        for (int i = 0; i < n; i++) {
            y[i] = 3 + 0.01f * i + 0.1f * (float) random.nextGaussian();
        }
        for (int i = 1500; i < 1600; i++) {
            y[i] += 5;
        }
        float[] rest = new float[n];
        try (RobustFit fit = new RobustFit(line(n), n)) {
            fit.rest(y, Float.POSITIVE_INFINITY, false).get(rest);
        }
        double outside = 0;
        double inside = 0;
        for (int i = 0; i < n; i++) {
            if (i >= 1500 && i < 1600) {
                inside += rest[i] / 100;
            } else {
                outside = Math.max(outside, Math.abs(rest[i]));
            }
        }
        assertEquals(5, inside, 0.1, "a plain least-squares fit would leave 4.6");
        assertTrue(outside < 0.5, "largest rest elsewhere " + outside);
    }

    @Test
    void withoutFunctionsOnlyTheCutChanges() {
        float[] y = {1, -2, 3};
        float[] rest = new float[3];
        try (RobustFit fit = new RobustFit(new float[0][], 3)) {
            fit.rest(y, 2.5f, false).get(rest);
        }
        assertArrayEquals(new float[] {1, -2, 2.5f}, rest);
    }
}
