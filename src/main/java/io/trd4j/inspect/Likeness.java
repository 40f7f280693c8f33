package io.trd4j.inspect;

import io.trd4j.data.InputQuality;
import io.trd4j.data.Part;
import io.trd4j.model.NormalParts;
import io.trd4j.model.NormalParts.Range;
import java.util.Locale;
import java.util.Set;

/**
 * Compares what the sensors saw of a part with what they saw of the model's normal parts: images of another kind, shape
 * or scale are no part of this line, whatever their scores.
 */
public final class Likeness {
    /** Of the ratio of width and height. */
    private static final double SHAPE = 1.03;
    /** Of the length of a row of points: cameras are moved by less, units differ by more. */
    private static final double SCALE = 3;
    /** Fewer points do not tell scale and axes. */
    private static final int MIN_POINTS = 64;

    private final NormalParts normal;

    /** @param normal null when the model does not know: then every part is like them */
    public Likeness(NormalParts normal) {
        this.normal = normal == null ? NormalParts.NONE : normal;
    }

    /** Measures one normal part, as the sensors saw it. */
    public static NormalParts measure(Part part, InputQuality q) {
        boolean points = part.xyz() != null && q.validPoints() >= MIN_POINTS;
        return new NormalParts(
                1,
                part.xyz() != null,
                part.normals() != null,
                part.rgb() == null ? null : at(aspect(q.rgbWidth(), q.rgbHeight())),
                part.hasSecond() ? at(aspect(q.secondWidth(), q.secondHeight())) : null,
                points ? at(q.meanDepth()) : null,
                points ? at(q.pointSpacing()) : null,
                points ? at(q.fieldWidth()) : null,
                points ? at(q.validDepthShare()) : null,
                points ? q.axisOfColumns() : 0,
                points ? q.axisOfRows() : 0);
    }

    private static Range at(double value) {
        return new Range(value, value);
    }

    private static double aspect(int width, int height) {
        return (double) width / height;
    }

    /** Adds in which ways the part is unlike the normal ones. Allocates nothing. */
    void compare(Part part, InputQuality q, Set<Warning> differences) {
        if (part.xyz() != null && normal.normals() && !normal.points()
                || part.normals() != null && normal.points() && !normal.normals()) {
            differences.add(Warning.OTHER_KIND);
        }
        if (part.rgb() != null && !isNear(normal.rgbAspect(), aspect(q.rgbWidth(), q.rgbHeight()), SHAPE)
                || part.hasSecond()
                        && !isNear(normal.secondAspect(), aspect(q.secondWidth(), q.secondHeight()), SHAPE)) {
            differences.add(Warning.OTHER_SHAPE);
        }
        if (part.xyz() != null && q.validPoints() >= MIN_POINTS) {
            if (!isNear(normal.fieldWidth(), q.fieldWidth(), SCALE)) {
                differences.add(Warning.OTHER_SCALE);
            }
            if (otherAxis(normal.axisOfColumns(), q.axisOfColumns())
                    || otherAxis(normal.axisOfRows(), q.axisOfRows())
                    || otherSide(q)) {
                differences.add(Warning.OTHER_AXES);
            }
        }
    }

    /**
     * How other normal parts differ in kind or scale from these, as a sentence's rest.
     *
     * @return null when they do not
     */
    public String difference(NormalParts other) {
        if (normal.parts() > 0 && (other.points() && !normal.points() || other.normals() && !normal.normals())) {
            return normal.points()
                    ? "have images where the training parts have points"
                    : "have points where the training parts have surface-normal images";
        }
        Range now = other.fieldWidth();
        return now == null
                        || isNear(normal.fieldWidth(), now.least(), SCALE)
                                && isNear(normal.fieldWidth(), now.most(), SCALE)
                ? null
                : "are of another scale than the training parts: a row of points is " + text(now) + " m long, not "
                        + text(normal.fieldWidth()) + " m";
    }

    private static boolean isNear(Range range, double value, double factor) {
        return range == null || range.isNear(value, factor);
    }

    private static boolean otherAxis(int usual, int axis) {
        return usual != 0 && axis != 0 && usual != axis;
    }

    /** Behind the origin where all others are before it, by more than a row of points is long. */
    private boolean otherSide(InputQuality q) {
        Range depth = normal.depth();
        return depth != null
                && (depth.least() > 0 && q.meanDepth() < 0 || depth.most() < 0 && q.meanDepth() > 0)
                && Math.min(Math.abs(depth.least()), Math.abs(depth.most())) > q.fieldWidth();
    }

    /** A sentence's rest about one difference. */
    String describe(Warning difference, Part part, InputQuality q) {
        return switch (difference) {
            case OTHER_KIND ->
                part.xyz() != null
                        ? "is a point cloud, but the model's normal parts had surface-normal images"
                        : "is an image, but the model's normal parts had point clouds (x, y, z)";
            case OTHER_SHAPE ->
                String.format(
                        Locale.ROOT,
                        "has images of another shape (colour %dx%d, second %dx%d) than the model's normal parts (width over "
                                + "height: colour %s, second %s): turned or cut otherwise",
                        q.rgbWidth(),
                        q.rgbHeight(),
                        q.secondWidth(),
                        q.secondHeight(),
                        text(normal.rgbAspect()),
                        text(normal.secondAspect()));
            case OTHER_SCALE ->
                String.format(
                        Locale.ROOT,
                        "is of another scale than the model's normal parts: a row of its points is %.3g m long, theirs %s m;"
                                + " check the unit of its points",
                        q.fieldWidth(),
                        text(normal.fieldWidth()));
            case OTHER_AXES ->
                "has other axes than the model's normal parts: " + axis(q.axisOfColumns())
                        + " along its rows, " + axis(q.axisOfRows()) + " along its columns, z "
                        + (q.meanDepth() < 0 ? "below" : "above") + " 0; theirs are " + axis(normal.axisOfColumns())
                        + " and "
                        + axis(normal.axisOfRows());
            default -> throw new IllegalArgumentException(difference + " is no difference");
        };
    }

    private static String axis(int axis) {
        return axis == 0 ? "no axis" : (axis < 0 ? "-" : "") + (char) ('x' + Math.abs(axis) - 1);
    }

    private static String text(Range range) {
        return range == null ? "none" : String.format(Locale.ROOT, "%.3g to %.3g", range.least(), range.most());
    }
}
