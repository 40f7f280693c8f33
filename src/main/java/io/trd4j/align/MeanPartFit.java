package io.trd4j.align;

import io.trd4j.model.Alignment;
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
    /** So many times the power of the noise that is expected is noise: neighbouring pixels may be alike in it. */
    private static final double NOISE = 2;

    private static final int EVERY = 16;

    private final PositionFilters filters;
    private final int channel;
    private final double fine;
    private final double coarse;
    /** Pixels of a view per pixel of the frame. */
    private final double ratio;

    private final double mean;
    private final List<float[]> rests = new ArrayList<>();
    private final List<float[]> bends = new ArrayList<>();

    /** @param channel 0 = brightness, or {@link PositionFilters#RELIEF} */
    MeanPartFit(PositionFilters filters, Alignment alignment, int channel) {
        this.filters = filters;
        this.channel = channel;
        int size = alignment.size();
        fine = FINE * size / 256;
        coarse = COARSE * size / 256;
        ratio = (double) alignment.frame()[2] * alignment.view() / size;
        float[] band = filters.smooth(image(alignment, channel), fine);
        float[] smooth = filters.smooth(image(alignment, channel), coarse);
        for (int i = 0; i < band.length; i++) {
            band[i] -= smooth[i];
        }
        float[] packed = new float[filters.area.pixels()];
        filters.pack(band, 0, packed);
        mean = usual(List.of(packed));
    }

    /** The mean part's, S x S. */
    private static float[] image(Alignment alignment, int channel) {
        float[] mean = alignment.mean();
        int pixels = alignment.size() * alignment.size();
        if (channel == PositionFilters.RELIEF) {
            return Arrays.copyOfRange(mean, channel * pixels, (channel + 1) * pixels);
        }
        float[] brightness = new float[pixels];
        for (int i = 0; i < pixels; i++) {
            brightness[i] = (mean[i] + mean[pixels + i] + mean[2 * pixels + i]) / 3;
        }
        return brightness;
    }

    /** Measures the noise of a part, as it was located last, where its pixels are still the sensor's. */
    void look(Locator part) {
        int[] area = filters.area.indices();
        float[] bend = new float[(area.length + EVERY - 1) / EVERY];
        int count = 0;
        for (int k = 0; k < area.length; k += EVERY) {
            float value = part.bend(area[k], channel);
            if (!Float.isNaN(value)) {
                bend[count++] = value;
            }
        }
        bends.add(Arrays.copyOf(bend, count));
    }

    /** Adds what a normal part's difference from the mean one has left, on the area. */
    void add(FloatPointer difference) {
        float[] band = filters.band(difference, fine, coarse);
        float[] some = new float[(band.length + EVERY - 1) / EVERY];
        for (int i = 0; i < some.length; i++) {
            some[i] = band[i * EVERY];
        }
        rests.add(some);
    }

    /** The share, 0 to 1; 1 where nothing is left to explain. */
    double share() {
        double rest = usual(rests);
        double pixel = usual(bends) / Math.sqrt(6);
        double narrow = width(fine);
        double wide = width(coarse);
        double left = 1 / (4 * Math.PI * narrow) + 1 / (4 * Math.PI * wide) - 1 / (Math.PI * (narrow + wide));
        double noise = NOISE * pixel * pixel * left;
        double unexplained = Math.max(rest * rest, noise);
        return unexplained == 0 ? 1 : (mean * mean + noise) / (mean * mean + unexplained);
    }

    /** Variance of a Gaussian and the interpolation before it, in pixels of a view. */
    private double width(double deviation) {
        return deviation * ratio * (deviation * ratio) + 1.0 / 6;
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
