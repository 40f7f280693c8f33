package io.trd4j.align;

import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.PointCloud;
import io.trd4j.io.InputException;
import io.trd4j.io.Progress;
import io.trd4j.io.Stop;
import io.trd4j.model.Alignment;
import io.trd4j.outline.PartThumbs;
import io.trd4j.outline.PartView;
import io.trd4j.outline.PoseSearch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** From normal parts to the mean part onto which parts are laid (specification, section 9). */
public final class AlignmentBuilder {
    /** More do not make the mean part better. */
    static final int MAX_PARTS = 100;
    /** Fewer normal parts do not say what their mean is. */
    public static final int MIN_PARTS = 8;
    /** Candidates for the part that the others are laid over first, and parts that judge them. */
    private static final int CANDIDATES = 4;

    private static final int JUDGES = 8;
    private static final int ROUNDS = 2;
    /** Around the part, in shares of the longer side of its box. */
    static final float MARGIN = 0.06f;
    /** A part whose box is longer fills the view: the frame is the whole image. */
    static final float FULL = 0.92f;

    /** Least side of a frame, in shares of the image. */
    static final float SMALLEST = 0.25f;
    /** Pixels that are oblong by less are square: points are noisy, and surfaces lie oblique. */
    private static final double SQUARE = 0.05;
    /** Natural logarithm of what no sensor's pixel is oblong by: coordinates that are turned, or none. */
    private static final double MOST_OBLONG = Math.log(20);

    private static final int MIN_VIEW = 32;

    private final int size;
    private final List<? extends PartSource> sources;
    private final Progress.Task task;
    private int view;
    /** Height of an image over its width, in lengths. */
    private float aspect;

    private double agreement;
    private int lost;
    private boolean both = true;

    private AlignmentBuilder(int size, List<? extends PartSource> sources, Progress.Task task) {
        this.size = size;
        this.sources = sources;
        this.task = task;
    }

    /**
     * A mean part, and how well the normal parts agree with it.
     *
     * @param agreement 10th percentile of the parts' correlation with it where it has edges; 1 = all the same
     * @param lost of the parts, those that could not be found
     * @param both whether every part has a colour image and points
     */
    public record Built(Alignment alignment, double agreement, int lost, boolean both) {}

    /**
     * Lays normal parts over each other.
     *
     * @param normal evenly spaced ones of them are used
     * @param size S
     * @throws InputException when there are too few parts, or what they show has no points and no colour
     */
    public static Built of(List<? extends PartSource> normal, int size, Progress progress) throws IOException {
        if (normal.size() < MIN_PARTS) {
            throw new InputException("alignment needs at least " + MIN_PARTS + " normal parts, found " + normal.size()
                    + "; give more, or --align none");
        }
        List<PartSource> chosen = evenlySpaced(normal);
        try (Progress.Task task = Stop.task(progress, "Aligning", 2L * chosen.size())) {
            AlignmentBuilder builder = new AlignmentBuilder(size, chosen, task);
            Alignment alignment = builder.build();
            return new Built(alignment, builder.agreement, builder.lost, builder.both);
        }
    }

    /** @throws InputException when too few of the normal parts are found for a mean part */
    public static void requireEnough(int found, int parts) {
        if (found < Math.max(MIN_PARTS, parts / 2)) {
            throw new InputException("the normal parts cannot be laid over each other: only " + found + " of " + parts
                    + " look alike; give --align none");
        }
    }

