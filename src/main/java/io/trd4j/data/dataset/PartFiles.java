package io.trd4j.data.dataset;

import io.trd4j.data.CheckedPoints;
import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.PointCloud;
import io.trd4j.data.PointConvention;
import io.trd4j.data.RgbImage;
import io.trd4j.data.image.ImageReader;
import io.trd4j.data.image.PointCloudReader;
import io.trd4j.data.image.Reading;
import io.trd4j.data.image.SecondImage;
import io.trd4j.io.InputException;
import io.trd4j.io.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where one part of a data set lies.
 *
 * @param id what results call the part: {@code SPLIT/KIND/NNN} in MVTec 3D-AD, unique within a data set
 * @param kind {@code good}, the kind of defect, or {@link #UNLABELLED}
 * @param rgb the colour image; null where it is missing
 * @param second the point cloud, depth image or surface-normal image; null where it is missing
 * @param mask the ground truth, or null when the part has none
 * @param reading what the files do not say themselves
 */
public record PartFiles(String id, String kind, Path rgb, Path second, Path mask, Reading reading)
        implements PartSource {
    public static final String GOOD = "good";
    /** Kind of a part of which nobody said whether it is normal. */
    public static final String UNLABELLED = "unlabelled";

    /** Files of which nothing else is known. */
    public PartFiles(String id, String kind, Path rgb, Path second, Path mask) {
        this(id, kind, rgb, second, mask, Reading.UNSTATED);
    }

    /** The same files, read in another way. */
    public PartFiles with(Reading other) {
        return new PartFiles(id, kind, rgb, second, mask, other);
    }

    /** The same files, read as colour images that use so many bits; see {@link Reading#colorBits}. */
    @Override
    public PartFiles withColorBits(int bits) {
        return with(reading.withColorBits(bits));
    }

    /**
     * One unlabelled part, called as its colour image without the extension, or as the other file when that is null.
     *
     * @throws NullPointerException when both are null
     */
    public static PartFiles of(Path rgb, Path second) {
        return new PartFiles(FileNames.stem(rgb != null ? rgb : second), UNLABELLED, rgb, second, null);
    }

    /** The same part, its points meant otherwise. */
    public PartFiles withPoints(PointConvention convention) {
        return with(reading.withPoints(convention));
    }

    /** Whether it is known that the part is normal or anomalous. */
    public boolean labelled() {
        return !kind.equals(UNLABELLED);
    }

    /**
     * Whether the part has a defect.
     *
     * @throws InputException when the part is not labelled
     */
    public boolean anomalous() {
        if (!labelled()) {
            throw new InputException(rgb + " is not labelled as normal or anomalous; "
                    + "give a data set with labels, in the MVTec 3D-AD or Eyecandies layout");
        }
        return !kind.equals(GOOD);
    }

    /**
     * Reads what there is; see {@link ImageReader} and {@link PointCloudReader} for the kinds accepted and the errors,
     * and {@link CheckedPoints#of} for what becomes of points.
     */
    @Override
    public Part load() throws IOException {
        RgbImage image = rgb == null ? null : ImageReader.readRgb(rgb, reading.colorBits());
        SecondImage read = second == null
                ? null
                : SecondImage.read(
                        second, reading, image == null ? 0 : image.width(), image == null ? 0 : image.height());
        PointCloud xyz = read == null || read.xyz() == null
                ? null
                : CheckedPoints.of(second.toString(), read.xyz(), reading.points());
        return Part.fromFiles(
                id, (second != null ? second : rgb).toString(), image, xyz, read == null ? null : read.normals());
    }

    /** Of the files. */
    @Override
    public List<String> checksums(Part loaded) throws IOException {
        List<String> checksums = new ArrayList<>();
        for (Path file : Arrays.asList(rgb, second)) {
            if (file != null) {
                checksums.add(Sha256.of(file));
            }
        }
        return checksums;
    }

    /**
     * The ground truth at {@code size x size}, row by row: true where anomalous (SPEC section 5). All false for a good
     * part without a mask file.
     *
     * @throws InputException as {@link #mask(int, MaskNotes)}
     */
    public boolean[] mask(int size) throws IOException {
        return mask(size, new MaskNotes());
    }

    /**
     * The same.
     *
     * @param notes where it is counted how the file was understood
     * @throws InputException when the part is anomalous or unlabelled and has no mask file, the file is unusable, marks
     *     nothing of a part with a defect, or something of a good one
     */
    public boolean[] mask(int size, MaskNotes notes) throws IOException {
        if (mask == null) {
            if (anomalous()) {
                throw new InputException(rgb + " shows a defect (" + kind
                        + ") but has no ground-truth mask; add it as gt/" + FileNames.stem(rgb) + ".png");
            }
            return new boolean[Math.multiplyExact(size, size)];
        }
        GroundTruth truth = GroundTruth.read(mask);
        if (labelled() && anomalous() && !truth.any()) {
            throw new InputException(mask + " marks nothing (its values are " + truth.values()
                    + "), but its part shows a defect (" + kind + "); make the defect white, or leave the part out");
        }
        if (labelled() && !anomalous() && truth.any()) {
            throw new InputException(mask + " marks a defect (its values are " + truth.values()
                    + "), but its part is good; empty the mask, or move the part to its kind of defect");
        }
        boolean[] resized = truth.at(size);
        notes.add(truth, resized);
        return resized;
    }
}
