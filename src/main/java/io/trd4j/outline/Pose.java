package io.trd4j.outline;

/**
 * A rigid motion in the image: where a place of one view is in another. Distances in units of the views' sides, so that
 * it holds at every resolution.
 *
 * @param angle radians by which the part is turned against the reference
 * @param x where the part's centre is, 0 to 1
 * @param y where the part's centre is
 * @param referenceX where the reference's centre is
 * @param referenceY where the reference's centre is
 */
public record Pose(double angle, double x, double y, double referenceX, double referenceY) {
    Pose moved(double dx, double dy) {
        return new Pose(angle, x + dx, y + dy, referenceX, referenceY);
    }

    /** Turned about a place of the part. */
    Pose turned(double by, double aboutX, double aboutY) {
        double c = Math.cos(by);
        double s = Math.sin(by);
        double dx = x - aboutX;
        double dy = y - aboutY;
        return new Pose(angle + by, aboutX + c * dx - s * dy, aboutY + s * dx + c * dy, referenceX, referenceY);
    }

    /**
     * Against another reference, of which the pose against this one's reference is known.
     *
     * @param other what is a reference there is the same as here; its part is the reference of the result
     */
    Pose through(Pose other) {
        double c = Math.cos(other.angle);
        double s = Math.sin(other.angle);
        double dx = referenceX - other.referenceX;
        double dy = referenceY - other.referenceY;
        return new Pose(angle - other.angle, x, y, c * dx - s * dy + other.x, s * dx + c * dy + other.y);
    }
}
