package io.trd4j.align;

import io.trd4j.data.Part;
import io.trd4j.data.PartNotFoundException;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.io.InputException;
import io.trd4j.model.Alignment;
import io.trd4j.outline.PartThumbs;
import io.trd4j.outline.PartView;
import io.trd4j.outline.Pose;
import io.trd4j.outline.PoseSearch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Finds parts and lays them over a model's mean normal part (specification, section 9). Owns the memory of the part it
 * located last: used by one thread at a time.
 */
public final class Locator {
    /** Parts that agree less with the mean normal part where that has edges are not found: correlation. */
    static final double LEAST_AGREEMENT = 0.5;

    private final Alignment alignment;
    private final int size;
    private final PartView view;
    private final PartImage image;
    private final PartThumbs whole;
    private final PartThumbs thumbs;
    private final PoseSearch search;
    /** Null = parts are cropped, and lie in the frame as they lie in the image. */
    private final AffineFit fit;
    /** From the frame's pixels to the view's. */
    private final Affine map = new Affine();
    /** From the pixels of the whole image at S x S to the frame's. */
    private final Affine back = new Affine();

    private final byte[] rgb;
    private final float[] xyz;
    private final float[] channels;
    private final boolean[] measured;
    private final boolean[] seen;
    /** Where the relief of most normal parts is measured; nowhere where these lie anyhow. */
    private final boolean[] usual;
    /** Of the relief from the mean part's, its gaps filled; mm. */
    private final float[] off;

    private final PartImage.Gaps gaps;
    private final RgbImage located;
    private final PointCloud locatedPoints;
    private final ByteBuffer rgbOut;
    private final FloatBuffer xyzOut;

    /** @param alignment of a model */
    public Locator(Alignment alignment) {
        this.alignment = alignment;
        size = alignment.size();
        view = new PartView(alignment.view());
        thumbs = new PartThumbs(view);
        search = new PoseSearch(thumbs, alignment.frame()[5]);
        image = new PartImage(alignment.view());
        if (alignment.crops()) {
            whole = null;
            fit = null;
        } else {
            whole = new PartThumbs(PartView.of(alignment.whole(), alignment.view()));
            boolean[] area = new boolean[size * size];
            for (int i = 0; i < area.length; i++) {
                area[i] = alignment.area()[i] != 0;
            }
            PartImage mean = mean(alignment);
            fit = new AffineFit(mean, area);
            if (mean.hasRelief) {
                image.limit(mean.channels[PartImage.RELIEF]);
            }
        }
        rgb = new byte[3 * size * size];
        xyz = new float[3 * size * size];
        channels = new float[PartImage.CHANNELS * size * size];
        measured = new boolean[size * size];
        seen = new boolean[size * size];
        usual = alignment.crops() ? new boolean[size * size] : usual(alignment);
        off = new float[size * size];
        gaps = new PartImage.Gaps(size);
        rgbOut = ByteBuffer.allocateDirect(rgb.length).order(ByteOrder.nativeOrder());
        xyzOut = ByteBuffer.allocateDirect(Float.BYTES * xyz.length)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        located = RgbImage.of(rgbOut, size, size, 3L * size);
        locatedPoints = PointCloud.of(xyzOut, size, size, 3L * size);
    }

    /** The mean normal part as a camera would see it, V x V pixels: a part that is found. */
    public static Part meanPart(Alignment alignment) {
        int n = alignment.view();
        byte[] rgb = new byte[3 * n * n];
        float[] xyz = new float[3 * n * n];
        float spacing = alignment.frame()[3] * alignment.size() / (alignment.frame()[2] * n);
        float below = spacing * alignment.frame()[5];
        for (int i = 0; i < n * n; i++) {
            for (int c = 0; c < 3; c++) {
                rgb[3 * i + c] = (byte) Math.round(alignment.whole()[PartImage.CHANNELS * i + c]);
            }
            float height = alignment.whole()[PartImage.CHANNELS * i + PartImage.RELIEF];
            if (!Float.isNaN(height)) {
                xyz[3 * i] = i % n * spacing;
                xyz[3 * i + 1] = i / n * below;
                xyz[3 * i + 2] = alignment.frame()[4] - 1e-3f * height;
            }
        }
        return Part.of("mean", new RgbImage(n, n, rgb), new PointCloud(n, n, xyz));
    }

    private static PartImage mean(Alignment alignment) {
        PartImage mean = new PartImage(alignment.size());
        int pixels = alignment.size() * alignment.size();
        for (int c = 0; c < PartImage.CHANNELS; c++) {
            System.arraycopy(alignment.mean(), c * pixels, mean.channels[c], 0, pixels);
        }
        mean.hasColour = any(mean.channels[0]) || any(mean.channels[1]) || any(mean.channels[2]);
        mean.hasRelief = any(mean.channels[PartImage.RELIEF]);
        Arrays.fill(mean.measured, true);
        mean.smooth();
        return mean;
    }

