package io.trd4j.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class JacobiTest {
    @Test
    void vectorsDiagonalise() {
        int n = 12;
        Random random = new Random(3);
        double[][] a = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                a[i][j] = a[j][i] = random.nextGaussian();
            }
        }
        double[][] copy = new double[n][];
        for (int i = 0; i < n; i++) {
            copy[i] = a[i].clone();
        }
        double[][] vectors = new double[n][n];
        double[] values = Jacobi.decompose(copy, vectors);
        for (int k = 0; k < n; k++) {
            assertTrue(k == 0 || values[k - 1] >= values[k], "the largest first");
            for (int i = 0; i < n; i++) {
                double sum = 0;
                for (int j = 0; j < n; j++) {
                    sum += a[i][j] * vectors[j][k];
                }
                assertEquals(values[k] * vectors[i][k], sum, 1e-9);
            }
        }
    }

    @Test
    void zeroMatrix() {
        double[] values = Jacobi.decompose(new double[3][3], new double[3][3]);
        assertEquals(0, values[0], 0);
    }
}
