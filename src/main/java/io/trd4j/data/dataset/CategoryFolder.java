package io.trd4j.data.dataset;

import io.trd4j.data.image.ImageReader;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A category's folder: finds out which layout it has and pairs its files. */
final class CategoryFolder {
    private static final String EXPECTED = "expected train/good/rgb and train/good/xyz (MVTec 3D-AD), "
            + "train/data/NNN_image_4.png (Eyecandies), or the folders rgb and xyz";
    private static final Pattern EYECANDIES = Pattern.compile("(\\d+)_(image_4|normals|mask)");

    /** The category: the folder's name. */
    final String name;

    final List<PartFiles> train;
    final List<PartFiles> validation;
    final List<PartFiles> test;

    /** @throws InputException as {@link Dataset#open} */
    CategoryFolder(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            throw new InputException(folder + " does not exist; give the folder of one category");
        }
        if (!Files.isDirectory(folder)) {
            throw new InputException(folder + " is not a folder; give the folder of one category");
        }
        Path last = folder.toAbsolutePath().normalize().getFileName();
        name = last == null ? "category" : last.toString();
        if (Files.isDirectory(folder.resolve("rgb"))) {
            train = List.of();
            validation = List.of();
            test = pairs(folder, "", PartFiles.UNLABELLED);
            return;
        }
        Path trainFolder = folder.resolve("train");
        Path validationFolder = either(folder, "validation", "val");
        Path testFolder = either(folder, "test", "test_public");
        if (!Files.isDirectory(trainFolder) && !Files.isDirectory(validationFolder) && !Files.isDirectory(testFolder)) {
            throw unknown(folder);
        }
        train = split(trainFolder, true);
        validation = split(validationFolder, true);
        test = split(testFolder, false);
        if (train.isEmpty() && validation.isEmpty() && test.isEmpty()) {
            throw new InputException(folder + " has no parts; " + EXPECTED);
        }
    }

    private static Path either(Path folder, String name, String other) {
        Path path = folder.resolve(name);
        return Files.isDirectory(path) ? path : folder.resolve(other);
    }

    private static InputException unknown(Path folder) throws IOException {
        List<Path> inside = list(folder);
        if (inside.isEmpty()) {
            return new InputException(folder + " is empty; " + EXPECTED);
        }
        for (Path child : inside) {
            if (Files.isDirectory(child.resolve("train")) || Files.isDirectory(child.resolve("rgb"))) {
                return new InputException(folder + " holds several categories; give one of them, such as " + child);
            }
        }
        return new InputException(folder + " has no layout that is known; " + EXPECTED);
    }

    private static List<PartFiles> split(Path split, boolean onlyGood) throws IOException {
        List<PartFiles> parts = new ArrayList<>();
        if (!Files.isDirectory(split)) {
            return parts;
        }
        if (Files.isDirectory(split.resolve("data"))) {
            return eyecandies(split, onlyGood);
        }
        String name = split.getFileName().toString();
        for (Path kind : list(split)) {
            if (!Files.isDirectory(kind)) {
                continue;
            }
            String label = kind.getFileName().toString();
            if (onlyGood && !label.equals(PartFiles.GOOD)) {
                throw new InputException(kind + " must not be there: parts for training and validation are all normal, "
                        + "in the folder good");
            }
            parts.addAll(pairs(kind, name + "/" + label + "/", label));
        }
        return parts;
    }

    /** The parts of a folder that has rgb, xyz (or normals, or depth) and perhaps gt, with files of equal stems. */
    private static List<PartFiles> pairs(Path folder, String prefix, String kind) throws IOException {
        Path rgbFolder = folder.resolve("rgb");
        Path secondFolder = folder.resolve("xyz");
        for (String other : List.of("normals", "depth")) {
            if (!Files.isDirectory(secondFolder) && Files.isDirectory(folder.resolve(other))) {
                secondFolder = folder.resolve(other);
            }
        }
        for (Path needed : List.of(rgbFolder, secondFolder)) {
            if (!Files.isDirectory(needed)) {
                throw new InputException(
                        needed + " does not exist; a folder of parts has rgb and xyz (or normals, or depth)");
            }
        }
        Map<String, Path> rgb = byStem(rgbFolder, FileNames::isImage);
        Map<String, Path> second = byStem(secondFolder, FileNames::isSecond);
        Map<String, Path> masks = byStem(folder.resolve("gt"), FileNames::isImage);
        if (rgb.isEmpty() && second.isEmpty()) {
            throw new InputException(
                    rgbFolder + " is empty; put the colour images there and their partners into " + secondFolder);
        }
        TreeSet<String> stems = new TreeSet<>(rgb.keySet());
        stems.addAll(second.keySet());
        stems.addAll(masks.keySet());
        List<PartFiles> parts = new ArrayList<>();
        for (String stem : stems) {
            Path image = partner(rgb, stem, rgbFolder, second.getOrDefault(stem, masks.get(stem)));
            Path other = partner(second, stem, secondFolder, image);
            parts.add(new PartFiles(prefix + stem, kind, image, other, masks.get(stem)));
        }
        return parts;
    }

    private static Path partner(Map<String, Path> files, String stem, Path folder, Path of) {
        Path found = files.get(stem);
        if (found == null) {
            throw new InputException(of + " has no partner; expected an image " + folder.resolve(stem) + ".*");
        }
        return found;
    }

    private static Map<String, Path> byStem(Path folder, Predicate<Path> wanted) throws IOException {
        Map<String, Path> files = new TreeMap<>();
        if (Files.isDirectory(folder)) {
            for (Path file : list(folder)) {
                if (wanted.test(file) && Files.isRegularFile(file)) {
                    Path twin = files.put(FileNames.stem(file), file);
                    if (twin != null) {
                        throw new InputException(file + " and " + twin.getFileName() + " have the same name; keep one");
                    }
                }
            }
        }
        return files;
    }

    private static List<PartFiles> eyecandies(Path split, boolean onlyGood) throws IOException {
        Path data = split.resolve("data");
        // Keyed by the number itself: the same part is 007 in one file name and 07 in another.
        Map<String, Map<Long, Path>> files =
                Map.of("image_4", new TreeMap<>(), "normals", new TreeMap<>(), "mask", new TreeMap<>());
        for (Path file : list(data)) {
            Matcher match = EYECANDIES.matcher(FileNames.stem(file));
            if (FileNames.isImage(file) && match.matches() && match.group(1).length() < 18) {
                Path twin = files.get(match.group(2)).put(Long.valueOf(match.group(1)), file);
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
        List<PartFiles> parts = new ArrayList<>();
        for (Map.Entry<Long, Path> image : images.entrySet()) {
            Path second = normals.get(image.getKey());
            String stem = FileNames.stem(image.getValue()).replace("_image_4", "");
            if (second == null) {
                throw new InputException(
                        image.getValue() + " has no partner; expected " + data.resolve(stem) + "_normals.png");
            }
            Path mask = files.get("mask").get(image.getKey());
            String kind = PartFiles.GOOD;
            if (!onlyGood) {
                kind = mask == null ? PartFiles.UNLABELLED : anyNonZero(mask) ? "anomalous" : PartFiles.GOOD;
            }
            parts.add(
                    new PartFiles(split.getFileName() + "/" + kind + "/" + stem, kind, image.getValue(), second, mask));
        }
        return parts;
    }

    private static boolean anyNonZero(Path mask) throws IOException {
        for (byte pixel : ImageReader.readGrey(mask).pixels()) {
            if (pixel != 0) {
                return true;
            }
        }
        return false;
    }

    /** A folder's entries, sorted by name, without hidden ones. */
    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(p -> !p.getFileName().toString().startsWith("."))
                    .sorted(Comparator.comparing(p -> p.getFileName().toString()))
                    .toList();
        }
    }
}
