package io.trd4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.io.InputException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What counts of a map, against plain loops over its pixels; and in a model's metadata. */
class RegionOfInterestTest {
    private static final int SIZE = 32;
    private static final String SHA256 = "5".repeat(64);
    private static final Path FILE = Path.of("model.safetensors");

    private static boolean[] random(double share, long seed) {
        Random random = new Random(seed);
        boolean[] mask = new boolean[SIZE * SIZE];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = random.nextDouble() < share;
        }
        return mask;
    }

    private static ModelInfo info() {
        return ModelInfo.of(Backbone.RESNET18, SIZE, Geometry.DEPTH, "a".repeat(64))
                .withCalibration(new Calibration(1, 2, 3, 4))
                .withThresholds(Thresholds.NONE.with(ScoreBranch.RGB, new Thresholds.Limits(Threshold.byHand(3), null)))
                .withPrecisions(new PrecisionTests(null, null, Map.of(), List.of()));
    }

    @Test
    void keepsWhatCounts() {
        boolean[] corners = new boolean[SIZE * SIZE];
        corners[0] = true;
        corners[corners.length - 1] = true;
        boolean[] all = new boolean[SIZE * SIZE];
        Arrays.fill(all, true);
        Random values = new Random(5);
        for (boolean[] mask : new boolean[][] {corners, all, random(0.5, 1), random(0.02, 2), random(0.98, 3)}) {
            RegionOfInterest roi = RegionOfInterest.of(mask, "roi.png", SHA256);
            float[] map = new float[mask.length];
            float[] kept = new float[mask.length];
            float[] counted = new float[mask.length];
            int n = 0;
            for (int i = 0; i < map.length; i++) {
                map[i] = (float) values.nextGaussian() - 5; // all below 0: what is left out must not win
                if (mask[i]) {
                    kept[i] = map[i];
                    counted[n++] = map[i];
                }
                assertEquals(mask[i], roi.counts(i));
                assertEquals(mask[i] ? 1 : 0, roi.maskBytes()[i]);
            }
            assertArrayEquals(mask, roi.mask());
            assertEquals(n, roi.pixels());
            assertEquals(n / (double) mask.length, roi.share());
            assertArrayEquals(Arrays.copyOf(counted, n), roi.counted(map));
            roi.keep(map);
            assertArrayEquals(kept, map);
        }
    }

    @Test
    void comesBackFromMetadata() {
        assertNull(ModelInfo.fromMetadata(FILE, info().toMetadata()).regionOfInterest(), "as in models of before");
        for (boolean[] mask : new boolean[][] {random(0.5, 1), random(0.01, 2)}) {
            RegionOfInterest roi = RegionOfInterest.of(mask, "my \"roi\".png", SHA256);
            ModelInfo written = info().withRegionOfInterest(roi);
            ModelInfo read = ModelInfo.fromMetadata(FILE, written.toMetadata());
            assertEquals(written, read);
            assertArrayEquals(mask, read.regionOfInterest().mask());
            assertEquals("my \"roi\".png", read.regionOfInterest().source());
            assertEquals(SHA256, read.regionOfInterest().sourceSha256());
            assertNotEquals(
                    written,
                    info().withRegionOfInterest(RegionOfInterest.of(random(0.5, 9), "my \"roi\".png", SHA256)));
        }
    }

    @Test
    void anotherRegionDropsWhatDependsOnIt() {
        ModelInfo changed = info().withRegionOfInterest(RegionOfInterest.of(random(0.5, 1), "roi.png", SHA256));
        assertNull(changed.calibration());
        assertNull(changed.precisions());
        assertFalse(changed.thresholds().any());
        ModelInfo calibrated = changed.withCalibration(new Calibration(0, 1, 0, 1));
        assertEquals(changed.regionOfInterest(), calibrated.regionOfInterest());
        assertEquals(
                changed.regionOfInterest(),
                calibrated
                        .withPrecisions(info().precisions())
                        .withThresholds(info().thresholds())
                        .regionOfInterest());
    }

    @Test
    void wrongOnesAreRefused() {
        assertTrue(assertThrows(
                        IllegalArgumentException.class,
                        () -> RegionOfInterest.of(new boolean[SIZE * SIZE], "x", SHA256))
                .getMessage()
                .contains("excludes everything"));
        assertThrows(
                IllegalArgumentException.class, () -> RegionOfInterest.of(new boolean[SIZE * SIZE + 8], "x", SHA256));
        assertThrows(IllegalArgumentException.class, () -> RegionOfInterest.of(random(0.5, 1), "x", "5"));
        String sound = info().withRegionOfInterest(RegionOfInterest.of(random(0.5, 1), "roi.png", SHA256))
                .toMetadata()
                .get("trd.roi");
        refused("null", "trd.roi is wrong");
        refused("{}", "trd.roi is wrong");
        refused(sound.replaceFirst("\"share\":[\\d.]+", "\"share\":0.25"), "the share is 0.25");
        refused(sound.replaceFirst("\"mask\":\"[^\"]*\"", "\"mask\":null"), "mask is missing");
        refused(sound.replaceFirst("\"mask\":\"[^\"]*\"", "\"mask\":\"%\""), "trd.roi is wrong");
        refused(sound.replaceFirst("\"mask\":\"[^\"]{8}", "\"mask\":\""), "not square");
        refused(
                sound.replaceFirst("\"mask\":\"[^\"]*\"", "\"mask\":\"" + "A".repeat(171) + "=\""),
                "excludes everything");
        refused(sound.replaceFirst("\"source\":\"[^\"]*\"", "\"source\":null"), "source");
        refused(sound.replace(SHA256, "abc"), "64 hexadecimal digits");
        boolean[] larger = new boolean[4 * SIZE * SIZE];
        larger[7] = true;
        assertTrue(assertThrows(
                        IllegalArgumentException.class,
                        () -> info().withRegionOfInterest(RegionOfInterest.of(larger, "x", SHA256)))
                .getMessage()
                .contains("size 32, not 64"));
    }

    private static void refused(String value, String reason) {
        Map<String, String> metadata = new TreeMap<>(info().toMetadata());
        metadata.put("trd.roi", value);
        String message = assertThrows(InputException.class, () -> ModelInfo.fromMetadata(FILE, metadata), value)
                .getMessage();
        assertTrue(
                message.contains(reason) && message.startsWith("model.safetensors") && !message.contains("\n"),
                message);
    }
}
