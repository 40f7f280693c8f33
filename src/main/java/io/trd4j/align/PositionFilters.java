package io.trd4j.align;

import static org.bytedeco.opencv.global.opencv_core.CV_32FC1;

import io.trd4j.model.Alignment;
import io.trd4j.ops.Retained;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Differences of a located part from the mean normal part: per channel (brightness, red minus green, yellow minus blue;
 * relief), without the part of the difference by which normal parts differ everywhere at once, filtered at the scales
 * at which defects differ (specification, section 9). Used by one thread at a time.
 */
final class PositionFilters implements AutoCloseable {
    /** Channels that are compared: three of the colours, then the relief. */
    static final int CHANNELS = 4;

    static final int RELIEF = 3;
    static final int FILTERS = Alignment.Positions.FILTERS;
    /** Of the filters, those of the colours. */
    static final int COLOUR_FILTERS = 4;

    /** Differences beyond these (grey levels, mm times the relief's noise) do not pull the fit. */
    private static final int ROUNDS = 4;

    private static final double CUT = 2;
    /** Per filter, its channel, and its two Gaussians' deviations in 256ths of the frame's side; 0 = no second one. */
    private static final double[][] SCALES = {
        {0, 2, 0}, {1, 2, 0}, {2, 2, 0}, {2, 4, 0}, {3, 1, 0}, {3, 2, 0}, {3, 2, 5}
    };

    /** Of the map's Gaussian, in 256ths of the frame's side. */
    private static final double MAP = 2;

    private final int size;
    final int[] area;
    private final float[][] mean = new float[CHANNELS][];
    /** Per channel and function, on the area. */
    private float[][][] basis = new float[CHANNELS][0][];

    private float[] cut;

    private final float[] packed;
    private final float[] rest;
    private final float[] sample;
    private final float[][] differences;
    private final float[] filtered;
    private final float[] wide;
    private final FloatPointer in;
    private final FloatPointer out;
    private final Mat inMat;
    private final Mat outMat;
    private final Size kernel = Retained.of(new Size(0, 0));

    /** Without functions, and nothing cut. */
    PositionFilters(Alignment alignment) {
        size = alignment.size();
        int pixels = size * size;
        int count = 0;
        int[] inside = new int[pixels];
        for (int i = 0; i < pixels; i++) {
            if (alignment.area()[i] != 0) {
                inside[count++] = i;
            }
        }
        area = Arrays.copyOf(inside, count);
        for (int c = 0; c < CHANNELS; c++) {
            mean[c] = new float[count];
            for (int k = 0; k < count; k++) {
                mean[c][k] = value(alignment.mean(), pixels, c, area[k]);
            }
        }
        packed = new float[count];
        rest = new float[count];
        sample = new float[(count + 15) / 16];
        differences = new float[CHANNELS][pixels];
        filtered = new float[pixels];
        wide = new float[pixels];
        in = Retained.of(new FloatPointer((long) pixels));
        out = Retained.of(new FloatPointer((long) pixels));
        inMat = Retained.of(new Mat(size, size, CV_32FC1, in));
        outMat = Retained.of(new Mat(size, size, CV_32FC1, out));
    }

    /** @param dense 4 x K x S x S functions; @param limits per channel, see {@link Alignment.Positions#cut} */
    void set(float[] dense, float[] limits) {
        cut = limits;
        int pixels = size * size;
        int functions = dense.length / (CHANNELS * pixels);
        basis = new float[CHANNELS][functions][area.length];
        for (int c = 0; c < CHANNELS; c++) {
            for (int f = 0; f < functions; f++) {
                for (int k = 0; k < area.length; k++) {
                    basis[c][f][k] = dense[(c * functions + f) * pixels + area[k]];
                }
            }
        }
    }

    /** A compared channel of an image of red, green, blue and relief. */
    private static float value(float[] planar, int pixels, int channel, int i) {
        float red = planar[i];
        float green = planar[pixels + i];
        float blue = planar[2 * pixels + i];
        return switch (channel) {
            case 0 -> (red + green + blue) / 3;
            case 1 -> red - green;
            case 2 -> (red + green) / 2 - blue;
            default -> planar[3 * pixels + i];
        };
    }

    /** The difference of a channel from the mean on the area, 0 where the part shows none; as it is. */
    float[] raw(Locator part, int channel) {
        boolean known = channel == RELIEF ? part.hasRelief() : part.hasColour();
        boolean[] valid = channel == RELIEF ? part.measured() : part.seen();
        for (int k = 0; k < area.length; k++) {
            packed[k] = known && valid[area[k]]
                    ? value(part.channels(), size * size, channel, area[k]) - mean[channel][k]
                    : 0;
        }
        return packed;
    }

