package io.trd4j.data.dataset;

import io.trd4j.io.InputException;
import java.io.IOException;
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
     * Folders' names may be in any case. What systems leave in folders, and results of trd, are not parts.
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
        return new Dataset(folder.name, categoryFolder, folder.train, folder.validation, folder.test);
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
                broken.found(e);
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
