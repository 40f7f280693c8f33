package io.trd4j.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.trd4j.data.Part;
import io.trd4j.data.PartNotFoundException;
import io.trd4j.data.PartSource;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.SurfaceNormals;
import io.trd4j.io.InputException;
import io.trd4j.io.Progress;
import io.trd4j.model.Alignment;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where parts of known poses are found. */
final class LocatorTest {
    private static final int SIZE = 96;
    private static final int CAMERA = 128;

    private static AlignmentBuilder.Built built;

    private static AlignmentBuilder.Built built() throws IOException {
        if (built == null) {
            built = AlignmentBuilder.of(RigidPart.normal(12, CAMERA, 0.05, 1), SIZE, Progress.NONE);
        }
        return built;
    }

    /** A map of the frame that is high at one place, brought back onto the image: there the place must be. */
    private static double[] found(Locator locator, double[] framePixel) {
        float[] map = new float[SIZE * SIZE];
        for (int i = 0; i < map.length; i++) {
            map[i] = (float) Math.exp(
                    -(Math.pow(i % SIZE - framePixel[0], 2) + Math.pow(i / SIZE - framePixel[1], 2)) / (2 * 4));
        }
        locator.toImage(map, new float[map.length]);
        double sum = 0;
        double x = 0;
        double y = 0;
        for (int i = 0; i < map.length; i++) {
            sum += map[i];
            x += map[i] * (i % SIZE);
            y += map[i] * (i / SIZE);
        }
        return new double[] {x / sum, y / sum};
    }

    private static double[] atSize(double[] cameraPixel) {
        double scale = (double) SIZE / CAMERA;
        return new double[] {(cameraPixel[0] + 0.5) * scale - 0.5, (cameraPixel[1] + 0.5) * scale - 0.5};
    }

    @Test
    void placesOfAPartAreFoundAgain() throws IOException {
        assertTrue(built().agreement() > 0.9, "agreement " + built().agreement());
        assertEquals(0, built().lost());
        Locator locator = new Locator(built().alignment());
        // The frame pixel of a boss, learnt from the first pose, must lie under that boss in every other pose.
        double[] boss = null;
        double[][] poses = {{0, 0, 0}, {12, 3, -4}, {-14, -5, 2}, {7, 0, 5}, {170, 2, 2}};
        for (double[] pose : poses) {
            RigidPart drawn = new RigidPart(CAMERA, Math.toRadians(pose[0]), pose[1], pose[2]);
            locator.locate(drawn.draw("posed", 0.05, 0, 0, 0, 5));
            double[] expected = atSize(drawn.pixel(0.7, 0.36));
            if (boss == null) {
                boss = search(locator, expected);
            }
            double[] seen = found(locator, boss);
            assertEquals(expected[0], seen[0], 0.4, "column at " + Arrays.toString(pose));
            assertEquals(expected[1], seen[1], 0.4, "row at " + Arrays.toString(pose));
        }
    }

    /** The frame pixel that is brought to a pixel of the image, by a few steps towards it. */
    private static double[] search(Locator locator, double[] expected) {
        double[] at = {SIZE / 2.0, SIZE / 2.0};
        for (int i = 0; i < 60; i++) {
            double[] seen = found(locator, at);
            at[0] += expected[0] - seen[0];
            at[1] += expected[1] - seen[1];
        }
        return at;
    }

    @Test
    void locatedPartIsTheMeanPart() throws IOException {
        Alignment alignment = built().alignment();
        Locator locator = new Locator(alignment);
        Part part = locator.locate(new RigidPart(CAMERA, 0.2, 4, -3).draw("one", 0.05, 0, 0, 0, 9));
        assertEquals(SIZE, part.xyz().width());
        float[] xyz = part.xyz().xyz();
        int pixels = SIZE * SIZE;
        float spacing = alignment.frame()[3];
        int measured = 0;
        double off = 0;
        for (int i = 0; i < pixels; i++) {
            if (alignment.area()[i] != 0 && xyz[3 * i + 2] != 0) {
                double height = 1e3 * (alignment.frame()[4] - xyz[3 * i + 2]);
                off += Math.abs(height - alignment.mean()[3 * pixels + i]);
                assertEquals(spacing * (i % SIZE), xyz[3 * i], 1e-6);
                assertEquals(spacing * (i / SIZE), xyz[3 * i + 1], 1e-6);
                measured++;
            }
        }
        assertTrue(off / measured < 0.12, "mean difference " + off / measured + " mm");
    }

