package io.trd4j.report;

import io.trd4j.data.RgbImage;
import io.trd4j.data.image.OpenCv;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Anomaly maps as colours (Turbo, blue to red) over the part. Opacity grows with the value, so the part stays visible
 * where it is normal; the scale's ends come from the caller and are the same for every part.
 */
public final class HeatMap {
    private static final int LEVELS = 256;
    /** The defect itself shimmers through even at the scale's end. */
    private static final float STRONGEST = 0.8f;

    /** Made when first used: an application without OpenCV is told so by {@link Images}, not by this class. */
    private static final class Colours {
        /** [LEVELS * 3], red, green, blue. */
        static final byte[] TURBO = turbo();
    }

    private HeatMap() {}

    /**
     * The map, stretched to the part's own resolution, blended over the part.
     *
     * @param map size*size values, calibrated and blurred (SPEC section 4)
     * @param low value at and below which the part is left as it is
     * @param high value from which the last colour is used
     * @return a new image of the part's size
     * @throws IllegalArgumentException when the map is not size*size or the scale's ends are not in order
     */
    public static RgbImage overlay(RgbImage part, float[] map, int size, float low, float high) {
        HeatScale scale = new HeatScale(low, high);
        float[] heat = Images.stretch(map, size, part.width(), part.height());
        byte[] rgb = part.rgb();
        byte[] out = new byte[rgb.length];
        for (int i = 0; i < heat.length; i++) {
            float t = scale.position(heat[i]);
            float alpha = opacity(t);
            int colour = 3 * Math.round(t * (LEVELS - 1));
            for (int c = 0; c < 3; c++) {
                int under = rgb[3 * i + c] & 0xff;
                int over = Colours.TURBO[colour + c] & 0xff;
                out[3 * i + c] = (byte) Math.round(under + alpha * (over - under));
            }
        }
        return new RgbImage(part.width(), part.height(), out);
    }

    /**
     * The map alone as a PNG with transparency, to be laid over the part; {@code pixels} wide and high. Smooth, so a
     * small one can be stretched by whoever shows it.
     */
    static byte[] layer(float[] map, int size, int pixels, HeatScale scale) {
        float[] heat = Images.stretch(map, size, pixels, pixels);
        byte[] rgba = new byte[4 * heat.length];
        for (int i = 0; i < heat.length; i++) {
            float t = scale.position(heat[i]);
            System.arraycopy(Colours.TURBO, 3 * Math.round(t * (LEVELS - 1)), rgba, 4 * i, 3);
            rgba[4 * i + 3] = (byte) Math.round(255 * opacity(t));
        }
        return Images.pngWithAlpha(pixels, pixels, rgba);
    }

    /** The outline of a mask as a transparent PNG of pixels*pixels, two pixels wide. */
    static byte[] outline(boolean[] mask, int size, int pixels) {
        if (mask.length != (long) size * size) {
            throw new IllegalArgumentException("a mask of " + mask.length + " pixels is not " + size + "x" + size);
        }
        byte[] rgba = new byte[4 * pixels * pixels];
        for (int y = 0; y < pixels; y++) {
            for (int x = 0; x < pixels; x++) {
                boolean inside = at(mask, size, pixels, x, y);
                boolean edge = inside != at(mask, size, pixels, x + 1, y)
                        || inside != at(mask, size, pixels, x - 1, y)
                        || inside != at(mask, size, pixels, x, y + 1)
                        || inside != at(mask, size, pixels, x, y - 1);
                for (int c = 0; edge && c < 4; c++) {
                    rgba[4 * (y * pixels + x) + c] = (byte) 255;
                }
            }
        }
        return Images.pngWithAlpha(pixels, pixels, rgba);
    }

    private static boolean at(boolean[] mask, int size, int pixels, int x, int y) {
        boolean inside = x >= 0 && y >= 0 && x < pixels && y < pixels;
        return inside && mask[y * size / pixels * size + x * size / pixels];
    }

    /** The colour bar of a legend as a CSS gradient from low to high, with the heat map's own opacity. */
    static String cssGradient() {
        StringBuilder css = new StringBuilder("linear-gradient(to right");
        for (int stop = 0; stop <= 16; stop++) {
            float t = stop / 16f;
            int colour = 3 * Math.round(t * (LEVELS - 1));
            css.append(String.format(
                    Locale.ROOT,
                    ", rgba(%d, %d, %d, %.2f)",
                    Colours.TURBO[colour] & 0xff,
                    Colours.TURBO[colour + 1] & 0xff,
                    Colours.TURBO[colour + 2] & 0xff,
                    opacity(t)));
        }
        return css.append(')').toString();
    }

    private static float opacity(float t) {
        return STRONGEST * Math.min(1, 2 * t);
    }

    private static byte[] turbo() {
        OpenCv.load();
        try (PointerScope scope = new PointerScope()) {
            byte[] ramp = new byte[LEVELS];
            for (int i = 0; i < LEVELS; i++) {
                ramp[i] = (byte) i;
            }
            Mat grey = new Mat(1, LEVELS, opencv_core.CV_8UC1);
            grey.<ByteBuffer>createBuffer().put(ramp);
            Mat bgr = new Mat();
            opencv_imgproc.applyColorMap(grey, bgr, opencv_imgproc.COLORMAP_TURBO);
            Mat rgb = new Mat();
            opencv_imgproc.cvtColor(bgr, rgb, opencv_imgproc.COLOR_BGR2RGB);
            byte[] colours = new byte[3 * LEVELS];
            rgb.<ByteBuffer>createBuffer().get(colours);
            return colours;
        }
    }
}
