package io.trd4j.data;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which coordinates the three channels of a point cloud hold. trd4j's own order is x, y, z with z away from the camera;
 * {@code z,y,x} is a cloud whose first channel is z, {@code x,y,-z} one whose third is z with the other sign.
 *
 * @param x 1, 2 or 3: the channel that holds x; negative where it holds -x
 * @param y the same for y, another channel
 * @param z the same for z, the third one
 * @param planar whether all values of the first channel come first, then those of the second: 3 x H x W in memory
 */
public record PointAxes(int x, int y, int z, boolean planar) {
    /** As trd4j has them. */
    public static final PointAxes XYZ = new PointAxes(1, 2, 3, false);

    private static final Pattern TEXT = Pattern.compile("([+-]?[xyz]),?([+-]?[xyz]),?([+-]?[xyz])");
    private static final String PLANAR = "planar";

    public PointAxes {
        if ((1 << Math.abs(x) | 1 << Math.abs(y) | 1 << Math.abs(z)) != 0b1110) {
            throw new IllegalArgumentException(
                    "x, y and z must be in channels 1, 2 and 3, not " + x + ", " + y + " and " + z);
        }
    }

    /**
     * Reads what the channels hold, in their order: {@code x,y,z}, {@code zyx}, {@code x,-y,-z}; {@code planar} is x,
     * y, z as three planes one after the other.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static PointAxes of(String text) {
        if (text.equals(PLANAR)) {
            return new PointAxes(1, 2, 3, true);
        }
        Matcher match = TEXT.matcher(text);
        int[] channels = new int[3];
        for (int i = 1; match.matches() && i <= 3; i++) {
            String axis = match.group(i);
            channels[axis.charAt(axis.length() - 1) - 'x'] = axis.startsWith("-") ? -i : i;
        }
        if (channels[0] == 0 || channels[1] == 0 || channels[2] == 0) {
            throw new IllegalArgumentException("'" + text + "' does not name x, y and z once each, such as x,y,z or "
                    + "z,y,x or x,y,-z, nor is it " + PLANAR);
        }
        return new PointAxes(channels[0], channels[1], channels[2], false);
    }

    /** As {@link #of} reads it. */
    @Override
    public String toString() {
        if (planar) {
            return PLANAR;
        }
        String[] names = new String[3];
        int[] channels = {x, y, z};
        for (int i = 0; i < 3; i++) {
            names[Math.abs(channels[i]) - 1] = (channels[i] < 0 ? "-" : "") + (char) ('x' + i);
        }
        return String.join(",", names);
    }
}