    /** Takes out of {@link #raw} by which normal parts differ; fills the channel's difference. */
    void difference(Locator part, int channel) {
        raw(part, channel);
        cut(packed, cut[channel]);
        difference(packed, channel);
    }

    /** The same of a difference as {@link #raw} gave it: 0 exactly where nothing was seen. */
    void difference(float[] raw, int channel) {
        explain(raw, basis[channel], rest, sample);
        float[] difference = differences[channel];
        for (int k = 0; k < area.length; k++) {
            difference[area[k]] = raw[k] != 0 ? rest[k] : 0;
        }
    }

    /**
     * Leaves of a difference only its rest without its robust fit by functions: beyond twice the spread, what differs
     * is cut before the next fit, so that a defect does not bend it.
     *
     * @param functions orthonormal
     * @param rest filled
     */
    static void explain(float[] y, float[][] functions, float[] rest, float[] sample) {
        System.arraycopy(y, 0, rest, 0, y.length);
        if (functions.length == 0) {
            return;
        }
        float[] coefficients = new float[functions.length];
        for (int round = 0; round <= ROUNDS; round++) {
            if (round > 0) {
                float cut = (float) (CUT * spread(rest, sample));
                // The fit so far, and the rest of it where it is small.
                for (int k = 0; k < rest.length; k++) {
                    float r = rest[k];
                    rest[k] = y[k] - r + (r > cut ? cut : r < -cut ? -cut : r);
                }
            }
            for (int f = 0; f < functions.length; f++) {
                coefficients[f] = dot(functions[f], rest);
            }
            System.arraycopy(y, 0, rest, 0, y.length);
            for (int f = 0; f < functions.length; f++) {
                float c = coefficients[f];
                float[] function = functions[f];
                for (int k = 0; k < rest.length; k++) {
                    rest[k] -= c * function[k];
                }
            }
        }
    }

    private static double spread(float[] values, float[] sample) {
        int count = 0;
        for (int k = 0; k < values.length && count < sample.length; k += 16) {
            sample[count++] = Math.abs(values[k]);
        }
        Arrays.sort(sample, 0, count);
        return 1.4826 * sample[count / 2] + 1e-9;
    }

    /** In eight sums, as a vector unit would add them, so that the bits do not depend on the machine. */
    private static float dot(float[] a, float[] b) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        int k = 0;
        for (; k + 7 < a.length; k += 8) {
            s0 += a[k] * b[k];
            s1 += a[k + 1] * b[k + 1];
            s2 += a[k + 2] * b[k + 2];
            s3 += a[k + 3] * b[k + 3];
            s4 += a[k + 4] * b[k + 4];
            s5 += a[k + 5] * b[k + 5];
            s6 += a[k + 6] * b[k + 6];
            s7 += a[k + 7] * b[k + 7];
        }
        float sum = (s0 + s1) + (s2 + s3) + ((s4 + s5) + (s6 + s7));
        for (; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }

    /** Per channel, cuts what differs more. */
    static void cut(float[][] differences, float[] limits) {
        for (int c = 0; c < differences.length; c++) {
            cut(differences[c], limits[c]);
        }
    }

    private static void cut(float[] differences, float limit) {
        for (int k = 0; k < differences.length; k++) {
            differences[k] = Math.max(-limit, Math.min(limit, differences[k]));
        }
    }

    /** One filter of the differences that {@link #difference} filled, S x S; valid until the next. */
    float[] filter(int index) {
        double[] scale = SCALES[index];
        in.put(differences[(int) scale[0]]);
        blur(scale[1]);
        out.get(filtered);
        if (scale[2] > 0) {
            blur(scale[2]);
            out.get(wide);
            // The wide one is taken off on the area, where alone the result is used.
            for (int i : area) {
                filtered[i] -= wide[i];
            }
        }
        return filtered;
    }

    /** An S x S image smoothed by a Gaussian; a new array. */
    float[] smooth(float[] image, double sigma) {
        in.put(image);
        blurBy(sigma);
        float[] smoothed = new float[size * size];
        out.get(smoothed);
        return smoothed;
    }

    /** Smooths a map in place. */
    void smoothMap(float[] map) {
        in.put(map);
        blur(MAP);
        out.get(map);
    }

    private void blur(double share) {
        blurBy(share * size / 256);
    }

    private void blurBy(double sigma) {
        opencv_imgproc.GaussianBlur(inMat, outMat, kernel, sigma);
    }

    @Override
    public void close() {
        inMat.close();
        outMat.close();
        in.close();
        out.close();
        kernel.close();
    }
}
