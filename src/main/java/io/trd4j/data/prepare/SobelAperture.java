package io.trd4j.data.prepare;

import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.io.InputException;
import io.trd4j.io.Stop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The Sobel aperture for surface normals, 3, 5 or 7, chosen from normal parts, where the reference has a constant per
 * category.
 *
 * <p>Sobel's gain is 8, 128 or 2048, and depth is scaled to the part's own range before: the aperture mainly says how
 * much slopes are exaggerated. With too little, all normals look upwards and a dent is fainter than what a teacher
 * notices; with too much, all lie flat, turn with the sensor's noise, and have nothing left to say of a hole or a
 * crack. The right amount depends on the part's relief, the noise, and the pixels per part, so it is measured, on the
 * images that the network will see:
 *
 * <ol>
 *   <li>The sensor's noise σ of a part is the median of |second difference along x of the second difference along y| of
 *       z over 3 x 3 foreground points, divided by 0.6745 · 6: planes, cylinders and smooth curvature do not count.
 *   <li>Per aperture, the normals are prepared three times: as they are, with Gaussian noise of deviation σ added to z,
 *       and with a relief added: dents and bumps side by side, {@value ApertureVisibility#RELIEF} of the part's range
 *       of z high, one in each block of {@value ApertureVisibility#BLOCK} x {@value ApertureVisibility#BLOCK} pixels of
 *       the network's input.
 *   <li>In each block that lies in the foreground, d² = mean squared change by the relief / (mean squared change by the
 *       noise + {@value ApertureVisibility#FLOOR}²); the floor, in units of the normalised input, is a contrast of 3
 *       grey levels, which a teacher may miss.
 *   <li>Visibility of the aperture = mean of ½·log2(1 + d²) over all blocks: bits that a block's pixel tells of the
 *       relief. The smallest aperture with {@value #ENOUGH} bits is taken: there, the relief changes the image as much
 *       as noise and floor do. A larger one would show small dents even better, and steep defects worse. Where none
 *       reaches that, the one with the highest is.
 * </ol>
 *
 * At most {@value #MAX_PARTS} parts, evenly spaced, are looked at. Where none has foreground of {@value #MIN_BLOCKS}
 * blocks, or parts have surface-normal images or depth is the modality, it is {@value #FALLBACK}. The same files give
 * the same choice.
 *
 * @param kernel the aperture
 * @param visibility bits of apertures 3, 5 and 7; empty when the fallback was taken
 * @param noise of z, median over the parts, metres; 0 with the fallback
 */
public record SobelAperture(int kernel, List<Double> visibility, double noise) {
    /** Taken when nothing can be measured: the reference's for most categories. */
    public static final int FALLBACK = 5;

    /** Half a bit is d² = 1. */
    static final double ENOUGH = 0.5;

    private static final int MAX_PARTS = 20;
    private static final int MIN_BLOCKS = 4;

    /** Why and what, in one line. */
    @Override
    public String toString() {
        if (visibility.isEmpty()) {
            return "normal kernel " + kernel + ", the fallback: no normal part has enough depth to choose from";
        }
        return String.format(
                Locale.ROOT,
                "normal kernel %d: small dents are visible by %.2f, %.2f, %.2f bits with 3, 5, 7; noise of z %.3f mm",
                kernel,
                visibility.get(0),
                visibility.get(1),
                visibility.get(2),
                1000 * noise);
    }

    private static int smallestEnough(List<Double> visibility) {
        for (int k = 0; k < visibility.size(); k++) {
            if (visibility.get(k) >= ENOUGH) {
                return k;
            }
        }
        return visibility.indexOf(Collections.max(visibility));
    }

    /**
     * Chooses from normal parts.
     *
     * @param size S, the network's input size
     * @throws InputException when a part cannot be read; a part without foreground is skipped
     */
    public static SobelAperture choose(List<? extends PartSource> normal, int size) throws IOException {
        int parts = Math.min(normal.size(), MAX_PARTS);
        double[] bits = new double[ApertureVisibility.KERNELS.size()];
        int blocks = 0;
        List<Double> noises = new ArrayList<>();
        try (ApertureVisibility visibility = new ApertureVisibility(size)) {
            for (int i = 0; i < parts; i++) {
                Stop.check();
                Part part = normal.get((int) ((long) i * normal.size() / parts)).load();
                ApertureVisibility.Result seen = part.xyz() == null ? null : visibility.of(part);
                if (seen != null) {
                    blocks += seen.blocks();
                    noises.add(seen.noise());
                    for (int k = 0; k < bits.length; k++) {
                        bits[k] += seen.bits()[k];
                    }
                }
            }
        }
        if (blocks < MIN_BLOCKS) {
            return new SobelAperture(FALLBACK, List.of(), 0);
        }
        List<Double> means = new ArrayList<>();
        for (double sum : bits) {
            means.add(sum / blocks);
        }
        Collections.sort(noises);
        return new SobelAperture(
                ApertureVisibility.KERNELS.get(smallestEnough(means)), means, noises.get(noises.size() / 2));
    }
}
