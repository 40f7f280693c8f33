package io.trd4j.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.io.Progress;
import io.trd4j.model.Alignment;
import io.trd4j.ops.Retained;
import java.io.IOException;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whether differences from the mean part say anything: told from noise and from textures that differ. */
final class MeanPartFitTest {
    private static final int SIZE = 96;
    private static final int PIXELS = SIZE * SIZE;
    private static Alignment alignment;

    @BeforeAll
    static void align() throws IOException {
        alignment = AlignmentBuilder.of(RigidPart.normal(8, 128, 0.05, 1), SIZE, Progress.NONE)
                .alignment()
                .withPositions(null);
    }

    /** White noise, smoothed by a Gaussian where its deviation is above 0, of a standard deviation. */
    private static float[] texture(PositionFilters filters, double sigma, double deviation, long seed) {
        Random random = new Random(seed);
        float[] image = new float[PIXELS];
        for (int i = 0; i < PIXELS; i++) {
            image[i] = (float) random.nextGaussian();
        }
        float[] smooth = sigma > 0 ? filters.smooth(image, sigma) : image;
        double squares = 0;
        for (float value : smooth) {
            squares += (double) value * value;
        }
        float scale = (float) (deviation / Math.sqrt(squares / PIXELS));
        for (int i = 0; i < PIXELS; i++) {
            smooth[i] *= scale;
        }
        return smooth;
    }

    /** @param sigma of the texture that 6 parts have each of their own; 0 = noise of single pixels */
    private static double share(double meanDeviation, double sigma, double deviation) {
        try (PositionFilters filters = new PositionFilters(alignment)) {
            MeanPartFit fit = new MeanPartFit(filters, SIZE, texture(filters, 1.2, meanDeviation, 1));
            float[] packed = new float[filters.area.pixels()];
            for (int part = 0; part < 6; part++) {
                filters.pack(texture(filters, sigma, deviation, 2 + part), 0, packed);
                try (FloatPointer difference = Retained.of(new FloatPointer(packed))) {
                    fit.add(difference);
                }
            }
            return fit.share();
        }
    }

    @Test
    void whatTheMeanPartShowsIsExplained() {
        assertTrue(share(10, 1.2, 1) > 0.95);
    }

    @Test
    void aTextureOfEachPartsOwnIsNot() {
        double share = share(3, 1.2, 3);
        // As much in the mean part as in what is left of each.
        assertEquals(0.5, share, 0.1);
        assertTrue(share(1, 1.2, 3) < 0.25);
    }

    @Test
    void aPlainPartWithNoiseAloneIsExplained() {
        assertTrue(share(1e-3, 0, 3) > MeanPartFit.ENOUGH, "share " + share(1e-3, 0, 3));
    }

    @Test
    void partsWithoutAnyDifferenceAreExplained() {
        try (PositionFilters filters = new PositionFilters(alignment)) {
            MeanPartFit flat = new MeanPartFit(filters, SIZE, new float[PIXELS]);
            try (FloatPointer nothing = Retained.of(new FloatPointer(new float[filters.area.pixels()]))) {
                flat.add(nothing);
            }
            assertEquals(1, flat.share(), 0);
        }
    }
}
