package io.trd4j.data;

import io.trd4j.io.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One part as the sensors saw it: a colour image and a second modality, either an organised point cloud or (Eyecandies)
 * surface normals. The two may differ in size. One of them may be missing.
 */
public final class Part {
    private final String id;
    private final String source;
    private final RgbImage rgb;
    private final PointCloud xyz;
    private final SurfaceNormals normals;
    /** Made when asked for, then kept: a line whose sensor fails makes no garbage per part. */
    private Part withoutRgb;

    private Part withoutSecond;

    private Part(String id, String source, RgbImage rgb, PointCloud xyz, SurfaceNormals normals) {
        this.id = Objects.requireNonNull(id, "id");
        this.source = source;
        this.rgb = rgb;
        this.xyz = xyz;
        this.normals = normals;
    }

    /** A part with a point cloud; {@code id} is what results and error messages call it. */
    public static Part of(String id, RgbImage rgb, PointCloud xyz) {
        return new Part(id, "part " + id, Objects.requireNonNull(rgb, "rgb"), Objects.requireNonNull(xyz, "xyz"), null);
    }

    /** A part whose second modality is surface normals, for models that see these. */
    public static Part of(String id, RgbImage rgb, SurfaceNormals normals) {
        return new Part(
                id, "part " + id, Objects.requireNonNull(rgb, "rgb"), null, Objects.requireNonNull(normals, "normals"));
    }

    /** A part without its second modality. */
    public static Part ofRgb(String id, RgbImage rgb) {
        return new Part(id, "part " + id, Objects.requireNonNull(rgb, "rgb"), null, null);
    }

    /** A part without its colour image. */
    public static Part ofPoints(String id, PointCloud xyz) {
        return new Part(id, "part " + id, null, Objects.requireNonNull(xyz, "xyz"), null);
    }

    /** The same of surface normals. */
    public static Part ofNormals(String id, SurfaceNormals normals) {
        return new Part(id, "part " + id, null, null, Objects.requireNonNull(normals, "normals"));
    }

    /** A part as read, with the file that errors name, its second modality's; what is missing is null. */
    public static Part fromFiles(String id, String file, RgbImage rgb, PointCloud xyz, SurfaceNormals normals) {
        return new Part(id, file, rgb, xyz, normals);
    }

    /**
     * A part as it lies in another frame, under the same names.
     *
     * @param rgb null = none
     * @param xyz null = none
     */
    public static Part located(Part part, RgbImage rgb, PointCloud xyz) {
        return new Part(part.id, part.source, rgb, xyz, null);
    }

    /** The same part without its colour image; always the same object. */
    public Part withoutRgb() {
        if (withoutRgb == null) {
            withoutRgb = rgb == null ? this : new Part(id, source, null, xyz, normals);
        }
        return withoutRgb;
    }

    /** The same part without its second modality; always the same object. */
    public Part withoutSecond() {
        if (withoutSecond == null) {
            withoutSecond = hasSecond() ? new Part(id, source, rgb, null, null) : this;
        }
        return withoutSecond;
    }

    /** Of what is in memory, as PartSource.checksums says. */
    List<String> checksums() {
        List<String> checksums = new ArrayList<>();
        if (rgb != null) {
            checksums.add(checksum(rgb));
        }
        if (normals != null) {
            checksums.add(checksum(normals.image()));
        }
        if (xyz != null) {
            float[] points = xyz.xyz();
            ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, points.length))
                    .order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(points);
            checksums.add(new Sha256()
                    .add(xyz.width() + "x" + xyz.height())
                    .add(bytes)
                    .hex());
        }
        return checksums;
    }

    private static String checksum(RgbImage image) {
        return new Sha256()
                .add(image.width() + "x" + image.height())
                .add(image.rgb())
                .hex();
    }

    /**
     * Reads what its images convert from the caller's memory again; see {@link RgbImage#update},
     * {@link PointCloud#update} and {@link SurfaceNormals#update}.
     *
     * @throws io.trd4j.io.InputException when what are to be surface normals are no directions
     */
    public void update() {
        if (rgb != null) {
            rgb.update();
        }
        if (xyz != null) {
            xyz.update();
        }
        if (normals != null) {
            normals.update();
            normals.requireDirections(source);
        }
    }

    public String id() {
        return id;
    }

    /** The colour image, or null when it is missing. */
    public RgbImage rgb() {
        return rgb;
    }

    /** The point cloud, or null when the second modality is surface normals or missing. */
    public PointCloud xyz() {
        return xyz;
    }

    /** The surface normals, or null when the second modality is a point cloud or missing. */
    public SurfaceNormals normals() {
        return normals;
    }

    /** Whether there is a point cloud or surface normals. */
    public boolean hasSecond() {
        return xyz != null || normals != null;
    }

    /** The name that errors give the part: for parts from files the second modality's file. */
    public String source() {
        return source;
    }
}
