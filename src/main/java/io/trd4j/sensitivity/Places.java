package io.trd4j.sensitivity;

import io.trd4j.data.Noise;
import io.trd4j.data.Part;
import io.trd4j.data.RgbImage;
import io.trd4j.model.DefectKind;
import io.trd4j.model.RegionOfInterest;

/**
 * Finds seeded places for defects on a part: on its points where they tell it from the table, else anywhere in the
 * image; whole within the image, the middle within the region of interest, and of stains where the colour has room to
 * change.
 */
final class Places {
    private static final int TRIES = 400;
    /** Share of a defect that must lie on the part. */
    private static final double ON_PART = 0.9;
    /** Grey levels that a stain must be able to change. */
    private static final double ROOM = 64;
    /** Radii, over the defect's, and angles of each, at which is looked whether it lies on the part. */
    private static final double[] RADII = {0.5, 0.9};

    private static final int ANGLES = 8;

    private final RgbImage rgb;
    private final byte[] colours;
    private final PartSurface surface;
    private final RegionOfInterest roi;

    /** A middle, as {@link PastedDefect} has it. */
    record Place(double u, double v) {}

    /**
     * @param surface of the part's points; null = it has none
     * @param roi what counts; null = everything
     */
    Places(Part part, PartSurface surface, RegionOfInterest roi) {
        rgb = part.rgb();
        colours = rgb == null ? null : rgb.rgb();
        this.surface = surface != null && surface.any() ? surface : null;
        this.roi = roi;
    }

    /**
     * A place for a defect: the first that lies on the part and has room, else the best of many.
     *
     * @param diameter over the image's width
     * @return null when no place in the region of interest, on the part, was found
     */
    Place find(DefectKind kind, double diameter, long seed) {
        double aspect = surface != null ? surface.aspect() : (double) rgb.width() / rgb.height();
        double across = diameter / 2;
        double down = Math.min(across * aspect, 0.499);
        Place best = null;
        double most = 0;
        for (int i = 0; i < TRIES; i++) {
            double u = across + (1 - 2 * across) * Noise.uniform(seed, 2L * i);
            double v = down + (1 - 2 * down) * Noise.uniform(seed, 2L * i + 1);
            if (!counts(u, v) || surface != null && !surface.at(u, v)) {
                continue;
            }
            double on = onPart(u, v, across, down);
            double room = kind.relief() ? 1 : Math.min(1, room(kind, u, v, diameter) / ROOM);
            if (on >= ON_PART && room == 1) {
                return new Place(u, v);
            }
            double worth = Math.min(on, ON_PART) + room;
            if (worth > most) {
                most = worth;
                best = new Place(u, v);
            }
        }
        return best;
    }

    private boolean counts(double u, double v) {
        if (roi == null) {
            return true;
        }
        int column = Math.min(roi.size() - 1, (int) (u * roi.size()));
        int row = Math.min(roi.size() - 1, (int) (v * roi.size()));
        return roi.counts(row * roi.size() + column);
    }

    private double onPart(double u, double v, double across, double down) {
        if (surface == null) {
            return 1;
        }
        int on = 0;
        for (double radius : RADII) {
            for (int a = 0; a < ANGLES; a++) {
                double angle = 2 * Math.PI * a / ANGLES;
                double x = u + radius * across * StrictMath.cos(angle);
                double y = v + radius * down * StrictMath.sin(angle);
                on += surface.at(x, y) ? 1 : 0;
            }
        }
        return on / (double) (RADII.length * ANGLES);
    }

    /** Grey levels by which the mean colour can change. */
    private double room(DefectKind kind, double u, double v, double diameter) {
        int radius = Math.max(1, (int) (diameter * rgb.width() / 2));
        int left = Math.max(0, (int) (u * rgb.width()) - radius);
        int right = Math.min(rgb.width(), (int) (u * rgb.width()) + radius);
        int top = Math.max(0, (int) (v * rgb.height()) - radius);
        int bottom = Math.min(rgb.height(), (int) (v * rgb.height()) + radius);
        long sum = 0;
        for (int row = top; row < bottom; row++) {
            for (int i = 3 * (row * rgb.width() + left); i < 3 * (row * rgb.width() + right); i++) {
                sum += colours[i] & 0xff;
            }
        }
        double mean = sum / (3.0 * Math.max(1, (right - left) * (bottom - top)));
        return kind == DefectKind.DARK_STAIN ? mean : 255 - mean;
    }
}
