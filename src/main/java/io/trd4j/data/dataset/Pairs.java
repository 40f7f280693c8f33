package io.trd4j.data.dataset;

import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Parts whose files lie in folders of their kind and have the same name: 000.png, 000.tiff and, of a mask, 000.png.
 * Names that do not match as they are match without the word that says what a file is ({@code 000_mask.png}) and in any
 * case.
 */
final class Pairs {
    private static final Pattern RGB_WORD = Pattern.compile("(?i)[_-](rgb|colou?r|image|img)$");
    private static final Pattern SECOND_WORD =
            Pattern.compile("(?i)[_-](xyz|depth|points?|point_?cloud|cloud|pc|normals?)$");
    private static final Pattern MASK_WORD =
            Pattern.compile("(?i)[_-](mask|gt|ground_?truth|labels?|seg|segmentation|annotation)$");

    private final Path rgbFolder;
    private final Path secondFolder;
    private final Map<String, Path> rgb;
    private final Map<String, Path> second;
    private final Map<String, Path> masks = new TreeMap<>();

    /** @param maskFolders the first that has a part's mask counts; null where there is none */
    Pairs(Path rgbFolder, Path secondFolder, List<Path> maskFolders) throws IOException {
        this.rgbFolder = rgbFolder;
        this.secondFolder = secondFolder;
        rgb = Folders.byStem(rgbFolder, FileNames::isImage);
        second = Folders.byStem(secondFolder, FileNames::isSecond);
        for (Path folder : maskFolders) {
            Folders.byStem(folder, FileNames::isImage).forEach(masks::putIfAbsent);
        }
    }

    /**
     * The parts, sorted by name.
     *
     * @param prefix of their ids
     * @param broken told of those of which a file is missing
     * @throws InputException when there are none
     */
    List<PartFiles> parts(String prefix, String kind, BrokenParts broken) throws IOException {
        if (rgb.isEmpty() && second.isEmpty()) {
            throw new InputException(
                    rgbFolder + " is empty; put the colour images there and their partners into " + secondFolder);
        }
        List<PartFiles> parts = new ArrayList<>();
        for (PartFiles part : all(prefix, kind)) {
            if (part.rgb() != null && part.second() != null) {
                parts.add(part);
            } else {
                String stem = part.id().substring(prefix.length());
                Path there = part.second() != null ? part.second() : part.mask();
                broken.found(
                        part.id(),
                        part.rgb() == null ? missing(there, rgbFolder, stem) : missing(part.rgb(), secondFolder, stem));
            }
        }
        return parts;
    }

    /** The same with those of which only some of the files are there: the others are null. */
    List<PartFiles> all(String prefix, String kind) {
        Map<String, Path> rgbs = new TreeMap<>();
        Map<String, Path> seconds = new TreeMap<>();
        // Of what has no partner by its name, the name without what it says of the file's kind.
        Map<String, String> idOf = new LinkedHashMap<>();
        rgb.forEach((stem, file) -> {
            String id = second.containsKey(stem) ? stem : plain(stem, RGB_WORD, rgb);
            rgbs.put(id, file);
            idOf.put(plainest(id), id);
        });
        second.forEach((stem, file) -> {
            String own = plain(stem, SECOND_WORD, second);
            String id = rgb.containsKey(stem) ? stem : idOf.getOrDefault(plainest(own), own);
            seconds.put(rgbs.containsKey(id) && !seconds.containsKey(id) ? id : stem, file);
        });
        Map<String, Path> truths = new TreeMap<>();
        masks.forEach((stem, file) -> {
            String own = plain(stem, MASK_WORD, masks);
            boolean exact = rgbs.containsKey(stem) || seconds.containsKey(stem);
            truths.putIfAbsent(
                    exact ? stem : idOf.getOrDefault(plainest(own), idOf.getOrDefault(plainest(stem), stem)), file);
        });
        TreeSet<String> ids = new TreeSet<>(rgbs.keySet());
        ids.addAll(seconds.keySet());
        ids.addAll(truths.keySet());
        List<PartFiles> parts = new ArrayList<>();
        for (String id : ids) {
            parts.add(new PartFiles(prefix + id, kind, rgbs.get(id), seconds.get(id), truths.get(id)));
        }
        return parts;
    }

    /** Without the word, unless another file has that name. */
    private static String plain(String stem, Pattern word, Map<String, Path> files) {
        String plain = word.matcher(stem).replaceFirst("");
        return plain.isEmpty() || files.containsKey(plain) ? stem : plain;
    }

    private static String plainest(String stem) {
        return stem.toLowerCase(Locale.ROOT);
    }

    private static InputException missing(Path of, Path folder, String id) throws IOException {
        String there = "";
        for (Path file : Folders.list(folder)) {
            if (FileNames.stem(file).equals(id) && Files.isRegularFile(file)) {
                there = "; " + file.getFileName() + " is there, of a kind that is not read";
            }
        }
        return new InputException(of + " has no partner; expected an image " + folder.resolve(id) + ".*" + there);
    }
}
