package io.trd4j.model;

import io.trd4j.io.Arguments;

/**
 * The second branch's view of a part, with what its preparation needs to know (SPEC section 5).
 *
 * @param modality which of the images
 * @param normalKernel Sobel aperture of {@link Modality#NORMALS}, odd, 1 to 31; 0 for the others
 * @param metric scales of {@link Modality#METRIC}; null for the others
 */
public record Geometry(Modality modality, int normalKernel, MetricGeometry metric) {
    /** The depth image. */
    public static final Geometry DEPTH = new Geometry(Modality.DEPTH, 0, null);

    /** @throws IllegalArgumentException when what belongs to the modality is missing or wrong */
    public Geometry {
        normalKernel = modality == Modality.NORMALS ? normalKernel : 0;
        Arguments.require(
                modality != Modality.NORMALS || normalKernel % 2 == 1 && normalKernel > 0 && normalKernel < 32,
                "the normal kernel must be odd, 1 to 31, not " + normalKernel);
        Arguments.require(
                (modality == Modality.METRIC) == (metric != null), "metric geometry, and no other, needs its scales");
    }

    /** Surface normals by Sobel derivatives of this aperture, odd, 1 to 31. */
    public static Geometry normals(int kernel) {
        return new Geometry(Modality.NORMALS, kernel, null);
    }

    /** Of networks whose parts nobody has measured: aperture 5, {@link MetricGeometry#unmeasured} scales. */
    public static Geometry unmeasured(Modality modality, int size) {
        return new Geometry(modality, 5, modality == Modality.METRIC ? MetricGeometry.unmeasured(size) : null);
    }

    /** Slopes and relief in metric terms. */
    public static Geometry metric(MetricGeometry scales) {
        return new Geometry(Modality.METRIC, 0, scales);
    }
}
