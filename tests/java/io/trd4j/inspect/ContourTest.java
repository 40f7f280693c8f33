package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.trd4j.inspect.Region.Point;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.Test;

/** Borders and what is within them, against OpenCV's findContours and fillPoly. */
class ContourTest {
    private static final int SIZE = 40;

    @Test
    void aLineASquareAndAPixel() {
        assertEquals(List.of(new Point(7, 9)), Contour.around(new boolean[] {true}, 1, 7, 9));
        assertEquals(
                List.of(new Point(1, 2), new Point(3, 2)), Contour.around(new boolean[] {true, true, true}, 3, 1, 2));
        boolean[] square = new boolean[9];
        Arrays.fill(square, true);
        assertEquals(
                List.of(new Point(0, 0), new Point(0, 2), new Point(2, 2), new Point(2, 0)),
                Contour.around(square, 3, 0, 0));
    }

    /** Random walks: thin, branching, with holes, at the borders. */
    @Test
    void equalsOpenCv() {
        Random random = new Random(3);
        for (int trial = 0; trial < 3000; trial++) {
            boolean[] region = walk(random, 1 + random.nextInt(trial % 3 == 0 ? 12 : 900));
            List<Point> contour = Contour.around(region, SIZE, 0, 0);
            assertEquals(findContour(region), contour, "trial " + trial);
            byte[] filled = new byte[SIZE * SIZE];
            Contour.fill(contour, filled, SIZE);
            assertArrayEquals(fillPoly(contour), filled, "trial " + trial);
        }
    }

    private static boolean[] walk(Random random, int steps) {
        boolean[] region = new boolean[SIZE * SIZE];
        int x = random.nextInt(SIZE);
        int y = random.nextInt(SIZE);
        for (int i = 0; i < steps; i++) {
            region[y * SIZE + x] = true;
            x = Math.max(0, Math.min(SIZE - 1, x + random.nextInt(3) - 1));
            y = Math.max(0, Math.min(SIZE - 1, y + random.nextInt(3) - 1));
        }
        region[y * SIZE + x] = true;
        return region;
    }

    private static List<Point> findContour(boolean[] region) {
        List<Point> contour = new ArrayList<>();
        try (PointerScope scope = new PointerScope()) {
            Mat pixels = new Mat(SIZE, SIZE, opencv_core.CV_8UC1);
            ByteBuffer buffer = pixels.createBuffer();
            for (boolean inside : region) {
                buffer.put((byte) (inside ? 1 : 0));
            }
            MatVector borders = new MatVector();
            opencv_imgproc.findContours(
                    pixels, borders, opencv_imgproc.RETR_EXTERNAL, opencv_imgproc.CHAIN_APPROX_SIMPLE);
            assertEquals(1, borders.size());
            IntBuffer points = borders.get(0).createBuffer();
            while (points.hasRemaining()) {
                contour.add(new Point(points.get(), points.get()));
            }
        }
        return contour;
    }

    private static byte[] fillPoly(List<Point> contour) {
        byte[] filled = new byte[SIZE * SIZE];
        try (PointerScope scope = new PointerScope()) {
            Mat pixels = new Mat(SIZE, SIZE, opencv_core.CV_8UC1, Scalar.all(0));
            Mat corners = new Mat(contour.size(), 1, opencv_core.CV_32SC2);
            IntBuffer points = corners.createBuffer();
            contour.forEach(p -> points.put(p.x()).put(p.y()));
            opencv_imgproc.fillPoly(pixels, new MatVector(corners), Scalar.all(255));
            pixels.<ByteBuffer>createBuffer().get(filled);
        }
        return filled;
    }
}
