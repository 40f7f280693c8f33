package io.trd4j.data.dataset;

import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A category's folder: finds out which layout it has and pairs its files. */
final class CategoryFolder {
    private static final String EXPECTED = "expected train/good/rgb and train/good/xyz (MVTec 3D-AD), "
            + "train/data/NNN_image_4.png (Eyecandies), normal and normal_depth (anomalib's Folder3D), or the folders "
            + "rgb and xyz";
    private static final Pattern EYECANDIES =
            Pattern.compile("(\\d+)_(image_4|normals|mask)", Pattern.CASE_INSENSITIVE);
    private static final String[] SPLITS = {"train", "validation", "val", "test", "test_public"};
    static final String[] SECOND = {"xyz", "normals", "depth"};
    private static final String[] MASKS = {"gt", "ground_truth", "mask", "masks"};
    private static final String ABNORMAL = "abnormal";

    /** The category: the folder's name. */
    final String name;

    final List<PartFiles> train;
    final List<PartFiles> validation;
    final List<PartFiles> test;

    private final Path folder;
    private final BrokenParts broken;

    /** @throws InputException as {@link Dataset#open} */
    CategoryFolder(Path folder, BrokenParts broken) throws IOException {
        this.folder = folder;
        this.broken = broken;
        if (!Files.exists(folder)) {
            throw new InputException(folder + " does not exist; give the folder of one category");
        }
        if (!Files.isDirectory(folder)) {
            throw new InputException(folder + " is not a folder; give the folder of one category");
        }
        Path last = folder.toAbsolutePath().normalize().getFileName();
        name = last == null ? "category" : last.toString();
        if (Folders.child(folder, "rgb") != null) {
            train = List.of();
            validation = List.of();
            test = kind(folder, "", PartFiles.UNLABELLED);
            return;
        }
        Path trainFolder = Folders.child(folder, "train");
        Path validationFolder = Folders.child(folder, "validation", "val");
        Path testFolder = Folders.child(folder, "test", "test_public");
        if (trainFolder == null && validationFolder == null && testFolder == null) {
            if (Folders.child(folder, "normal", ABNORMAL) == null) {
                throw unknown();
            }
            train = folder3d("normal", "train", PartFiles.GOOD);
            validation = folder3d("normal_validation", "validation", PartFiles.GOOD);
            test = new ArrayList<>(folder3d(ABNORMAL, "test", ABNORMAL));
            test.addAll(folder3d("normal_test", "test", PartFiles.GOOD));
        } else {
            train = split(trainFolder, true);
            validation = split(validationFolder, true);
            test = split(testFolder, false);
        }
        if (train.isEmpty() && validation.isEmpty() && test.isEmpty()) {
            throw new InputException(folder + " has no parts; " + EXPECTED);
        }
    }

    private InputException unknown() throws IOException {
        List<Path> inside = Folders.list(folder);
        if (inside.isEmpty()) {
            return new InputException(folder + " is empty; " + EXPECTED);
        }
        Path above = folder.toAbsolutePath().normalize().getParent();
        boolean split = Arrays.stream(SPLITS).anyMatch(name::equalsIgnoreCase);
        for (Path child : inside) {
            if (split && above != null && (isKind(child) || Folders.isNamed(child, "data"))) {
                return new InputException(folder + " is a split of a category; give the category's folder, " + above);
            }
            if (Folders.child(child, "train", "rgb", "normal") != null) {
                return new InputException(folder + " holds several categories; give one of them, such as " + child);
            }
        }
        return new InputException(folder + " has no layout that is known; " + EXPECTED);
    }

    /** Whether a folder holds the parts of one kind. */
    private static boolean isKind(Path folder) throws IOException {
        return Folders.child(folder, "rgb") != null || Folders.child(folder, SECOND) != null;
    }

    /** @param split null = the category has none */
    private List<PartFiles> split(Path split, boolean onlyGood) throws IOException {
        List<PartFiles> parts = new ArrayList<>();
        if (split == null) {
            return parts;
        }
        Path data = Folders.child(split, "data");
        if (data != null) {
            return eyecandies(split, data, onlyGood);
        }
        if (isKind(split)) {
            throw new InputException(split + " has its images in itself; put them into " + split.resolve("good")
                    + (onlyGood ? "" : ", or into a folder named after their kind of defect"));
        }
        String splitName = split.getFileName().toString().toLowerCase(Locale.ROOT);
        Path good = Folders.child(split, PartFiles.GOOD);
        for (Path kind : Folders.list(split)) {
            if (!Files.isDirectory(kind) || !isKind(kind) && Folders.holdsNoParts(kind)) {
                continue;
            }
            String label =
                    kind.equals(good) ? PartFiles.GOOD : kind.getFileName().toString();
            if (onlyGood && !label.equals(PartFiles.GOOD)) {
                throw new InputException(kind + " must not be there: parts for training and validation are all normal, "
                        + "in the folder good");
            }
            parts.addAll(kind(kind, splitName + "/" + label + "/", label));
        }
        return parts;
    }

