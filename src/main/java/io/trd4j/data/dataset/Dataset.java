package io.trd4j.data.dataset;

import io.trd4j.data.PointConvention;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Path;
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
     *       images in place of {@code xyz}, as Eyecandies is often preprocessed; training and validation are all good;
     *   <li>Eyecandies: {@code train|val|test_public/data/NNN_image_4.*, NNN_normals.*, NN_mask.*}; a test part is
     *       anomalous when its mask is anywhere non-zero;
     *   <li>plain: {@code rgb/NNN.*} and {@code xyz/NNN.*} (or {@code normals}): unlabelled test parts.
     * </ul>
     *
     * @throws InputException when the folder is missing, empty, of another layout, or a file's partner is missing
     */
    public static Dataset open(Path categoryFolder) throws IOException {
        CategoryFolder folder = new CategoryFolder(categoryFolder);
        return new Dataset(folder.name, categoryFolder, folder.train, folder.validation, folder.test);
    }

    /** The same parts, their points meant otherwise. */
    public Dataset withPoints(PointConvention convention) {
        return new Dataset(
                category, folder, with(train, convention), with(validation, convention), with(test, convention));
    }

    private static List<PartFiles> with(List<PartFiles> parts, PointConvention convention) {
        return parts.stream().map(part -> part.withPoints(convention)).toList();
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
