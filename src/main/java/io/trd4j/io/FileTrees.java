package io.trd4j.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Folders with all that is in them. Links are not followed. */
public final class FileTrees {
    private FileTrees() {}

    /** Deletes a folder and all that is in it; nothing when it does not exist. */
    public static void delete(Path folder) throws IOException {
        clear(folder);
        Files.deleteIfExists(folder);
    }

    /** Deletes all that is in a folder, which stays; nothing when it does not exist. */
    public static void clear(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.filter(p -> !p.equals(folder))
                    .sorted(Comparator.reverseOrder())
                    .toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
