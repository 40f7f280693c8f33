package io.trd4j.outline;

import io.trd4j.data.Part;
import io.trd4j.outline.Outline.UnknownHeight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Outlines the defects of one part. The map gives a search area around a peak; in it, the pixels count whose colour or
 * height is further from what is expected than the noise in the ring around the area. Made for one part, used by one
 * thread.
 */
public final class Outliner {
    /** Normal parts that are compared with: those that the part lies best against. */
    private static final int COMPARED = 3;
    /** Width of the ring, in units of the map's side. */
    private static final double RING = 6 / 128.0;
    /** Of the largest difference: more belongs to the defect. */
    private static final double HEIGHT_SHARE = 0.15;

    private static final double COLOUR_SHARE = 0.22;
    /** The largest difference must be so many times the ring's noise for an outline to be drawn by it. */
    private static final double MIN_CONTRAST = 1.5;
    /** Colour or height that contrasts less than this share of the other's contrast adds nothing. */
    private static final double MIN_SHARE_OF_CONTRAST = 0.5;
    /** Pieces smaller than this share of the largest are noise. */
    private static final double MIN_PIECE = 0.25;

    private static final double NOISE_QUANTILE = 0.98;
    private static final double TOP_SHARE = 0.02;
    private static final double COLOUR_FLOOR = 3;
    private static final double RELIEF_FLOORS = 3;
    /** Of a region's heights in ascending order, those that are its height. */
    private static final double HEIGHT_FROM = 0.85;

    private static final double HEIGHT_TO = 0.97;
    private static final int MIN_HEIGHT_PIXELS = 3;
    /** Share of a region that must differ from what is expected by twice the noise, to one side. */
    private static final double MIN_DIFFERING = 0.4;

    private final PartView view;
    private final NormalViews normal;
    private final double pixelMillimetres;
    private List<PoseSearch.Found> poses;

    /**
     * @param size S of the maps
     * @param pixelMillimetres width of a map's pixel on the part; 0 when unknown
     */
    public Outliner(Part part, int size, double pixelMillimetres, NormalViews normal) {
        view = new PartView(part, size);
        this.normal = normal;
        this.pixelMillimetres = pixelMillimetres;
    }

    /** How far a window differs in one way. */
    private record Evidence(float[] strength, double contrast, double weight, double limit) {}

    /**
     * The pieces of a defect, the largest first, at least one: where neither colours nor heights stand out, the map
     * alone says where it is.
     *
     * @param area where to search
     * @param map S x S, the combined map
     * @param colourWeight how high the colour's map is at the peak; 0 = its differences do not count
     * @param heightWeight how high the geometry's map is at the peak
     */
    public List<Outline> outlines(SearchAreas.Area area, float[] map, float colourWeight, float heightWeight) {
        int size = view.size();
        Window window = Window.around(area.pixels(), size, Math.max(4, (int) Math.round(RING * size)));
        Expected expected = new Expected(window, view, poses(), pixelMillimetres);
        List<Evidence> evidences = new ArrayList<>();
        if (expected.hasRelief()) {
            float[] heights = expected.unexpectedRelief().clone();
            for (int i = 0; i < heights.length; i++) {
                heights[i] = Math.abs(heights[i]);
            }
            evidences.add(
                    evidence(window, heights, RELIEF_FLOORS * expected.reliefFloor(), heightWeight, HEIGHT_SHARE));
        }
        if (view.hasColour()) {
            evidences.add(evidence(window, expected.unexpectedColour(), COLOUR_FLOOR, colourWeight, COLOUR_SHARE));
        }
        evidences.sort(Comparator.comparingDouble(e -> -e.weight));
        boolean[] mask = new boolean[window.pixels()];
        float[] strength = new float[window.pixels()];
        boolean any = false;
        for (Evidence e : evidences) {
            if (e.weight <= 0
                    || e.contrast < MIN_CONTRAST
                    || any && e.weight < MIN_SHARE_OF_CONTRAST * evidences.get(0).weight) {
                continue;
            }
            any = true;
            for (int i = 0; i < mask.length; i++) {
                if (window.search[i] && e.strength[i] > e.limit) {
                    mask[i] = true;
                    strength[i] = Math.max(strength[i], (float) (e.strength[i] / e.limit));
                }
            }
        }
        return any
                ? pieces(window, mask, strength, map, expected)
                : List.of(outline(window, area.level(map), expected));
    }

    private List<PoseSearch.Found> poses() {
        if (poses == null) {
            poses = normal.references.isEmpty()
                    ? List.of()
                    : PoseSearch.of(view, normal.references, normal.poses, COMPARED);
        }
        return poses;
    }