    /** The parts of a folder that has rgb, xyz (or normals, or depth) and perhaps gt, with files of equal names. */
    private List<PartFiles> kind(Path kind, String prefix, String label) throws IOException {
        Path rgb = Folders.child(kind, "rgb");
        Path second = Folders.child(kind, SECOND);
        if (rgb == null || second == null) {
            throw new InputException(kind.resolve(rgb == null ? "rgb" : "xyz")
                    + " does not exist; a folder of parts has rgb and xyz (or normals, or depth)");
        }
        List<Path> masks = new ArrayList<>();
        for (String mask : MASKS) {
            masks.add(Folders.child(kind, mask));
        }
        // As in MVTec AD: beside the splits, by kind.
        Path aside = kind.equals(folder) ? null : Folders.child(folder, MASKS);
        masks.add(aside == null ? null : Folders.child(aside, label));
        return new Pairs(rgb, second, masks).parts(prefix, label, broken);
    }

    /**
     * anomalib's Folder3D, whose folders are called as its arguments: NAME and NAME_depth, of abnormal parts mask; with
     * a folder per kind of defect in each of these, or without.
     */
    private List<PartFiles> folder3d(String folderName, String split, String kind) throws IOException {
        Path rgb = Folders.child(folder, folderName);
        if (rgb == null) {
            return List.of();
        }
        Path second = Folders.child(folder, folderName + "_depth", folderName + "_xyz");
        if (second == null) {
            throw new InputException(folder.resolve(folderName + "_depth") + " does not exist; " + rgb
                    + " needs a point cloud for each of its images");
        }
        Path masks = kind.equals(PartFiles.GOOD) ? null : Folders.child(folder, MASKS);
        List<PartFiles> parts = new ArrayList<>();
        for (Path below : Folders.list(rgb)) {
            String label = below.getFileName().toString();
            if (Files.isDirectory(below) && !kind.equals(PartFiles.GOOD) && !Folders.holdsNoParts(below)) {
                Path points = Folders.child(second, label);
                if (points == null) {
                    throw new InputException(second.resolve(label) + " does not exist; " + below
                            + " needs a point cloud for each of its images");
                }
                parts.addAll(new Pairs(below, points, Arrays.asList(masks == null ? null : Folders.child(masks, label)))
                        .parts(split + "/" + label + "/", label, broken));
            }
        }
        if (parts.isEmpty() || !Folders.byStem(rgb, FileNames::isImage).isEmpty()) {
            parts.addAll(new Pairs(rgb, second, Arrays.asList(masks)).parts(split + "/" + kind + "/", kind, broken));
        }
        return parts;
    }

    private List<PartFiles> eyecandies(Path split, Path data, boolean onlyGood) throws IOException {
        // Keyed by the number itself: the same part is 007 in one file name and 07 in another.
        Map<String, Map<Long, Path>> files =
                Map.of("image_4", new TreeMap<>(), "normals", new TreeMap<>(), "mask", new TreeMap<>());
        for (Path file : Folders.list(data)) {
            Matcher match = EYECANDIES.matcher(FileNames.stem(file));
            if (FileNames.isImage(file) && match.matches() && match.group(1).length() < 18) {
                Path twin = files.get(match.group(2).toLowerCase(Locale.ROOT)).put(Long.valueOf(match.group(1)), file);
                if (twin != null) {
                    throw new InputException(file + " and " + twin.getFileName() + " have the same number; keep one");
                }
            }
        }
        Map<Long, Path> images = files.get("image_4");
        Map<Long, Path> normals = files.get("normals");
        if (images.isEmpty()) {
            throw new InputException(data + " has no colour images; expected NNN_image_4.png");
        }
        String splitName = split.getFileName().toString().toLowerCase(Locale.ROOT);
        for (Map.Entry<Long, Path> other : normals.entrySet()) {
            if (!images.containsKey(other.getKey())) {
                String stem = FileNames.stem(other.getValue()).replaceFirst("(?i)_normals$", "");
                broken.found(
                        splitName + "/" + stem,
                        new InputException(
                                other.getValue() + " has no partner; expected " + data.resolve(stem) + "_image_4.png"));
            }
        }
        List<PartFiles> parts = new ArrayList<>();
        for (Map.Entry<Long, Path> image : images.entrySet()) {
            Path second = normals.get(image.getKey());
            String stem = FileNames.stem(image.getValue()).replaceFirst("(?i)_image_4$", "");
            if (second == null) {
                broken.found(
                        splitName + "/" + stem,
                        new InputException(
                                image.getValue() + " has no partner; expected " + data.resolve(stem) + "_normals.png"));
                continue;
            }
            Path mask = files.get("mask").get(image.getKey());
            try {
                String kind = onlyGood
                        ? PartFiles.GOOD
                        : mask == null
                                ? PartFiles.UNLABELLED
                                : GroundTruth.read(mask).any() ? "anomalous" : PartFiles.GOOD;
                parts.add(new PartFiles(
                        splitName + "/" + kind + "/" + stem, kind, image.getValue(), second, onlyGood ? null : mask));
            } catch (InputException e) {
                broken.found(splitName + "/" + stem, e);
            }
        }
        return parts;
    }
}
