package io.trd4j.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class AffineTest {
    private static Affine some() {
        Affine map = new Affine();
        map.set(1.2, -0.3, 5, 0.4, 0.9, -7);
        return map;
    }

    @Test
    void inverseUndoes() {
        Affine map = some();
        Affine back = new Affine();
        back.invert(map);
        assertEquals(3, back.x(map.x(3, 11), map.y(3, 11)), 1e-12);
        assertEquals(11, back.y(map.x(3, 11), map.y(3, 11)), 1e-12);
    }

    @Test
    void inverseOfItself() {
        Affine map = some();
        Affine back = new Affine();
        back.invert(map);
        map.invert(map);
        assertEquals(back.c, map.c, 0);
        assertEquals(back.e, map.e, 0);
    }

    @Test
    void afterAppliesFirstThenThis() {
        Affine first = some();
        Affine then = new Affine();
        then.set(0.5, 0.1, 1, -0.2, 2, 3);
        double x = then.x(first.x(2, 9), first.y(2, 9));
        double y = then.y(first.x(2, 9), first.y(2, 9));
        then.after(first);
        assertEquals(x, then.x(2, 9), 1e-12);
        assertEquals(y, then.y(2, 9), 1e-12);
    }

    @Test
    void rescaleKeepsPlaces() {
        // Pixel 10 of 32 has its centre at 10.5; in 64 pixels the same place is 21 - 0.5, in 96 it is 31.5 - 0.5.
        Affine map = some();
        Affine fine = new Affine();
        fine.rescale(map, 2, 3);
        double x = map.x(10, 4) + 0.5;
        double y = map.y(10, 4) + 0.5;
        assertEquals(3 * x, fine.x(20.5, 8.5) + 0.5, 1e-9);
        assertEquals(3 * y, fine.y(20.5, 8.5) + 0.5, 1e-9);
    }

    @Test
    void shapeIsKeptByTurnsAndNotBySqueezing() {
        Affine map = new Affine();
        map.set(2 * Math.cos(1), -2 * Math.sin(1), 5, 2 * Math.sin(1), 2 * Math.cos(1), 1);
        assertTrue(map.keepsShape(2, 1));
        assertFalse(map.keepsShape(1.2, 1), "all lengths are 1.7 times as long");
        map.set(1, 0, 0, 0, 0.6, 0);
        assertFalse(map.keepsShape(1, 1));
        map.set(1, 0.3, 0, 0, 0.9, 0);
        assertTrue(map.keepsShape(1, 1));
        // A quarter turn in an image twice as wide as high: 1 of its width is 2 of its height.
        map.set(0, -0.5, 0, 2, 0, 0);
        assertTrue(map.keepsShape(1, 0.5));
        assertFalse(map.keepsShape(1, 1));
    }
}
