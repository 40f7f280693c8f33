package io.trd4j.data.dataset;

import io.trd4j.data.PointConvention;
import io.trd4j.data.image.CameraFile;
import io.trd4j.data.image.ImageReader;
import io.trd4j.data.image.Reading;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of one category, each split sorted by kind and name. A split that the folder does not have is empty.
 *
 * @param category the folder's name
 * @param folder as it was opened
 */
public record Dataset(
        String category, Path folder, List<PartFiles> train, List<PartFiles> validation, List<PartFiles> test) {
    /** In a category's folder: the camera of its depth images. */
    private static final String CAMERA = "camera.json";

    public Dataset {
        train = List.copyOf(train);
        validation = List.copyOf(validation);
        test = List.copyOf(test);
    }

    /**
     * Recognises the layout of a category's folder (SPEC section 5):
     *
     * <ul>
     *   <li>MVTec 3D-AD: {@code train|validation|test/KIND/{rgb,xyz,gt}/NNN.*}; also with a folder {@code normals} of
     *       images in place of {@code xyz}, as Eyecandies is often preprocessed, and {@code ground_truth} in place of
     *       {@code gt}, as 3D-ADAM has it; training and validation are all good;
     *   <li>Eyecandies: {@code train|val|test_public/data/NNN_image_4.*, NNN_normals.*, NN_mask.*}; a test part is
     *       anomalous when its mask marks anything ({@link GroundTruth});
     *   <li>anomalib's Folder3D: {@code normal/NNN.*} and {@code normal_depth/NNN.*} to train on, the same of
     *       {@code normal_test} and {@code abnormal} to test, {@code mask/NNN.*} of the latter;
     *   <li>plain: {@code rgb/NNN.*} and {@code xyz/NNN.*} (or {@code normals}): unlabelled test parts.
     * </ul>
     *
     * A folder {@code depth} of depth images may stand in place of {@code xyz}; their camera is the category's
     * {@code camera.json} ({@link CameraFile}). Folders' names may be in any case. What systems leave in folders, and
     * results of trd, are not parts.
     *
     * @throws InputException when the folder is missing, empty, of another layout, or a file's partner is missing
     */
    public static Dataset open(Path categoryFolder) throws IOException {
        return open(categoryFolder, BrokenParts.REFUSE);
    }

    /**
     * The same, where parts may be broken.
     *
     * @param broken told of parts of which a file is missing; whether the files can be read is not looked at
     */
    public static Dataset open(Path categoryFolder, BrokenParts broken) throws IOException {
        CategoryFolder folder = new CategoryFolder(categoryFolder, broken);
        Dataset dataset = new Dataset(folder.name, categoryFolder, folder.train, folder.validation, folder.test);
        return dataset.with(reading(categoryFolder));
    }

    /** Facts that a category's folder says of its files: the camera of depth images, where there is one. */
    static Reading reading(Path categoryFolder) throws IOException {
        Path camera = categoryFolder.resolve(CAMERA);
        return Files.exists(camera) ? Reading.UNSTATED.withCamera(CameraFile.read(camera)) : Reading.UNSTATED;
    }

    /** The same parts, read in another way. */
    public Dataset with(Reading reading) {
        return new Dataset(category, folder, with(train, reading), with(validation, reading), with(test, reading));
    }

    private static List<PartFiles> with(List<PartFiles> parts, Reading reading) {
        return parts.stream().map(part -> part.with(reading)).toList();
    }

    /** The same parts, with colour images that use so many bits of their samples; see {@link Reading#colorBits}. */
    public Dataset withColorBits(int bits) {
        return new Dataset(
                category,
                folder,
                withColorBits(train, bits),
                withColorBits(validation, bits),
                withColorBits(test, bits));
    }

    private static List<PartFiles> withColorBits(List<PartFiles> parts, int bits) {
        return parts.stream().map(part -> part.withColorBits(bits)).toList();
    }

    /**
     * How many bits of their samples the colour images of training and validation use together: what a model of them
     * remembers ({@link Reading#colorBits}). A file that cannot be read is passed over: loading it says so.
     */
    public int colorBits() throws IOException {
        int most = Reading.AS_USED;
        for (List<PartFiles> parts : List.of(train, validation)) {
            for (PartFiles part : parts) {
                most = Math.max(most, colorBits(part.rgb()));
            }
        }
        return most;
    }

    private static int colorBits(Path rgb) throws IOException {
        try {
            return rgb == null ? Reading.AS_USED : ImageReader.colorBits(rgb);
        } catch (InputException e) {
            return Reading.AS_USED;
        }
    }

    /** The same parts, their points meant otherwise. */
    public Dataset withPoints(PointConvention convention) {
        return new Dataset(
                category, folder, with(train, convention), with(validation, convention), with(test, convention));
    }

    private static List<PartFiles> with(List<PartFiles> parts, PointConvention convention) {
        return parts.stream().map(part -> part.withPoints(convention)).toList();
    }

    /**
     * The parts whose images can be read. Reads all of them, one after the other.
     *
     * @param broken told of the others
     */
    public Dataset readable(BrokenParts broken) throws IOException {
        return new Dataset(
                category, folder, readable(train, broken), readable(validation, broken), readable(test, broken));
    }

    private static List<PartFiles> readable(List<PartFiles> parts, BrokenParts broken) throws IOException {
        List<PartFiles> readable = new ArrayList<>();
        for (PartFiles part : parts) {
            try {
                part.load();
                readable.add(part);
            } catch (InputException e) {
                broken.found(part.id(), e);
            }
        }
        return readable;
    }

    /** Whether every test part is known to be normal or anomalous. */
    public boolean labelled() {
        for (PartFiles part : test) {
            if (!part.labelled()) {
                return false;
            }
        }
        return true;
    }
}