    private static boolean[] usual(Alignment alignment) {
        int size = alignment.size();
        int n = alignment.view();
        float[] frame = alignment.frame();
        boolean[] usual = new boolean[size * size];
        for (int i = 0; i < usual.length; i++) {
            int u = Math.min(n - 1, (int) (n * (frame[0] + (i % size + 0.5f) / size * frame[2])));
            int v = Math.min(n - 1, (int) (n * (frame[1] + (i / size + 0.5f) / size * frame[2])));
            usual[i] = !Float.isNaN(alignment.whole()[PartImage.CHANNELS * (v * n + u) + PartImage.RELIEF]);
        }
        return usual;
    }

    private static boolean any(float[] values) {
        for (float value : values) {
            if (value != 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Finds a part.
     *
     * @param part with a colour image, points, or both
     * @return the part in the frame, S x S pixels, and points above a level plane; the same memory for every part
     * @throws PartNotFoundException when it cannot be found
     * @throws InputException when its second modality is surface normals: these have no heights to be laid over those
     *     of the mean part
     */
    public Part locate(Part part) {
        requireNoNormals(part);
        view.show(part);
        thumbs.show();
        if (!find(view, thumbs, search)) {
            throw new PartNotFoundException(part.source());
        }
        RgbImage colour = part.rgb() == null ? null : located;
        PointCloud points = part.xyz() == null ? null : locatedPoints;
        return Part.located(part, colour, points);
    }

    /** Of what has no heights, nothing could be laid over the mean part. */
    static void requireNoNormals(Part part) {
        if (part.normals() != null) {
            throw new InputException(
                    part.source() + " has surface normals, which cannot be aligned as points can; give a "
                            + "point cloud (x, y, z), or a model that is trained with --align none");
        }
    }

    /** Whether the part that a view shows was found; then it lies in the frame. */
    boolean find(PartView part) {
        PartThumbs seen = new PartThumbs(part);
        return find(part, seen, new PoseSearch(seen, alignment.frame()[5]));
    }

    private boolean find(PartView part, PartThumbs seen, PoseSearch by) {
        image.show(part);
        boolean found = fit == null ? crop(seen) : lay(by);
        if (found) {
            warp();
            back.rescale(map, 1, (double) size / image.n);
            back.invert(back);
        }
        return found;
    }

    private boolean lay(PoseSearch by) {
        Pose pose = by.against(whole).pose();
        // By its colours where its points do not say.
        return refine(pose, false) || image.hasColour && image.hasRelief && refine(pose, true);
    }

    /** The frame around the part's box, inside the image. A part that is larger than the frame is no such part. */
    private boolean crop(PartThumbs seen) {
        float[] box = seen.largestBox();
        float side = alignment.frame()[2];
        if (Math.max(box[2] - box[0], box[3] - box[1]) > side) {
            return false;
        }
        double left = Math.max(0, Math.min(1 - side, (box[0] + box[2] - side) / 2));
        double top = Math.max(0, Math.min(1 - side, (box[1] + box[3] - side) / 2));
        double pixel = (double) side / size * alignment.view();
        map.set(
                pixel,
                0,
                left * alignment.view() + pixel / 2 - 0.5,
                0,
                pixel,
                top * alignment.view() + pixel / 2 - 0.5);
        return true;
    }

    private boolean refine(Pose pose, boolean byColour) {
        float[] frame = alignment.frame();
        double side = alignment.view();
        double cos = Math.cos(pose.angle());
        // Turns are those of lengths, which rows and columns have different ones of.
        double across = Math.sin(pose.angle()) * frame[5];
        double down = Math.sin(pose.angle()) / frame[5];
        double pixel = frame[2] / size;
        // A pixel of the frame is at frame + (index + 1/2) pixel in the mean part's whole image.
        double x0 = frame[0] + 0.5 * pixel - pose.referenceX();
        double y0 = frame[1] + 0.5 * pixel - pose.referenceY();
        map.set(
                side * cos * pixel,
                -side * across * pixel,
                side * (cos * x0 - across * y0 + pose.x()) - 0.5,
                side * down * pixel,
                side * cos * pixel,
                side * (down * x0 + cos * y0 + pose.y()) - 0.5);
        return fit.refine(image, map, byColour)
                && fit.agreement() >= LEAST_AGREEMENT
                && map.keepsShape(side * pixel, frame[5]);
    }

    /** Correlation with the mean normal part, where that has edges, of the last part. */
    public double agreement() {
        return fit.agreement();
    }

    private void warp() {
        int n = image.n;
        float spacing = alignment.frame()[3];
        float below = spacing * alignment.frame()[5];
        float distance = alignment.frame()[4];
        int pixels = size * size;
        for (int y = 0, i = 0; y < size; y++) {
            for (int x = 0; x < size; x++, i++) {
                float u = (float) map.x(x, y);
                float v = (float) map.y(x, y);
                seen[i] = u > -0.5f && v > -0.5f && u < n - 0.5f && v < n - 0.5f;
                u = Math.max(0, Math.min(n - 1, u));
                v = Math.max(0, Math.min(n - 1, v));
                int left = Math.min((int) u, n - 2);
                int top = Math.min((int) v, n - 2);
                float fx = u - left;
                float fy = v - top;
                int at = top * n + left;
                for (int c = 0; c < PartImage.CHANNELS; c++) {
                    channels[c * pixels + i] = PartImage.between(image.channels[c], n, at, fx, fy);
                }
                measured[i] =
                        seen[i] && image.hasRelief && image.measured[at + (fx < 0.5f ? 0 : 1) + (fy < 0.5f ? 0 : n)];
                for (int c = 0; c < 3; c++) {
                    rgb[3 * i + c] = (byte) (int) (channels[c * pixels + i] + 0.5f);
                }
                // Towards the camera is up: a point is nearer by its height.
                xyz[3 * i] = measured[i] ? x * spacing : 0;
                xyz[3 * i + 1] = measured[i] ? y * below : 0;
                xyz[3 * i + 2] = measured[i] ? distance - 1e-3f * channels[PartImage.RELIEF * pixels + i] : 0;
            }
        }
        fillGaps(spacing, below, distance);
        rgbOut.put(0, rgb);
        xyzOut.put(0, xyz);
    }

    /**
     * A gap where normal parts have none says nothing of the part, and would be an edge to the network: it sees the
     * mean part there, as high as this part is around the gap.
     */
    private void fillGaps(float spacing, float below, float distance) {
        int pixels = size * size;
        float[] mean = alignment.mean();
        boolean any = false;
        for (int i = 0; i < pixels; i++) {
            any |= usual[i] && seen[i] && !measured[i];
            off[i] = channels[PartImage.RELIEF * pixels + i] - mean[PartImage.RELIEF * pixels + i];
        }
        if (!any || !image.hasRelief) {
            return;
        }
        gaps.fill(off, measured);
        for (int i = 0; i < pixels; i++) {
            if (usual[i] && seen[i] && !measured[i]) {
                xyz[3 * i] = i % size * spacing;
                xyz[3 * i + 1] = i / size * below;
                xyz[3 * i + 2] = distance - 1e-3f * (mean[PartImage.RELIEF * pixels + i] + off[i]);
            }
        }
    }

    /** Per channel S x S of the last part in the frame: red, green, blue, relief. */
    float[] channels() {
        return channels;
    }

    /**
     * How the last part bends along a row of its view, v(x - 1) - 2 v(x) + v(x + 1), at the pixel nearest to a place of
     * the frame: where neighbouring pixels are the sensor's, before they are laid onto the mean part.
     *
     * @param pixel of the frame
     * @param channel 3 = relief; others = brightness
     * @return NaN where one of the three was not seen, or not measured
     */
    float bend(int pixel, int channel) {
        int x = (int) Math.rint(map.x(pixel % size, pixel / size));
        int y = (int) Math.rint(map.y(pixel % size, pixel / size));
        return image.bend(x, y, channel);
    }

    /** Where its relief was measured, in the frame. */
    boolean[] measured() {
        return measured;
    }

    /** Where its image reaches, in the frame. */
    boolean[] seen() {
        return seen;
    }

    boolean hasColour() {
        return image.hasColour;
    }

    boolean hasRelief() {
        return image.hasRelief;
    }

    /**
     * Share of pixels of the last part's image at S x S that lie in the frame.
     *
     * @param pixels S x S; at least one
     */
    public double framed(boolean[] pixels) {
        int all = 0;
        int inside = 0;
        for (int i = 0; i < pixels.length; i++) {
            if (pixels[i]) {
                all++;
                inside += frames(back.x(i % size, i / size)) && frames(back.y(i % size, i / size)) ? 1 : 0;
            }
        }
        return (double) inside / all;
    }

    private boolean frames(double at) {
        return at > -0.5 && at < size - 0.5;
    }

    /**
     * Brings a map of the frame back onto the last part's image at S x S; beyond the frame it is the map's lowest
     * value.
     *
     * @param framed S x S; is replaced
     * @param scratch S x S, overwritten
     */
    public void toImage(float[] framed, float[] scratch) {
        System.arraycopy(framed, 0, scratch, 0, framed.length);
        float lowest = Float.POSITIVE_INFINITY;
        for (float value : scratch) {
            lowest = Math.min(lowest, value);
        }
        Arrays.fill(framed, lowest);
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                float u = (float) back.x(x, y);
                float v = (float) back.y(x, y);
                if (u > -0.5f && v > -0.5f && u < size - 0.5f && v < size - 0.5f) {
                    u = Math.max(0, Math.min(size - 1, u));
                    v = Math.max(0, Math.min(size - 1, v));
                    int left = Math.min((int) u, size - 2);
                    int top = Math.min((int) v, size - 2);
                    framed[y * size + x] = PartImage.between(scratch, size, top * size + left, u - left, v - top);
                }
            }
        }
    }
}
