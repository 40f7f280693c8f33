package io.trd4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.image.PointCloudReader;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Points that are not metres, x, y, z, or mark missing points by a value: mended when stated, refused when not. */
class PointConventionTest {
    private static final int SIDE = 96;
    private static final float[] PART =
            SyntheticParts.part(SyntheticProduct.COOKIE, SIDE, 3).xyz().xyz();

    private static PointCloud cloud(float[] xyz) {
        return new PointCloud(SIDE, SIDE, xyz);
    }

    private static PointCloud apply(PointConvention convention, String source, PointCloud cloud) {
        return CheckedPoints.of(source, cloud, convention);
    }

    private static float[] applied(PointConvention convention, float[] xyz) {
        return apply(convention, "part.tiff", cloud(xyz)).xyz();
    }

    private static String refused(PointConvention convention, float[] xyz) {
        String message = assertThrows(InputException.class, () -> apply(convention, "part.tiff", cloud(xyz)))
                .getMessage();
        assertTrue(message.startsWith("part.tiff ") && message.indexOf('\n') < 0, message);
        return message;
    }

    private static void assertNames(String option, String message) {
        assertTrue(message.contains(option), message);
    }

    /** Each point by itself; missing ones stay. */
    private static float[] each(float[] xyz, UnaryOperator<float[]> change) {
        float[] result = new float[xyz.length];
        for (int i = 0; i < xyz.length; i += 3) {
            System.arraycopy(change.apply(new float[] {xyz[i], xyz[i + 1], xyz[i + 2]}), 0, result, i, 3);
        }
        return result;
    }

    private static float[] scaled(float[] xyz, double factor) {
        return each(xyz, p -> new float[] {(float) (p[0] * factor), (float) (p[1] * factor), (float) (p[2] * factor)});
    }

    /** With another mark for missing points in place of 0. */
    private static float[] marked(float[] xyz, float x, float y, float z) {
        return each(xyz, p -> p[2] == 0 ? new float[] {x, y, z} : p);
    }

    @ParameterizedTest
    @EnumSource(SyntheticProduct.class)
    void goodCloudsStayAsTheyAre(SyntheticProduct product) {
        for (long seed = 0; seed < 3; seed++) {
            PointCloud good = SyntheticParts.part(product, SIDE, seed).xyz();
            assertSame(good, apply(PointConvention.UNSTATED, "part.tiff", good));
            assertSame(good, apply(PointConvention.UNSTATED.withMetresPerUnit(1).withAxes(PointAxes.XYZ), "a", good));
        }
    }

    @Test
    void goodFilesStayAsTheyAre() throws IOException {
        try (Stream<Path> files = Files.walk(Fixtures.ROOT.resolve("golden"))) {
            List<Path> clouds = files.filter(
                            f -> f.toString().endsWith(".tiff") && f.toString().contains("xyz"))
                    .toList();
            assertFalse(clouds.isEmpty());
            for (Path file : clouds) {
                PointCloud good = PointCloudReader.read(file);
                assertSame(good, apply(PointConvention.UNSTATED, file.toString(), good));
            }
        }
    }

