package io.trd4j.data.prepare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.Noise;
import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.model.Geometry;
import io.trd4j.model.MetricGeometry;
import io.trd4j.ops.ElementType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Spacing and noise of clouds of which both are known, and what follows from them. */
class MetricMeasurementTest {
    private static final int S = 64;

    /** A curved part on a tilted table, the same noise everywhere; every 29th point is missing. */
    private static Part part(int width, int height, double spacing, double noise, int seed) {
        float[] xyz = new float[3 * width * height];
        for (int i = 0; i < width * height; i++) {
            double x = spacing * (i % width - width / 2.0);
            double y = spacing * (i / width - height / 2.0);
            double bulge = Math.max(0, 5e-4 - 5e-4 * (x * x + y * y) / Math.pow(0.3 * spacing * width, 2));
            if (i % 29 != 0) {
                xyz[3 * i] = (float) x;
                xyz[3 * i + 1] = (float) y;
                xyz[3 * i + 2] = (float) (0.6 + 0.1 * x - 0.05 * y - bulge + noise * Noise.gaussian(seed, i));
            }
        }
        return Part.of("p" + seed, new RgbImage(1, 1, new byte[3]), new PointCloud(width, height, xyz));
    }

    private static MetricMeasurement measure(int width, int height, double spacing, double noise) throws Exception {
        List<Part> parts = new ArrayList<>();
        for (int seed = 1; seed <= 3; seed++) {
            parts.add(part(width, height, spacing, noise, seed));
        }
        return MetricMeasurement.of(PartSource.inMemory(parts), S);
    }

    @Test
    void measuresSpacingAndNoiseOfThePixels() throws Exception {
        // As many points as pixels; nine points to a pixel, whose mean has a third of the noise; fewer points.
        MetricMeasurement same = measure(S, S, 0.5e-3, 4e-5);
        assertEquals(0.5e-3, same.geometry().spacingMetres(), 0.5e-6);
        assertEquals(4e-5, same.noise(), 4e-6);
        MetricMeasurement finer = measure(3 * S, 3 * S, 0.5e-3 / 3, 4e-5);
        assertEquals(0.5e-3, finer.geometry().spacingMetres(), 1e-6);
        assertEquals(4e-5 / 3, finer.noise(), 1e-6);
        MetricMeasurement coarser = measure(S / 2, S / 2, 1e-3, 4e-5);
        assertEquals(0.5e-3, coarser.geometry().spacingMetres(), 0.5e-6);
        assertEquals(4e-5, coarser.noise(), 4e-6);
        assertTrue(same.measured() && same.toString().startsWith("metric geometry: pixels of 0.500 mm, noise"));
    }

    /** The noise of the image's slope, measured on a noisy plane, is what the rule says it is. */
    @Test
    void noiseTiltsByAsMuchAsTheRuleSays() throws Exception {
        float[] xyz = new float[3 * S * S];
        for (int i = 0; i < S * S; i++) {
            xyz[3 * i] = 0.5e-3f * (i % S);
            xyz[3 * i + 1] = 0.5e-3f * (i / S);
            xyz[3 * i + 2] = (float) (0.6 + 1e-4 * Noise.gaussian(7, i));
        }
        Part plane = Part.of("plane", new RgbImage(1, 1, new byte[3]), new PointCloud(S, S, xyz));
        MetricGeometry scales = MetricMeasurement.scales(S, 0.5e-3, 1e-4);
        assertEquals(0.7, scales.smoothPixels());
        assertTrue(scales.slopeGain() > 1 && scales.slopeGain() < MetricMeasurement.MAX_GAIN, scales.toString());
        float[] image;
        try (Preparation preparation =
                new Preparation(S, Geometry.metric(scales.withoutGround()), ElementType.FLOAT32)) {
            image = Prepared.second(preparation, plane, S).values();
        }
        double sum = 0;
        for (int i = 0; i < S * S; i++) {
            double slope = -2 * (image[3 * i] * 0.229 + 0.485 - 0.5);
            sum += slope * slope;
        }
        assertEquals(MetricMeasurement.TILT, Math.sqrt(sum / (S * S)), 0.004);
    }

    @Test
    void scalesStayWithinTheirBounds() {
        MetricGeometry exact = MetricMeasurement.scales(256, 0.5e-3, 0);
        assertEquals(new MetricGeometry(0.7, 0.5e-3, MetricMeasurement.MAX_GAIN, 6, 0.25e-3, 0.05e-3), exact);
        MetricGeometry prototype = MetricMeasurement.scales(256, 0.46e-3, 0.05e-3);
        assertEquals(MetricMeasurement.MAX_GAIN, prototype.slopeGain());
        assertEquals(1e-3, prototype.reliefMetres(), 1e-9);
        MetricGeometry coarse = MetricMeasurement.scales(256, 0.5e-3, 2e-3);
        assertEquals(1, coarse.slopeGain());
        assertEquals(2.8, coarse.smoothPixels());
        assertTrue(MetricMeasurement.scales(256, 0.5e-3, 2e-4).smoothPixels() > 0.7, "noise is smoothed away first");
    }

    /** Of a part on a table the table is the ground; of one that fills the view nothing is. */
    @Test
    void theGroundIsTheTable() throws Exception {
        MetricGeometry onTable = measure(S, S, 0.5e-3, 4e-5).geometry();
        assertEquals(onTable.reliefMetres() / MetricMeasurement.GROUND_SHARE, onTable.groundMetres());
        List<Part> waves = new ArrayList<>();
        for (int seed = 1; seed <= 3; seed++) {
            float[] xyz = part(S, S, 0.5e-3, 4e-5, seed).xyz().xyz().clone();
            for (int i = 0; i < S * S; i++) {
                if (xyz[3 * i + 2] != 0) {
                    xyz[3 * i + 2] += (float) (5e-3 * Math.sin(0.4 * (i % S)));
                }
            }
            waves.add(Part.of("w" + seed, new RgbImage(1, 1, new byte[3]), new PointCloud(S, S, xyz)));
        }
        MetricMeasurement wavy = MetricMeasurement.of(PartSource.inMemory(waves), S);
        assertEquals(0, wavy.geometry().groundMetres());
        assertTrue(wavy.toString().endsWith("all is shown"), wavy.toString());
    }

    @Test
    void partsWithoutPointsGiveTheFallback() throws Exception {
        Part colour = Part.of("c", new RgbImage(1, 1, new byte[3]), new PointCloud(8, 8, new float[3 * 64]));
        MetricMeasurement none = MetricMeasurement.of(PartSource.inMemory(List.of(colour)), S);
        assertFalse(none.measured());
        assertEquals(MetricGeometry.unmeasured(S), none.geometry());
        assertTrue(none.toString().contains("fallback"));
    }
}
