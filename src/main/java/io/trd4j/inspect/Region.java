package io.trd4j.inspect;

import io.trd4j.outline.Outline.UnknownHeight;
import java.util.List;

/**
 * A connected region of a part that a map above its NG limit points at, outlined by what the part's own images show
 * there. Positions are pixels of the maps, S x S; a pixel of the colour image is one of the map times width / S and
 * height / S.
 *
 * @param x left column of its box
 * @param y top row of its box
 * @param width of its box
 * @param height of its box
 * @param contour its outer border, pixel after pixel without those on straight lines; closed; what it encloses belongs
 *     to the region, except pixels that a region of interest leaves out
 * @param area pixels
 * @param areaSquareMillimetres of the surface, from the point cloud; null where it has no points, or there is none
 * @param peak largest value of the combined map around it, standard deviations: of several regions that one peak points
 *     at, the first has it, the others their own
 * @param peakX where the peak is; the map is blurred, so that it may lie beside a small region
 * @param peakY where the peak is
 * @param mean of the combined map in it, standard deviations
 * @param deciding whose map is high at the peak
 * @param raisedMillimetres by how much its surface stands before (above 0, a bump) or lies behind (below 0, a dent)
 *     what a normal part, or the surface around, would show there, seen along the camera's axis: near its highest or
 *     deepest place; null where the points do not tell
 * @param unknownHeight why {@code raisedMillimetres} is null; null when it is not
 */
public record Region(
        int x,
        int y,
        int width,
        int height,
        List<Point> contour,
        int area,
        Double areaSquareMillimetres,
        float peak,
        int peakX,
        int peakY,
        float mean,
        Deciding deciding,
        Double raisedMillimetres,
        UnknownHeight unknownHeight) {
    public Region {
        contour = List.copyOf(contour);
    }

    public record Point(int x, int y) {}

    /** One branch's map is at least twice the other's, or neither is. */
    public enum Deciding {
        RGB,
        DEPTH,
        BOTH;

        static Deciding of(float rgb, float depth) {
            float r = Math.max(0, rgb);
            float d = Math.max(0, depth);
            return r == d ? BOTH : r >= 2 * d ? RGB : d >= 2 * r ? DEPTH : BOTH;
        }
    }
}