    private static Evidence evidence(Window window, float[] unexpected, double floor, float weight, double share) {
        float[] strength = window.smoothed(unexpected);
        float[] ring = Window.sorted(strength, window.ring);
        double noise = Math.max(Window.quantile(ring, NOISE_QUANTILE), floor);
        float[] inside = Window.sorted(strength, window.search);
        int top = Math.min(inside.length, Math.max(3, (int) (TOP_SHARE * inside.length)));
        double most = 0;
        for (int i = inside.length - top; i < inside.length; i++) {
            most += inside[i] / top;
        }
        double contrast = most / noise;
        return new Evidence(
                strength, contrast, contrast * Math.sqrt(Math.max(0, weight)), Math.max(share * most, noise));
    }

    private List<Outline> pieces(Window window, boolean[] mask, float[] strength, float[] map, Expected expected) {
        boolean[] filled = Pieces.filled(mask, window.width, window.height);
        int[] labels = new int[mask.length];
        int count = Pieces.label(filled, window.width, labels);
        double[] mass = new double[count];
        int[] sizes = new int[count];
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] >= 0) {
                mass[labels[i]] += Math.max(1, strength[i]) * Math.max(0, map[window.mapPixel(i, view.size())]);
                sizes[labels[i]]++;
            }
        }
        double largest = Arrays.stream(mass).max().orElse(0);
        List<Integer> kept = new ArrayList<>();
        for (int piece = 0; piece < count; piece++) {
            if (mass[piece] >= MIN_PIECE * largest) {
                kept.add(piece);
            }
        }
        kept.sort(Comparator.comparingDouble(piece -> -mass[piece]));
        List<Outline> outlines = new ArrayList<>();
        for (int piece : kept) {
            int[] pixels = new int[sizes[piece]];
            int n = 0;
            for (int i = 0; i < labels.length; i++) {
                if (labels[i] == piece) {
                    pixels[n++] = window.mapPixel(i, view.size());
                }
            }
            outlines.add(outline(window, pixels, expected));
        }
        return outlines;
    }

    private Outline outline(Window window, int[] pixels, Expected expected) {
        if (!view.hasRelief()) {
            return new Outline(pixels, null, view.hasPoints() ? UnknownHeight.TOO_FEW_POINTS : UnknownHeight.NO_POINTS);
        }
        if (!expected.hasRelief()) {
            return new Outline(pixels, null, UnknownHeight.TOO_FEW_POINTS);
        }
        float[] raised = window.smoothed(expected.unexpectedRelief());
        float[] inside = new float[pixels.length];
        int count = 0;
        for (int pixel : pixels) {
            float value = raised[window.index(pixel, view.size())];
            if (!Float.isNaN(value)) {
                inside[count++] = value;
            }
        }
        if (count < MIN_HEIGHT_PIXELS) {
            return new Outline(pixels, null, UnknownHeight.TOO_FEW_POINTS);
        }
        Arrays.sort(inside, 0, count);
        // Not the very highest: an edge beside its place reaches further than any dent.
        int from = (int) (HEIGHT_FROM * count);
        int to = Math.max(from, (int) (HEIGHT_TO * count) - 1);
        float high = inside[from];
        float low = inside[count - 1 - from];
        double noise = Math.max(Window.quantile(Window.sorted(raised, window.ring), 0.95) / 2, expected.reliefNoise());
        int differing = 0;
        for (int i = 0; i < count; i++) {
            differing += (high > -low ? inside[i] : -inside[i]) > 2 * noise ? 1 : 0;
        }
        // An edge beside its place is a sliver of the region; a dent is most of it.
        if (differing < MIN_DIFFERING * count) {
            return new Outline(pixels, null, UnknownHeight.WITHIN_NOISE);
        }
        double height = high > -low
                ? mean(window, pixels, raised, expected.relief(), high, inside[to])
                : mean(window, pixels, raised, expected.relief(), inside[count - 1 - to], low);
        return new Outline(pixels, height, null);
    }

    /** Of the heights of those pixels whose unexpected relief lies between two of its values. */
    private double mean(Window window, int[] pixels, float[] unexpected, float[] relief, float least, float most) {
        double sum = 0;
        int count = 0;
        for (int pixel : pixels) {
            int i = window.index(pixel, view.size());
            if (unexpected[i] >= least && unexpected[i] <= most) {
                sum += relief[i];
                count++;
            }
        }
        return sum / count;
    }
}