    static List<PartSource> evenlySpaced(List<? extends PartSource> normal) {
        int count = Math.min(MAX_PARTS, normal.size());
        List<PartSource> chosen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            chosen.add(normal.get(i * normal.size() / count));
        }
        return chosen;
    }

    static int width(Part part) {
        return part.rgb() == null ? part.xyz().width() : part.rgb().width();
    }

    private Alignment build() throws IOException {
        int widest = 0;
        for (PartSource source : sources) {
            Part part = source.load();
            Locator.requireNoNormals(part);
            both &= part.rgb() != null && part.xyz() != null;
            widest = Math.max(widest, width(part));
        }
        // Whole pixels of the camera's make a pixel of the view: else these lie half a pixel off, to one side.
        Alignment coarse = meanPart(view(widest, 1, size));
        int fine = view(widest, coarse.frame()[2], size);
        return fine == coarse.view() ? coarse : meanPart(fine);
    }

    /** Pixels of the view whose frame has at least S of them, as far as the camera has. */
    static int view(int camera, float side, int size) {
        int wanted = Math.min(2 * size, Math.round(size / side));
        return Math.max(MIN_VIEW, camera / Math.max(1, camera / wanted));
    }

    private Alignment meanPart(int viewSize) throws IOException {
        view = viewSize;
        // Views alone are kept, as cameras' images of a hundred parts would fill the memory.
        List<PartView> views = new ArrayList<>();
        List<float[]> geometries = new ArrayList<>();
        List<float[]> aspects = new ArrayList<>();
        for (PartSource source : sources) {
            Part part = source.load();
            views.add(PartView.of(new PartView(part, view).values(), view));
            if (part.xyz() != null) {
                geometries.add(geometry(part.xyz(), view));
            }
            aspects.add(new float[] {aspect(part)});
        }
        aspect = median(aspects, 1)[0];
        int first = reference(views);
        float[] whole = views.get(first).values().clone();
        float[] frame = {0, 0, 1, 0, 0, aspect};
        Alignment result = null;
        for (int round = 0; round <= ROUNDS; round++) {
            // Whole images first, then the frame; the mean part is the median of parts that lie over the last one.
            boolean last = round == ROUNDS;
            if (last) {
                frame = frame(whole, median(geometries, 2));
            }
            Alignment current = new Alignment(
                    last ? size : view,
                    view,
                    frame,
                    whole,
                    framed(whole, last ? size : view, frame),
                    area(whole, last ? size : view, frame),
                    null);
            float[] median = median(views, current, last);
            if (last) {
                result = new Alignment(size, view, frame, whole, planar(median, size), current.area(), null);
            } else {
                whole = median;
            }
            task.at(Math.min(2L * views.size(), (round + 1L) * views.size() * 2 / (ROUNDS + 1)));
        }
        return result;
    }

    /** The part that lies best under some others. */
    private int reference(List<PartView> views) {
        List<PartThumbs> thumbs = new ArrayList<>();
        for (PartView view : views) {
            thumbs.add(new PartThumbs(view));
        }
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        int candidates = Math.min(CANDIDATES, views.size());
        int judges = Math.min(JUDGES, views.size());
        for (int c = 0; c < candidates; c++) {
            int candidate = c * views.size() / candidates;
            double sum = 0;
            for (int j = 0; j < judges; j++) {
                sum += new PoseSearch(thumbs.get(j * views.size() / judges), aspect)
                        .against(thumbs.get(candidate))
                        .cost();
            }
            if (sum < least) {
                least = sum;
                best = candidate;
            }
        }
        return best;
    }

    /** Median of the located parts, pixel by pixel: interleaved, relief NaN where most have none. */
    private float[] median(List<PartView> parts, Alignment current, boolean agreed) {
        int n = current.size();
        int pixels = n * n;
        Locator locator = new Locator(current);
        List<float[]> found = new ArrayList<>();
        List<boolean[]> measured = new ArrayList<>();
        double[] agreements = new double[parts.size()];
        for (int i = 0; i < parts.size(); i++) {
            if (!locator.find(parts.get(i))) {
                continue;
            }
            agreements[i] = locator.agreement();
            found.add(locator.channels().clone());
            measured.add(locator.measured().clone());
        }
        requireEnough(found.size(), parts.size());
        if (agreed) {
            Arrays.sort(agreements);
            agreement = agreements[agreements.length / 10];
            lost = parts.size() - found.size();
        }
        float[] median = new float[PartImage.CHANNELS * pixels];
        float[] values = new float[found.size()];
        for (int i = 0; i < pixels; i++) {
            for (int c = 0; c < PartImage.CHANNELS; c++) {
                int count = 0;
                for (int p = 0; p < found.size(); p++) {
                    if (c != PartImage.RELIEF || measured.get(p)[i]) {
                        values[count++] = found.get(p)[c * pixels + i];
                    }
                }
                boolean known = c != PartImage.RELIEF || 2 * count > found.size();
                Arrays.sort(values, 0, count);
                median[PartImage.CHANNELS * i + c] = known ? values[count / 2] : Float.NaN;
            }
        }
        return median;
    }

    /**
     * Distance of neighbouring pixels of a whole image's view, and of the plane below the part; metres, 0 = unknown.
     */
    static float[] geometry(PointCloud cloud, int view) {
        float[] xyz = cloud.xyz();
        int width = cloud.width();
        float[] depths = new float[width * cloud.height()];
        int known = 0;
        for (int i = 0; i + 1 < depths.length; i++) {
            if (i % width + 1 < width && xyz[3 * i + 2] != 0 && xyz[3 * i + 5] != 0) {
                depths[known++] = xyz[3 * i + 2];
            }
        }
        if (known == 0) {
            return new float[] {0, 0};
        }
        Arrays.sort(depths, 0, known);
        return new float[] {step(xyz, width, 1, 0) * width / view, depths[known / 2]};
    }

    /**
     * Height of a part's image over its width, in lengths: that of its pixels where these are square, or nobody says;
     * as its points are spaced where a sensor scans line by line.
     */
    static float aspect(Part part) {
        if (part.xyz() == null) {
            return (float) part.rgb().height() / part.rgb().width();
        }
        int width = part.xyz().width();
        int height = part.xyz().height();
        float[] xyz = part.xyz().xyz();
        double across = step(xyz, width, 1, 0);
        double down = step(xyz, width, width, 1);
        double square = (double) height / width;
        double measured = across > 0 && down > 0 ? square * down / across : square;
        boolean same = Math.abs(measured / square - 1) < SQUARE || Math.abs(Math.log(measured / square)) > MOST_OBLONG;
        return (float) (same ? square : measured);
    }

    /**
     * Median distance of neighbours along rows or columns; 0 = unknown.
     *
     * @param to from a point to its neighbour
     * @param axis 0 = x, 1 = y
     */
    private static float step(float[] xyz, int width, int to, int axis) {
        float[] steps = new float[xyz.length / 3];
        int known = 0;
        for (int i = 0; i + to < steps.length; i++) {
            boolean neighbours = to > 1 || i % width + 1 < width;
            if (neighbours && xyz[3 * i + 2] != 0 && xyz[3 * (i + to) + 2] != 0) {
                steps[known++] = Math.abs(xyz[3 * (i + to) + axis] - xyz[3 * i + axis]);
            }
        }
        Arrays.sort(steps, 0, known);
        return known == 0 ? 0 : steps[known / 2];
    }

    static float[] median(List<float[]> geometries, int numbers) {
        float[] median = new float[numbers];
        float[] values = new float[geometries.size()];
        for (int k = 0; k < numbers && values.length > 0; k++) {
            for (int i = 0; i < values.length; i++) {
                values[i] = geometries.get(i)[k];
            }
            Arrays.sort(values);
            median[k] = values[values.length / 2];
        }
        return median;
    }

    /** The square around the part, and the geometry in it. */
    private float[] frame(float[] whole, float[] geometry) {
        PartThumbs thumbs = new PartThumbs(PartView.of(whole, view));
        float[] box = thumbs.box();
        float side = (1 + 2 * MARGIN) * Math.max(box[2] - box[0], box[3] - box[1]);
        if (side >= FULL) {
            return new float[] {0, 0, 1, geometry[0] * view / size, geometry[1], aspect};
        }
        side = Math.max(side, SMALLEST);
        float left = Math.max(0, Math.min(1 - side, (box[0] + box[2] - side) / 2));
        float top = Math.max(0, Math.min(1 - side, (box[1] + box[3] - side) / 2));
        return new float[] {left, top, side, geometry[0] * view * side / size, geometry[1], aspect};
    }

    /** Whole image to the frame: planar, gaps filled. */
    private float[] framed(float[] whole, int n, float[] frame) {
        float[] interleaved = new float[PartImage.CHANNELS * n * n];
        for (int y = 0; y < n; y++) {
            for (int x = 0; x < n; x++) {
                int u = at(frame[0] + (x + 0.5f) / n * frame[2]);
                int v = at(frame[1] + (y + 0.5f) / n * frame[2]);
                System.arraycopy(
                        whole,
                        PartImage.CHANNELS * (v * view + u),
                        interleaved,
                        PartImage.CHANNELS * (y * n + x),
                        PartImage.CHANNELS);
            }
        }
        return planar(interleaved, n);
    }

    private int at(float share) {
        return Math.max(0, Math.min(view - 1, (int) (share * view)));
    }

    private static float[] planar(float[] interleaved, int n) {
        PartImage image = new PartImage(n);
        image.show(PartView.of(interleaved, n));
        float[] planar = new float[PartImage.CHANNELS * n * n];
        for (int c = 0; c < PartImage.CHANNELS; c++) {
            System.arraycopy(image.channels[c], 0, planar, c * n * n, n * n);
        }
        return planar;
    }

    /** Where the part is in the frame: cells that stand out, and their neighbours. */
    private byte[] area(float[] whole, int n, float[] frame) {
        PartThumbs thumbs = new PartThumbs(PartView.of(whole, view));
        boolean[] cells = thumbs.area();
        int side = (int) Math.round(Math.sqrt(cells.length));
        byte[] area = new byte[n * n];
        for (int y = 0; y < n; y++) {
            for (int x = 0; x < n; x++) {
                int u = Math.max(0, Math.min(side - 1, (int) ((frame[0] + (x + 0.5f) / n * frame[2]) * side)));
                int v = Math.max(0, Math.min(side - 1, (int) ((frame[1] + (y + 0.5f) / n * frame[2]) * side)));
                area[y * n + x] = (byte) (cells[v * side + u] ? 1 : 0);
            }
        }
        return area;
    }
}
