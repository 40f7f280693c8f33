package io.trd4j.align;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * How much of what normal parts show at a defect's size the mean part explains, in brightness or relief (specification,
 * section 9): near 1 for parts that are alike at every place, near 0 where each has a texture of its own, whose
 * differences from the mean say nothing. The sensor's noise does not count as such texture.
 */
final class MeanPartFit {
    /** From here on, differences from the mean part are looked at. */
    static final double ENOUGH = 0.8;

    /** The smaller and the larger Gaussian of the band, in 256ths of the frame's side. */
    private static final double FINE = 2;

    private static final double COARSE = 5;
    /** Of a normal distribution, its standard deviation per median size. */
    private static final double USUAL = 1.4826;

    private static final int EVERY = 16;

    private final PositionFilters filters;
    private final int size;
    private final double mean;
    private final List<float[]> rests = new ArrayList<>();
    private final List<float[]> bends = new ArrayList<>();

    /**
     * @param filters on the part's area, with functions set
     * @param image the mean part's brightness or relief, S x S
     */
    MeanPartFit(PositionFilters filters, int size, float[] image) {
        this.filters = filters;
        this.size = size;
        float[] fine = filters.smooth(image, FINE * size / 256);
        float[] coarse = filters.smooth(image, COARSE * size / 256);
        for (int i = 0; i < fine.length; i++) {
            fine[i] -= coarse[i];
        }
        float[] band = new float[filters.area.pixels()];
        filters.pack(fine, 0, band);
        mean = usual(List.of(band));
    }

    /** Adds what a normal part's difference from the mean one has left, on the area. */
    void add(FloatPointer difference) {
        float[] rest = new float[filters.area.pixels()];
        difference.get(rest);
        rests.add(some(filters.band(difference, FINE * size / 256, COARSE * size / 256), rest.length));
        float[] bend = new float[rest.length];
        int next = 0;
        for (int run = 0, k = 0; run < filters.area.runs(); k += filters.area.length(run), run++) {
            for (int i = k + 1; i < k + filters.area.length(run) - 1; i++) {
                bend[next++] = rest[i - 1] - 2 * rest[i] + rest[i + 1];
            }
        }
        bends.add(some(bend, next));
    }

    /** Every 16th of so many values says how large they are. */
    private static float[] some(float[] values, int count) {
        float[] some = new float[(count + EVERY - 1) / EVERY];
        for (int i = 0; i < some.length; i++) {
            some[i] = values[i * EVERY];
        }
        return some;
    }

    /** The share, 0 to 1. */
    double share() {
        double rest = usual(rests);
        double pixel = usual(bends) / Math.sqrt(6);
        // What a Gaussian leaves of noise that differs from pixel to pixel.
        double fine = FINE * size / 256;
        double noise = pixel * pixel / (1 + 4 * Math.PI * fine * fine);
        double unexplained = Math.max(rest * rest, noise);
        return unexplained == 0 ? 1 : (mean * mean + noise) / (mean * mean + unexplained);
    }

    private static double usual(List<float[]> values) {
        float[] sizes = new float[values.stream().mapToInt(part -> part.length).sum()];
        int next = 0;
        for (float[] part : values) {
            for (float value : part) {
                sizes[next++] = Math.abs(value);
            }
        }
        Arrays.sort(sizes);
        return sizes.length == 0 ? 0 : USUAL * sizes[sizes.length / 2];
    }
}