    /** From a microscope to a pallet, over a plane tilted so much, degrees. */
    @ParameterizedTest
    @CsvSource({
        "0.05, 5e-6, 0",
        "0.05, 5e-6, 30",
        "0.3, 0.0005, 45",
        "0.6, 0.001, 60",
        "1, 0.004, 0",
        "5, 0.03, 0",
        "5, 0.01, 45",
        "2, 0.001, 70"
    })
    void realScalesAndTiltsPass(double distance, double spacing, double tilt) {
        Random random = new Random(1);
        for (boolean perspective : new boolean[] {true, false}) {
            float[] xyz = new float[3 * SIDE * SIDE];
            double focal = distance / spacing;
            for (int i = 0; i < SIDE * SIDE; i++) {
                double u = i % SIDE - SIDE / 2.0;
                double v = i / SIDE - SIDE / 2.0;
                double slope = Math.tan(Math.toRadians(tilt)) / focal;
                double z = distance / (1 - slope * u) * (1 + 1e-4 * random.nextGaussian())
                        - (Math.hypot(u, v) < 20 ? 5 * spacing : 0);
                double by = (perspective ? z : distance) / focal;
                xyz[3 * i] = (float) (u * by);
                xyz[3 * i + 1] = (float) (v * by);
                xyz[3 * i + 2] = (float) z;
            }
            assertSame(xyz, applied(PointConvention.UNSTATED, xyz));
            // Without perspective, in a frame of its own: heights around 0, the origin elsewhere, y upwards.
            float[] world = each(xyz, p -> new float[] {p[0] + 2, 1 - p[1], (float) (distance - p[2])});
            assertSame(world, applied(PointConvention.UNSTATED, world));
            // A camera that was turned by a quarter.
            float[] turned = each(xyz, p -> new float[] {-p[1], p[0], p[2]});
            assertSame(turned, applied(PointConvention.UNSTATED, turned));
        }
    }

    @ParameterizedTest
    @CsvSource({"1000, mm, 0.001", "1e6, um, 1e-6"})
    void otherUnitsAreRefusedOrStated(double factor, String unit, double metres) {
        float[] other = scaled(PART, factor);
        assertNames("--point-unit " + unit, refused(PointConvention.UNSTATED, other));
        assertNames("--point-unit " + unit, refused(PointConvention.UNSTATED.withMetresPerUnit(1), other));
        assertArrayEquals(PART, applied(PointConvention.UNSTATED.withMetresPerUnit(metres), other), 1e-7f);
        assertNames("leave --point-unit away", refused(PointConvention.UNSTATED.withMetresPerUnit(metres), PART));
    }

    /** In millimetres, near and in fine steps, a sensor's own heights around 0, or far away. */
    @ParameterizedTest
    @CsvSource({"50, 0.005, 0", "80, 0.02, 0", "300, 0.15, 300", "5000, 10, 0", "400, 0.5, 0"})
    void millimetresOfAllKindsAreRefused(double distance, double spacing, double origin) {
        float[] xyz = new float[3 * SIDE * SIDE];
        for (int i = 0; i < SIDE * SIDE; i++) {
            xyz[3 * i] = (float) (spacing * (i % SIDE - 40));
            xyz[3 * i + 1] = (float) (spacing * (i / SIDE - 50));
            xyz[3 * i + 2] = (float) (distance - origin + 0.001 + spacing * Math.sin(0.37 * i));
        }
        assertNames("--point-unit mm", refused(PointConvention.UNSTATED, xyz));
    }

    @ParameterizedTest
    @ValueSource(floats = {-1, -9999, -32768, 1e4f, 65535, 32767, -99999, 123.5f, 40, -3})
    void valuesForMissingPointsAreRecognisedAndStated(float value) {
        for (float[] marked : List.of(
                marked(PART, value, value, value), marked(PART, 0, 0, value), marked(PART, Float.NaN, 0.01f, value))) {
            float[] expected = each(marked, p -> p[2] == value ? new float[3] : p);
            assertArrayEquals(expected, applied(PointConvention.UNSTATED.withMissing(List.of(value)), marked));
            assertPoints(PART, applied(PointConvention.UNSTATED, marked));
        }
    }

    /** The same points are there, bit for bit, and the same are missing. */
    private static void assertPoints(float[] expected, float[] actual) {
        for (int i = 0; i < expected.length; i += 3) {
            boolean point = PointCloud.isPoint(expected[i], expected[i + 1], expected[i + 2]);
            assertEquals(point, PointCloud.isPoint(actual[i], actual[i + 1], actual[i + 2]), "point " + i / 3);
            for (int k = i; point && k < i + 3; k++) {
                assertEquals(expected[k], actual[k]);
            }
        }
    }

