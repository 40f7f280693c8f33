package io.trd4j.sensitivity;

import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.io.Arguments;
import io.trd4j.model.DefectKind;

/**
 * A defect to be pasted onto a normal part: a bump or dent in its points, whose colour stays, or a stain in its colour
 * image, whose points stay. The part itself does not change.
 *
 * <p>Bumps and dents are a raised cosine along z, stains flat with an edge of a raised cosine, each round in the pixels
 * of its own image.
 *
 * @param kind bump, dent, dark or light stain
 * @param u middle, from 0 at the image's left border to 1 at its right one
 * @param v middle, from 0 at the upper border to 1 at the lower one
 * @param diameter over the image's width, between 0 and 1
 * @param amount height of the middle in millimetres, or contrast in grey levels of 255; above 0
 */
public record PastedDefect(DefectKind kind, double u, double v, double diameter, double amount) {
    /** Share of a stain's radius that is flat. */
    private static final double FLAT = 0.6;

    private static final double METRES = 1e-3;

    /** @throws IllegalArgumentException for numbers out of their range */
    public PastedDefect {
        Arguments.require(kind != null, "a pasted defect needs a kind");
        Arguments.require(u >= 0 && u <= 1 && v >= 0 && v <= 1, "a pasted defect's middle lies in the image");
        Arguments.require(diameter > 0 && diameter < 1, "a diameter is a share of the width, not " + diameter);
        Arguments.require(
                amount > 0 && amount < Double.POSITIVE_INFINITY, "a pasted defect's amount is above 0, not " + amount);
    }

    /**
     * A copy of the part that has the defect.
     *
     * @throws IllegalArgumentException when the part lacks the points or the colour image that it belongs to
     */
    public Part paste(Part part) {
        if (kind.relief()) {
            Arguments.require(part.xyz() != null, part.source() + " has no points for a " + kind.key());
            return Part.fromFiles(part.id(), part.source(), part.rgb(), raised(part.xyz()), part.normals());
        }
        Arguments.require(part.rgb() != null, part.source() + " has no colour image for a " + kind.key());
        return Part.fromFiles(part.id(), part.source(), stained(part.rgb()), part.xyz(), part.normals());
    }

    /** Missing points stay missing, all others on the lines along which their pixels look. */
    private PointCloud raised(PointCloud cloud) {
        int width = cloud.width();
        int height = cloud.height();
        float[] xyz = cloud.xyz().clone();
        boolean rays = ViewingRays.fromOrigin(xyz, width, height);
        double towards = (kind == DefectKind.BUMP ? -1 : 1) * METRES * amount;
        Disc disc = new Disc(u * width, v * height, diameter * width / 2);
        for (int row = disc.top(); row < disc.bottom(height); row++) {
            for (int column = disc.left(); column < disc.right(width); column++) {
                int at = 3 * (row * width + column);
                double weight = cosine(disc.radius(column, row));
                if (weight == 0 || !PointCloud.isPoint(xyz[at], xyz[at + 1], xyz[at + 2])) {
                    continue;
                }
                double z = xyz[at + 2];
                double moved = z + towards * weight;
                if (rays) {
                    xyz[at] = (float) (xyz[at] * (moved / z));
                    xyz[at + 1] = (float) (xyz[at + 1] * (moved / z));
                }
                // z = 0 would be a missing point.
                xyz[at + 2] = (float) moved == 0 ? Float.MIN_VALUE : (float) moved;
            }
        }
        return new PointCloud(width, height, xyz);
    }

    private RgbImage stained(RgbImage image) {
        int width = image.width();
        int height = image.height();
        byte[] rgb = image.rgb().clone();
        double signed = kind == DefectKind.DARK_STAIN ? -amount : amount;
        Disc disc = new Disc(u * width, v * height, diameter * width / 2);
        for (int row = disc.top(); row < disc.bottom(height); row++) {
            for (int column = disc.left(); column < disc.right(width); column++) {
                double weight = cosine((disc.radius(column, row) - FLAT) / (1 - FLAT));
                for (int i = 3 * (row * width + column); weight > 0 && i < 3 * (row * width + column) + 3; i++) {
                    rgb[i] = (byte) Math.max(0, Math.min(255, Math.round((rgb[i] & 0xff) + weight * signed)));
                }
            }
        }
        return new RgbImage(width, height, rgb);
    }

    /** 1 up to t = 0, 0 from t = 1 on. StrictMath: the same bits everywhere. */
    private static double cosine(double t) {
        return t >= 1 ? 0 : t <= 0 ? 1 : 0.5 * (1 + StrictMath.cos(Math.PI * t));
    }

    /** A disc in pixels: x and y from the image's corner, so that the middle of the first pixel is at one half. */
    private record Disc(double x, double y, double pixels) {
        int left() {
            return Math.max(0, (int) Math.floor(x - pixels));
        }

        int right(int width) {
            return Math.min(width, (int) Math.ceil(x + pixels));
        }

        int top() {
            return Math.max(0, (int) Math.floor(y - pixels));
        }

        int bottom(int height) {
            return Math.min(height, (int) Math.ceil(y + pixels));
        }

        /** Distance of a pixel's middle over the disc's radius. */
        double radius(int column, int row) {
            double dx = column + 0.5 - x;
            double dy = row + 0.5 - y;
            return Math.sqrt(dx * dx + dy * dy) / pixels;
        }
    }
}