    /** Where nothing was measured, nothing is known: the network sees the mean part, and no differences are taken. */
    @Test
    void gapsAreAsTheMeanPart() throws IOException {
        Alignment alignment = built().alignment();
        Part whole = new RigidPart(CAMERA, 0.2, 4, -3).draw("one", 0.05, 0, 0, 0, 9);
        float[] xyz = whole.xyz().xyz().clone();
        for (int i = 0; i < CAMERA * CAMERA; i++) {
            if (i % CAMERA % 24 < 8 && i / CAMERA % 24 < 8) {
                Arrays.fill(xyz, 3 * i, 3 * i + 3, 0);
            }
        }
        Locator locator = new Locator(alignment);
        float[] located = locator.locate(Part.of("gaps", whole.rgb(), new PointCloud(CAMERA, CAMERA, xyz)))
                .xyz()
                .xyz();
        int gaps = 0;
        for (int i = 0; i < SIZE * SIZE; i++) {
            if (alignment.area()[i] != 0 && !locator.measured()[i]) {
                double height = 1e3 * (alignment.frame()[4] - located[3 * i + 2]);
                assertEquals(alignment.mean()[3 * SIZE * SIZE + i], height, 0.5, "height at pixel " + i);
                gaps++;
            }
        }
        assertTrue(gaps > 100, gaps + " pixels without points");
    }

    /** The images and their thumbs are the locator's; a few poses per part are not. */
    @Test
    void aPartAllocatesLittle() throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Locator locator = new Locator(built().alignment());
        Part part = new RigidPart(CAMERA, 0.2, 4, -3).draw("one", 0.05, 0, 0, 0, 9);
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 40; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            locator.locate(part);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertTrue(least < 150_000, least + " bytes");
    }

    @Test
    void sameBitsEveryTime() throws IOException {
        Alignment again = AlignmentBuilder.of(RigidPart.normal(12, CAMERA, 0.05, 1), SIZE, Progress.NONE)
                .alignment();
        assertArrayEquals(built().alignment().mean(), again.mean());
        Locator locator = new Locator(again);
        Part first = new RigidPart(CAMERA, -0.1, 1, 6).draw("first", 0.05, 0, 0, 0, 3);
        byte[] once = locator.locate(first).rgb().rgb();
        locator.locate(new RigidPart(CAMERA, 0.2, 0, 0).draw("other", 0.05, 0, 0, 0, 4));
        assertArrayEquals(once, locator.locate(first).rgb().rgb());
    }

    @Test
    void coloursAloneLocateToo() throws IOException {
        List<PartSource> parts = new ArrayList<>();
        for (PartSource source : RigidPart.normal(10, CAMERA, 0.05, 2)) {
            parts.add(() -> source.load().withoutSecond());
        }
        AlignmentBuilder.Built colours = AlignmentBuilder.of(parts, SIZE, Progress.NONE);
        Locator locator = new Locator(colours.alignment());
        Part part = locator.locate(
                new RigidPart(CAMERA, 0.1, 2, 2).draw("c", 0.05, 0, 0, 0, 8).withoutSecond());
        assertEquals(null, part.xyz());
        assertTrue(locator.agreement() > 0.9, "agreement " + locator.agreement());
    }

    @Test
    void anotherThingIsNotFound() throws IOException {
        Locator locator = new Locator(built().alignment());
        Part noise = RigidPart.noise(CAMERA, 1);
        PartNotFoundException e = assertThrows(PartNotFoundException.class, () -> locator.locate(noise));
        assertTrue(e.getMessage().startsWith("part noise does not show the part"), e.getMessage());
        assertFalse(e.getMessage().contains("\n"));
    }

    @Test
    void tooFewPartsAndNormalImagesAreRefused() {
        List<PartSource> few = RigidPart.normal(7, 32, 0, 1);
        InputException e = assertThrows(InputException.class, () -> AlignmentBuilder.of(few, 32, Progress.NONE));
        assertTrue(e.getMessage().contains("at least 8 normal parts, found 7"), e.getMessage());
        RgbImage image = new RgbImage(32, 32, new byte[3 * 32 * 32]);
        List<PartSource> images = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            images.add(() -> Part.of("n", image, SurfaceNormals.encoded(image)));
        }
        e = assertThrows(InputException.class, () -> AlignmentBuilder.of(images, 32, Progress.NONE));
        assertTrue(e.getMessage().contains("has surface normals, which cannot be aligned"), e.getMessage());
    }
}