    @Test
    void missingPointsAlongTheirRaysAreRecognised() {
        // x and y computed of the mark as of any depth: only z recurs.
        float[] rays = PART.clone();
        for (int i = 0; i < SIDE * SIDE; i++) {
            if (PART[3 * i + 2] == 0) {
                rays[3 * i] = (i % SIDE - 48) * -0.002f;
                rays[3 * i + 1] = (i / SIDE - 48) * -0.002f;
                rays[3 * i + 2] = -1;
            }
        }
        assertPoints(PART, applied(PointConvention.UNSTATED, rays));
    }

    @Test
    void missingPointsOfMillimetresAreRecognisedBesideTheUnit() {
        float[] other = marked(scaled(PART, 1000), -1, -1, -1);
        assertNames("--point-unit mm", refused(PointConvention.UNSTATED, other));
        float[] metres = applied(PointConvention.UNSTATED.withMetresPerUnit(1e-3), other);
        for (int i = 2; i < PART.length; i += 3) {
            assertEquals(PART[i], metres[i], 1e-7f);
        }
    }

    @Test
    void theOriginOfAMovedFrameIsRecognised() {
        // The camera's place in the world, amid the depths of the part.
        float[] world =
                marked(each(PART, p -> new float[] {p[0] + 1.5f, 0.3f - p[1], 0.7f - p[2]}), 1.5f, 0.3f, 0.085f);
        float[] result = applied(PointConvention.UNSTATED, world);
        for (int i = 0; i < PART.length; i += 3) {
            assertEquals(PART[i + 2] == 0 ? 0 : world[i + 2], result[i + 2]);
        }
    }

    /** Depths in coarse steps recur, too: a level table, and a block on it. */
    @Test
    void wholeNumbersAreNoMarks() {
        float[] xyz = new float[3 * SIDE * SIDE];
        for (int i = 0; i < SIDE * SIDE; i++) {
            boolean block = i % SIDE > 40 && i % SIDE < 60 && i / SIDE > 30 && i / SIDE < 70;
            xyz[3 * i] = Math.round(1.3 * (i % SIDE)) / 1000f;
            xyz[3 * i + 1] = Math.round(1.3 * (i / SIDE)) / 1000f;
            xyz[3 * i + 2] = block ? 0.57f : 0.6f;
        }
        assertSame(xyz, applied(PointConvention.UNSTATED, xyz));
    }

    @ParameterizedTest
    @ValueSource(strings = {"z,y,x", "z,x,y", "y,x,z", "x,z,y", "y,z,x", "x,y,-z", "x,-y,-z", "-x,y,-z"})
    void otherAxesAreRefusedOrStated(String text) {
        PointAxes axes = PointAxes.of(text);
        float[] other = each(PART, p -> {
            float[] channels = new float[3];
            int[] from = {axes.x(), axes.y(), axes.z()};
            for (int k = 0; k < 3; k++) {
                channels[Math.abs(from[k]) - 1] = from[k] < 0 ? -p[k] : p[k];
            }
            return channels;
        });
        assertNames("--axes " + text, refused(PointConvention.UNSTATED, other));
        PointConvention stated = PointConvention.UNSTATED.withAxes(axes);
        assertPoints(PART, applied(stated, other));
        assertEquals(text, axes.toString());
        assertEquals(axes, PointAxes.of(text.replace(",", "")));
        // In millimetres it is the axes that are said first, and then the unit.
        assertNames("--axes " + text, refused(PointConvention.UNSTATED, scaled(other, 1000)));
        assertNames("--point-unit mm", refused(stated, scaled(other, 1000)));
        assertSame(other, applied(PointConvention.UNSTATED.withAxes(PointAxes.XYZ), other), "as it is, when stated");
    }

    @Test
    void planesAreRefusedOrStated() {
        float[] planes = new float[PART.length];
        for (int i = 0; i < PART.length; i++) {
            planes[i % 3 * SIDE * SIDE + i / 3] = PART[i];
        }
        assertNames("--axes planar", refused(PointConvention.UNSTATED, planes));
        assertPoints(PART, applied(PointConvention.UNSTATED.withAxes(PointAxes.of("planar")), planes));
    }

