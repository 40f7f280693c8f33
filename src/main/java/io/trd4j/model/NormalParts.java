package io.trd4j.model;

/**
 * A model's normal parts as the sensors saw them, before anything was resized: by this a part is recognised whose
 * images are of another kind, shape or scale. Each range is over the parts that have the measure; null when none has.
 *
 * @param parts whose measures these are
 * @param points whether any part had a point cloud
 * @param normals whether any had a surface-normal image
 * @param rgbAspect width over height of the colour images
 * @param secondAspect the same of the clouds or surface-normal images
 * @param depth mean z, metres
 * @param spacing of neighbouring points in a row, metres
 * @param fieldWidth length of a row of points, metres
 * @param validShare share of points that are valid, 0 to 1
 * @param axisOfColumns the coordinate that changes from column to column in all parts: 1, 2, 3 for x, y, z, negative
 *     where it falls; 0 when there is none
 * @param axisOfRows the same from row to row
 */
public record NormalParts(
        int parts,
        boolean points,
        boolean normals,
        Range rgbAspect,
        Range secondAspect,
        Range depth,
        Range spacing,
        Range fieldWidth,
        Range validShare,
        int axisOfColumns,
        int axisOfRows) {
    /** Of nothing yet. */
    public static final NormalParts NONE = new NormalParts(0, false, false, null, null, null, null, null, null, 0, 0);

    /** From the least to the most. */
    public record Range(double least, double most) {
        public Range {
            if (!(least <= most && most - least < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "a range must be finite and ascending, not " + least + " to " + most);
            }
        }

        /** Whether it lies in the range, or less than a factor outside. */
        public boolean isNear(double value, double factor) {
            return value * factor >= least && value <= most * factor;
        }

        private static Range of(Range a, Range b) {
            return a == null ? b : b == null ? a : new Range(Math.min(a.least, b.least), Math.max(a.most, b.most));
        }
    }

    public NormalParts {
        if (parts < 0 || Math.abs(axisOfColumns) > 3 || Math.abs(axisOfRows) > 3) {
            throw new IllegalArgumentException("normal parts need a number of parts, and axes from -3 to 3");
        }
    }

    /** Of these parts and others. */
    public NormalParts and(NormalParts other) {
        return new NormalParts(
                parts + other.parts,
                points || other.points,
                normals || other.normals,
                Range.of(rgbAspect, other.rgbAspect),
                Range.of(secondAspect, other.secondAspect),
                Range.of(depth, other.depth),
                Range.of(spacing, other.spacing),
                Range.of(fieldWidth, other.fieldWidth),
                Range.of(validShare, other.validShare),
                common(axisOfColumns, other.axisOfColumns, other),
                common(axisOfRows, other.axisOfRows, other));
    }

    private int common(int mine, int others, NormalParts other) {
        return depth == null ? others : other.depth == null || mine == others ? mine : 0;
    }
}
