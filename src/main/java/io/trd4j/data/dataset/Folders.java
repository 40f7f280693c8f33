package io.trd4j.data.dataset;

import io.trd4j.io.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Folders as they come: names in any case, beside what file managers, archives and trd itself leave there. */
final class Folders {
    /**
     * Names that systems put into folders, in lower case; hidden files and those of NAS systems (@eaDir) begin with .
     * or @.
     */
    private static final Set<String> SYSTEM = Set.of(
            "__macosx",
            "thumbs.db",
            "ehthumbs.db",
            "desktop.ini",
            "lost+found",
            "#recycle",
            "$recycle.bin",
            "system volume information",
            "icon\r");

    /** A folder or one below it has been written by trd inspect or trd evaluate when it has one of these. */
    private static final Set<String> RESULTS = Set.of("result.json", "metrics.json");
    /** Files that trd inspect writes beside result.json. */
    private static final Set<String> BESIDE_RESULT =
            Set.of("anomaly_map.tiff", "anomaly_map_rgb.tiff", "anomaly_map_depth.tiff", "overlay.png", "mask.png");

    private static final int MAX_DEPTH = 6;

    private Folders() {}

    /** A folder's entries, sorted by name, without those of systems and results. */
    static List<Path> list(Path folder) throws IOException {
        boolean results = Files.exists(folder.resolve("result.json"));
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(p -> !isSystem(p)
                            && !(results
                                    && BESIDE_RESULT.contains(p.getFileName().toString())))
                    .sorted(Comparator.comparing(p -> p.getFileName().toString()))
                    .toList();
        } catch (UncheckedIOException e) {
            // Thrown where the folder fails while it is read, as network folders do.
            throw e.getCause();
        }
    }

    private static boolean isSystem(Path path) {
        String name = path.getFileName().toString();
        return name.startsWith(".") || name.startsWith("@") || SYSTEM.contains(name.toLowerCase(Locale.ROOT));
    }

    /**
     * The folder of the first of these names that there is, in any case; null when there is none.
     *
     * @throws InputException when there are two that differ in case alone
     */
    static Path child(Path folder, String... names) throws IOException {
        if (!Files.isDirectory(folder)) {
            return null;
        }
        for (String name : names) {
            List<Path> found = list(folder).stream()
                    .filter(p -> isNamed(p, name) && Files.isDirectory(p))
                    .toList();
            if (found.size() > 1) {
                throw new InputException(found.get(0) + " and " + found.get(1)
                        + " differ in upper and lower case alone; put their parts into one of them");
            }
            if (!found.isEmpty()) {
                return found.get(0);
            }
        }
        return null;
    }

    static boolean isNamed(Path path, String name) {
        return path.getFileName().toString().equalsIgnoreCase(name);
    }

    /** Whether nothing in a folder or below can be a part: no image is there, or all is the output of trd. */
    static boolean holdsNoParts(Path folder) throws IOException {
        boolean images = false;
        try (Stream<Path> files = Files.walk(folder, MAX_DEPTH)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (RESULTS.contains(file.getFileName().toString())) {
                    return true;
                }
                images |= FileNames.isImage(file) || FileNames.isSecond(file);
            }
        }
        return !images;
    }

    /**
     * A folder's files by their names without extension; empty for null.
     *
     * @throws InputException when two have the same name
     */
    static Map<String, Path> byStem(Path folder, Predicate<Path> wanted) throws IOException {
        Map<String, Path> files = new TreeMap<>();
        if (folder != null) {
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
}
