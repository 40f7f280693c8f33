package io.trd4j.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.io.Progress;
import io.trd4j.model.Alignment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parts in images that are wider than high, or whose rows lie further apart than their columns. */
final class WideImageTest {
    private static final int SIZE = 64;
    private static final int CAMERA = 128;
    private static final double MILLIMETRE = 1e-3;

    /**
     * Rows of an image, all or every so many, with the table to both sides.
     *
     * @param first row of the whole image
     * @param beside columns of table on each side
     */
    private record Rows(int first, int count, int every, int beside) {
        int width() {
            return CAMERA + 2 * beside;
        }

        Part of(Part part) {
            byte[] rgb = new byte[3 * width() * count];
            float[] xyz = new float[3 * width() * count];
            byte[] colours = part.rgb().rgb();
            float[] points = part.xyz().xyz();
            for (int i = 0; i < width() * count; i++) {
                int row = first + i / width() * every;
                int column = i % width() - beside;
                boolean table = column < 0 || column >= CAMERA;
                for (int c = 0; c < 3; c++) {
                    int from = 3 * (row * CAMERA + column) + c;
                    rgb[3 * i + c] = table ? (byte) (60 + 10 * c) : colours[from];
                    xyz[3 * i + c] = table ? 0.4f : points[from];
                }
                if (table) {
                    xyz[3 * i] = (float) (column * MILLIMETRE);
                    xyz[3 * i + 1] = (float) (row * MILLIMETRE);
                }
            }
            return Part.of(part.id(), new RgbImage(width(), count, rgb), new PointCloud(width(), count, xyz));
        }
    }

    @ParameterizedTest
    @CsvSource({"16, 96, 1, 0, 0.75", "4, 120, 1, 80, 0.4167", "0, 64, 2, 0, 1", "8, 28, 4, 0, 0.875"})
    void partsAreFoundInEveryTurnAndAreAsLongAsWide(int first, int count, int every, int beside, double aspect)
            throws IOException {
        Rows rows = new Rows(first, count, every, beside);
        List<PartSource> normal = new ArrayList<>();
        for (PartSource source : RigidPart.normal(10, CAMERA, 0.05, 1)) {
            Part part = rows.of(source.load());
            normal.add(() -> part);
        }
        Alignment alignment = AlignmentBuilder.of(normal, SIZE, Progress.NONE).alignment();
        float[] frame = alignment.frame();
        assertEquals(aspect, frame[5], 0.02, "height over width");
        assertEquals(rows.width() * MILLIMETRE * frame[2] / SIZE, frame[3], 0.02 * frame[3], "distance of columns");
        double halfPixel = Math.max(0.5 * every * MILLIMETRE, 0.5 * Math.max(1, frame[5]) * frame[3]);
        Locator locator = new Locator(alignment);
        double[] straight = null;
        for (double[] pose : new double[][] {{0, 0, 0}, {60, 1, -2}, {90, 2, 1}, {-75, -2, 1}, {180, 1, 1}}) {
            RigidPart drawn = new RigidPart(CAMERA, Math.toRadians(pose[0]), pose[1], pose[2]);
            Part located = locator.locate(rows.of(drawn.draw("posed", 0.05, 0, 0, 0, 5)));
            double[] boss = highest(alignment, located);
            straight = straight == null ? boss : straight;
            String at = Arrays.toString(pose);
            assertTrue(locator.agreement() > 0.8, "agreement " + locator.agreement() + " at " + at);
            assertEquals(straight[0], boss[0], halfPixel, "x of the boss, at " + at);
            assertEquals(straight[1], boss[1], halfPixel, "y of the boss, at " + at);
            // The boss is round: it has a radius of 9 mm.
            assertEquals(boss[2], boss[3], 0.2 * boss[2], "widths of the boss, at " + at);
        }
    }

    /** Mean x and y of the points more than 8 mm above the table, which are those of the boss, and their deviations. */
    private static double[] highest(Alignment alignment, Part located) {
        float[] xyz = located.xyz().xyz();
        double[] sums = new double[5];
        for (int i = 0; i < SIZE * SIZE; i++) {
            if (xyz[3 * i + 2] != 0 && xyz[3 * i + 2] < alignment.frame()[4] - 9.5 * MILLIMETRE) {
                sums[0]++;
                sums[1] += xyz[3 * i];
                sums[2] += xyz[3 * i + 1];
                sums[3] += xyz[3 * i] * xyz[3 * i];
                sums[4] += xyz[3 * i + 1] * xyz[3 * i + 1];
            }
        }
        assertTrue(sums[0] > 10, "points of the boss");
        double x = sums[1] / sums[0];
        double y = sums[2] / sums[0];
        return new double[] {x, y, Math.sqrt(sums[3] / sums[0] - x * x), Math.sqrt(sums[4] / sums[0] - y * y)};
    }
}
