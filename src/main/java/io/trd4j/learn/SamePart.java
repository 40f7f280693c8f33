package io.trd4j.learn;

import io.trd4j.data.PartSource;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which parts are the same, byte by byte, whatever they are called: contradictions, and parts that count once. */
final class SamePart {
    /** In place of the sizes of files: of a part in memory. */
    private static final String IN_MEMORY = "";

    /** Sizes of the files that were called OK or NG; of parts in memory nothing is known before they are loaded. */
    private final Set<String> sizes = new HashSet<>();

    /** Those of the parts that were called OK that are wanted: each once. */
    final List<PartSource> ok = new ArrayList<>();
    /** Of {@link #ok}, those that are new: neither validation nor training parts. */
    final List<PartSource> fresh = new ArrayList<>();

    /** Names of the category's good test parts that are called OK: they are no longer kept aside. */
    final Set<String> good = new HashSet<>();

    final List<String> notes = new ArrayList<>();

    /**
     * Compares all parts with those that were called OK and NG.
     *
     * @throws InputException when one was called both, or what a person says contradicts the category
     */
    SamePart(LearnParts parts) throws IOException {
        for (List<PartSource> called : List.of(parts.ok(), parts.ng())) {
            for (PartSource part : called) {
                sizes.add(sizes(part));
            }
        }
        Map<String, String> ng = new HashMap<>();
        for (PartSource part : parts.ng()) {
            ng.put(checksums(part), name(part));
        }
        Map<String, String> defects = names(parts.defects());
        Map<String, String> validation = names(parts.validation());
        Map<String, String> trained = names(parts.trained());
        Map<String, String> normal = new HashMap<>(trained);
        normal.putAll(validation);
        Map<String, String> goodParts = names(parts.good());
        normal.putAll(goodParts);
        for (Map.Entry<String, String> called : ng.entrySet()) {
            if (normal.containsKey(called.getKey())) {
                throw new InputException("the part " + called.getValue() + " is called NG, and is the category's normal"
                        + " part " + normal.get(called.getKey()) + "; take it out of the one or the other");
            }
        }
        Map<String, String> known = new HashMap<>();
        for (PartSource part : parts.ok()) {
            String checksums = checksums(part);
            String name = name(part);
            if (ng.containsKey(checksums)) {
                throw new InputException("the part " + name + " is called OK and NG"
                        + (ng.get(checksums).equals(name) ? "" : ", there as " + ng.get(checksums))
                        + "; call it one of them");
            }
            if (defects.containsKey(checksums)) {
                throw new InputException("the part " + name + " is called OK, and is the category's part with a defect "
                        + defects.get(checksums) + "; take it out of the one or the other");
            }
            if (known.putIfAbsent(checksums, name) != null) {
                notes.add("the part " + name + " is a copy of " + known.get(checksums) + ", and counts once");
                continue;
            }
            ok.add(part);
            if (goodParts.containsKey(checksums)) {
                good.add(goodParts.get(checksums));
            }
            if (trained.containsKey(checksums)) {
                notes.add("the part " + name + " is the training part " + trained.get(checksums)
                        + ", which the model knows: it sets no limit");
            } else if (validation.containsKey(checksums)) {
                notes.add("the part " + name + " is the validation part " + validation.get(checksums)
                        + ": it counts already");
            } else {
                fresh.add(part);
            }
        }
    }

    /** By checksums, of the parts that may be one that was called something. */
    private Map<String, String> names(List<PartSource> parts) throws IOException {
        Map<String, String> names = new HashMap<>();
        for (PartSource part : parts) {
            String own = sizes(part);
            if (own.equals(IN_MEMORY) || sizes.contains(IN_MEMORY) || sizes.contains(own)) {
                names.putIfAbsent(checksums(part), name(part));
            }
        }
        return names;
    }

    /** The name by which a person calls a part. */
    static String name(PartSource part) throws IOException {
        if (part instanceof PartFiles files) {
            return (files.rgb() == null ? files.second() : files.rgb()).toString();
        }
        return part.load().id();
    }

    private static String sizes(PartSource part) throws IOException {
        return part instanceof PartFiles files ? size(files.rgb()) + "+" + size(files.second()) : IN_MEMORY;
    }

    private static long size(Path file) throws IOException {
        return file == null ? -1 : Files.size(file);
    }

    private static String checksums(PartSource part) throws IOException {
        // Of files their bytes: they need not be read as images.
        return String.join("+", part.checksums(part instanceof PartFiles ? null : part.load()));
    }
}
