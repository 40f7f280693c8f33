package io.trd4j.data;

import java.util.Objects;

/**
 * One part as the sensors saw it: a colour image and a second modality, either an organised point cloud or (Eyecandies)
 * a surface-normal image. The two may differ in size.
 */
public final class Part {
    private final String id;
    private final String source;
    private final RgbImage rgb;
    private final PointCloud xyz;
    private final RgbImage normals;

    private Part(String id, String source, RgbImage rgb, PointCloud xyz, RgbImage normals) {
        this.id = Objects.requireNonNull(id, "id");
        this.source = source;
        this.rgb = Objects.requireNonNull(rgb, "rgb");
        this.xyz = xyz;
        this.normals = normals;
    }

    /** A part with a point cloud; {@code id} is what results and error messages call it. */
    public static Part of(String id, RgbImage rgb, PointCloud xyz) {
        return new Part(id, "part " + id, rgb, Objects.requireNonNull(xyz, "xyz"), null);
    }

    /** A part whose second modality is a surface-normal image, each component mapped from [-1, 1] to [0, 255]. */
    public static Part ofNormals(String id, RgbImage rgb, RgbImage normals) {
        return new Part(id, "part " + id, rgb, null, Objects.requireNonNull(normals, "normals"));
    }

    /** The same part, with the file its second modality came from, which errors then name. */
    Part from(String file) {
        return new Part(id, file, rgb, xyz, normals);
    }

    public String id() {
        return id;
    }

    public RgbImage rgb() {
        return rgb;
    }

    /** The point cloud, or null when the second modality is a normals image. */
    public PointCloud xyz() {
        return xyz;
    }

    /** The surface-normal image, or null when the second modality is a point cloud. */
    public RgbImage normals() {
        return normals;
    }

    /** What an error about the second modality names. */
    public String source() {
        return source;
    }
}
