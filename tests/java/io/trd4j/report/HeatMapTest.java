package io.trd4j.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class HeatMapTest {
    private static RgbImage grey(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        Arrays.fill(rgb, (byte) 128);
        return new RgbImage(width, height, rgb);
    }

    @Test
    void atTheLowEndThePartIsUntouched() {
        byte[] noise = new byte[3 * 7 * 5];
        new Random(2).nextBytes(noise);
        RgbImage part = new RgbImage(7, 5, noise);
        RgbImage out = HeatMap.overlay(part, new float[] {1, 0, -5, Float.NaN}, 2, 1, 4);
        assertEquals(7, out.width());
        assertEquals(5, out.height());
        assertArrayEquals(noise, out.rgb());
    }

    @Test
    void coloursAreFixedByTheScaleNotByTheMap() {
        float[] map = new float[16];
        Arrays.fill(map, 3);
        byte[] alone = HeatMap.overlay(grey(4, 4), map, 4, 0, 4).rgb();
        map[15] = 100;
        byte[] besideAPeak = HeatMap.overlay(grey(4, 4), map, 4, 0, 4).rgb();
        assertArrayEquals(Arrays.copyOf(alone, 3 * 15), Arrays.copyOf(besideAPeak, 3 * 15));
        Arrays.fill(map, 4);
        byte[] end = HeatMap.overlay(grey(4, 4), map, 4, 0, 4).rgb();
        assertArrayEquals(Arrays.copyOfRange(end, 45, 48), Arrays.copyOfRange(besideAPeak, 45, 48));
        // Turbo ends in a dark red (122, 4, 3); at opacity 0.8 over grey 128: (123, 29, 28).
        assertArrayEquals(new byte[] {123, 29, 28}, Arrays.copyOf(end, 3));
        // A little above the low end it is a blue: red stays lowest.
        Arrays.fill(map, 0.5f);
        byte[] low = HeatMap.overlay(grey(4, 4), map, 4, 0, 4).rgb();
        assertTrue((low[2] & 0xff) > (low[0] & 0xff), Arrays.toString(Arrays.copyOf(low, 3)));
    }

    @Test
    void theMapIsStretchedBilinearlyToAnyResolution() {
        // Pixel centres lie at halves: from 2 to 4 columns the weights are 1, 3/4, 1/4, 0.
        float[] wide = Images.stretch(new float[] {0, 4, 0, 4}, 2, 4, 3);
        assertArrayEquals(new float[] {0, 1, 3, 4, 0, 1, 3, 4, 0, 1, 3, 4}, wide, 1e-6f);
        RgbImage out = HeatMap.overlay(grey(640, 480), new float[] {0, 4, 0, 4}, 2, 0, 4);
        assertEquals(128, out.rgb()[0] & 0xff);
        assertEquals(123, out.rgb()[3 * 639] & 0xff);
    }

    @Test
    void layersAndOutlinesAreTransparentWhereNothingIs() throws IOException {
        BufferedImage layer = ImageIO.read(
                new ByteArrayInputStream(HeatMap.layer(new float[] {0, 4, 0, 4}, 2, 8, new HeatScale(0, 4))));
        assertEquals(0, layer.getRGB(0, 0) >>> 24);
        assertEquals(204, layer.getRGB(7, 0) >>> 24);
        assertEquals(0x7a0403, layer.getRGB(7, 0) & 0xffffff);
        boolean[] mask = new boolean[64];
        Arrays.fill(mask, 27, 29, true);
        Arrays.fill(mask, 35, 37, true);
        BufferedImage outline = ImageIO.read(new ByteArrayInputStream(HeatMap.outline(mask, 8, 80)));
        assertEquals(0, outline.getRGB(5, 5));
        assertEquals(0, outline.getRGB(40, 40), "inside");
        assertEquals(-1, outline.getRGB(30, 35), "the edge of the mask's first column");
        assertEquals(-1, outline.getRGB(29, 35), "and the pixel before it");
    }

    @Test
    void picturesAreShrunkNeverEnlarged() {
        RgbImage big = grey(400, 100);
        RgbImage small = Images.fit(big, 160);
        assertEquals(160, small.width());
        assertEquals(40, small.height());
        assertEquals(128, small.rgb()[100] & 0xff);
        assertEquals(big, Images.fit(big, 400));
        assertEquals(1, Images.fit(grey(1000, 1), 160).height());
    }

    @Test
    void refusesSizesAndScalesThatDoNotFit() {
        RgbImage part = grey(4, 4);
        assertThrows(IllegalArgumentException.class, () -> HeatMap.overlay(part, new float[5], 2, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> HeatMap.overlay(part, new float[4], 2, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> HeatMap.overlay(part, new float[4], 2, 0, Float.NaN));
        assertThrows(IllegalArgumentException.class, () -> HeatMap.outline(new boolean[5], 2, 4));
    }
}
