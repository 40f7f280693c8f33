package io.trd4j.data.dataset;

import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.RgbImage;
import io.trd4j.data.image.ImageReader;
import io.trd4j.data.image.PointCloudReader;
import io.trd4j.data.image.SecondImage;
import io.trd4j.data.prepare.Preparation;
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
 * @param second the point cloud (TIFF of floats) or the surface-normal image; null where it is missing
 * @param mask the ground truth, or null when the part has none
 */
public record PartFiles(String id, String kind, Path rgb, Path second, Path mask) implements PartSource {
    public static final String GOOD = "good";
    /** Kind of a part of which nobody said whether it is normal. */
    public static final String UNLABELLED = "unlabelled";

    /**
     * One unlabelled part, called as its colour image without the extension, or as the other file when that is null.
     *
     * @throws NullPointerException when both are null
     */
    public static PartFiles of(Path rgb, Path second) {
        return new PartFiles(FileNames.stem(rgb != null ? rgb : second), UNLABELLED, rgb, second, null);
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
     * Reads what there is; see {@link ImageReader} and {@link PointCloudReader} for the kinds accepted and the errors.
     */
    @Override
    public Part load() throws IOException {
        RgbImage image = rgb == null ? null : ImageReader.readRgb(rgb);
        SecondImage read = second == null ? null : SecondImage.read(second);
        return Part.fromFiles(
                id,
                (second != null ? second : rgb).toString(),
                image,
                read == null ? null : read.xyz(),
                read == null ? null : read.normals());
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
     * @throws InputException when the part is anomalous or unlabelled and has no mask file, or the file is unusable
     */
    public boolean[] mask(int size) throws IOException {
        if (mask == null) {
            if (anomalous()) {
                throw new InputException(rgb + " shows a defect (" + kind
                        + ") but has no ground-truth mask; add it as gt/" + FileNames.stem(rgb) + ".png");
            }
            return new boolean[Math.multiplyExact(size, size)];
        }
        return Preparation.aboveHalf(ImageReader.readGrey(mask), size);
    }
}
