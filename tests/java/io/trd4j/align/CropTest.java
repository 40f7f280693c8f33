package io.trd4j.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.SurfaceNormals;
import io.trd4j.io.InputException;
import io.trd4j.io.Progress;
import io.trd4j.model.Alignment;
import io.trd4j.outline.PartThumbs;
import io.trd4j.outline.PartView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The square that is cut out around parts. */
final class CropTest {
    private static final int SIZE = 96;
    private static final int CAMERA = 128;
    /** A cell of the thumb that boxes are measured on, in pixels at S. */
    private static final double CELL = SIZE / 64.0;

    private static Alignment crop;

    @BeforeAll
    static void build() throws IOException {
        crop = CropBuilder.of(RigidPart.normal(6, CAMERA, 0.05, 1), SIZE, Progress.NONE);
    }

    @Test
    void itHoldsTheLargestNormalPartAndAMargin() {
        assertTrue(crop.crops());
        assertNull(crop.positions());
        // 0.62 by 0.55 of the image, turned by up to 15 degrees; lit edges add a cell or two.
        assertTrue(crop.frame()[2] > 0.62 * 1.12 && crop.frame()[2] < 0.92, "side " + crop.frame()[2]);
        // 1 mm pixels of the camera.
        assertEquals(1e-3 * CAMERA * crop.frame()[2] / SIZE, crop.frame()[3], 1e-6);
        assertEquals(0.4, crop.frame()[4], 1e-3);
    }

    /** What the network sees, brought back, is what the camera saw. */
    @Test
    void mapsComeBackToWhereTheyAre() throws IOException {
        Locator locator = new Locator(crop);
        for (double[] pose : new double[][] {{0, 0, 0}, {10, 6, -5}, {-12, -7, 4}}) {
            Part part = new RigidPart(CAMERA, Math.toRadians(pose[0]), pose[1], pose[2]).draw("p", 0, 0, 0, 0, 5);
            byte[] rgb = locator.locate(part).rgb().rgb();
            float[] seen = new float[SIZE * SIZE];
            for (int i = 0; i < seen.length; i++) {
                seen[i] = 0xff & rgb[3 * i];
            }
            locator.toImage(seen, new float[seen.length]);
            PartView view = new PartView(part, SIZE);
            double off = 0;
            double spread = 0;
            for (int i = 0; i < seen.length; i++) {
                double expected = view.values()[view.pixel(i % SIZE, i / SIZE)];
                off += Math.abs(seen[i] - expected);
                spread += Math.abs(expected - 60);
            }
            assertTrue(spread / seen.length > 10, "there is something to see");
            assertTrue(off / seen.length < 1.5, "mean difference " + off / seen.length + " grey levels");
        }
    }

    @Test
    void partsAreCentredAndAsLarge() {
        Locator locator = new Locator(crop);
        for (double[] shift : new double[][] {{0, 0}, {9, -6}, {-8, 5}}) {
            Part part = locator.locate(new RigidPart(CAMERA, 0, shift[0], shift[1]).draw("p", 0.05, 0, 0, 0, 5));
            float[] box = new PartThumbs(new PartView(part, SIZE)).largestBox();
            assertEquals(SIZE / 2.0, SIZE * (box[0] + box[2]) / 2, CELL, "column");
            assertEquals(SIZE / 2.0, SIZE * (box[1] + box[3]) / 2, CELL, "row");
            assertEquals(SIZE * 0.62 / crop.frame()[2], SIZE * (box[2] - box[0]), 4 * CELL, "width");
        }
    }

    @Test
    void coloursAloneCropToo() throws IOException {
        List<PartSource> parts = new ArrayList<>();
        for (PartSource source : RigidPart.normal(3, CAMERA, 0.05, 2)) {
            parts.add(() -> source.load().withoutSecond());
        }
        Alignment colours = CropBuilder.of(parts, SIZE, Progress.NONE);
        assertEquals(crop.frame()[2], colours.frame()[2], 0.1);
        assertNull(new Locator(colours).locate(parts.get(0).load()).xyz());
    }

    @Test
    void partsThatAreTooLargeOrNoPartsAreRefused() {
        Locator locator = new Locator(crop);
        byte[] rgb = new byte[3 * CAMERA * CAMERA];
        float[] xyz = new float[3 * CAMERA * CAMERA];
        for (int i = 0; i < CAMERA * CAMERA; i++) {
            xyz[3 * i] = i % CAMERA * 1e-3f;
            xyz[3 * i + 1] = i / CAMERA * 1e-3f;
            xyz[3 * i + 2] = i % CAMERA > 3 && i % CAMERA < 124 ? 0.39f : 0.4f;
        }
        Part wide = Part.of("wide", new RgbImage(CAMERA, CAMERA, rgb), new PointCloud(CAMERA, CAMERA, xyz));
        InputException e = assertThrows(InputException.class, () -> locator.locate(wide));
        assertTrue(e.getMessage().startsWith("part wide does not show the part"), e.getMessage());
        assertFalse(e.getMessage().contains("\n"));
        e = assertThrows(
                InputException.class, () -> CropBuilder.of(PartSource.inMemory(List.of(wide)), SIZE, Progress.NONE));
        assertTrue(e.getMessage().contains("fill the view"), e.getMessage());
        RgbImage image = new RgbImage(32, 32, new byte[3 * 32 * 32]);
        e = assertThrows(
                InputException.class,
                () -> CropBuilder.of(
                        List.of(() -> Part.of("n", image, SurfaceNormals.encoded(image))), 32, Progress.NONE));
        assertTrue(e.getMessage().contains("has surface normals, which cannot be aligned"), e.getMessage());
    }

    @Test
    void whatLiesBesideThePartDoesNotCount() {
        Part part = new RigidPart(CAMERA, 0, 0, 0).draw("p", 0.05, 0, 0, 0, 5);
        float[] alone = new PartThumbs(new PartView(part, SIZE)).largestBox();
        float[] xyz = part.xyz().xyz().clone();
        for (int y = 4; y < 10; y++) {
            for (int x = 4; x < 10; x++) {
                xyz[3 * (y * CAMERA + x) + 2] = 0.39f;
            }
        }
        Part beside = Part.of("beside", part.rgb(), new PointCloud(CAMERA, CAMERA, xyz));
        float[] box = new PartThumbs(new PartView(beside, SIZE)).largestBox();
        for (int i = 0; i < 4; i++) {
            assertEquals(alone[i], box[i], 1.0 / 64, "side " + i);
        }
    }
}