    @Test
    void reversedAxesOfASteepPlaneAreRefused() {
        float[] other = new float[3 * SIDE * SIDE];
        for (int i = 0; i < SIDE * SIDE; i++) {
            double z = 0.6 / (1 - 0.0006 * (i % SIDE - 48));
            other[3 * i] = (float) z;
            other[3 * i + 1] = (float) ((i / SIDE - 48) * z / 600);
            other[3 * i + 2] = (float) ((i % SIDE - 48) * z / 600);
        }
        assertNames("--axes z,y,x", refused(PointConvention.UNSTATED, other));
    }

    /** As robots have them: x forwards, y to the left, z upwards. */
    @Test
    void forwardsLeftUpIsRefused() {
        float[] other = each(PART, p -> new float[] {p[2], -p[0], -p[1]});
        assertNames("--axes z,-x,-y", refused(PointConvention.UNSTATED, other));
    }

    /** The same points from a sensor's memory, frame after frame. */
    @ParameterizedTest
    @ValueSource(strings = {"z,y,x", "x,-y,-z", "planar"})
    void memoryIsConvertedAsFilesAre(String text) {
        PointAxes axes = PointAxes.of(text);
        PointConvention convention =
                PointConvention.UNSTATED.withAxes(axes).withMetresPerUnit(1e-3).withMissing(List.of(-1f));
        int stride = axes.planar() ? SIDE + 3 : 3 * SIDE + 5;
        FloatBuffer memory = ByteBuffer.allocateDirect(4 * 3 * SIDE * stride)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        PointCloud cloud = PointCloud.of(memory, SIDE, SIDE, stride, convention);
        for (long seed = 1; seed < 3; seed++) {
            float[] part = marked(
                    SyntheticParts.part(SyntheticProduct.PLATE, SIDE, seed)
                            .xyz()
                            .xyz(),
                    -1e-3f,
                    -1e-3f,
                    -1e-3f);
            int[] from = {axes.x(), axes.y(), axes.z()};
            float[] expected = new float[part.length];
            for (int i = 0; i < SIDE * SIDE; i++) {
                for (int k = 0; k < 3; k++) {
                    int channel = Math.abs(from[k]) - 1;
                    float value = part[3 * i + 2] == -1e-3f ? -1 : Math.signum(from[k]) * (1000 * part[3 * i + k]);
                    int row = axes.planar() ? (channel * SIDE + i / SIDE) * stride : i / SIDE * stride;
                    memory.put(row + (axes.planar() ? i % SIDE : i % SIDE * 3 + channel), value);
                    expected[3 * i + k] = value == -1 ? 0 : (float) (1000 * part[3 * i + k] * 1e-3);
                }
            }
            cloud.update();
            assertPoints(expected, cloud.xyz());
        }
        assertThrows(IllegalArgumentException.class, () -> PointCloud.of(memory, SIDE, 4 * SIDE, stride, convention));
        assertThrows(IllegalArgumentException.class, () -> PointCloud.of(memory, SIDE, SIDE, SIDE - 1, convention));
    }

    @Test
    void listsAndDisorderAreRefused() {
        for (PointCloud list :
                List.of(new PointCloud(PART.length / 3, 1, PART), new PointCloud(1, PART.length / 3, PART))) {
            String message = assertThrows(InputException.class, () -> apply(PointConvention.UNSTATED, "a.tiff", list))
                    .getMessage();
            assertTrue(message.contains("organised"), message);
        }
        float[] mixed = PART.clone();
        Random random = new Random(7);
        for (int i = SIDE * SIDE - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            for (int k = 0; k < 3; k++) {
                float value = mixed[3 * i + k];
                mixed[3 * i + k] = mixed[3 * j + k];
                mixed[3 * j + k] = value;
            }
        }
        assertNames("organised", refused(PointConvention.UNSTATED, mixed));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x,y", "x,y,y", "x,y,z,z", "1,2,3", "x;y;z", "xyw"})
    void unknownAxesAreRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> PointAxes.of(text));
    }
}
