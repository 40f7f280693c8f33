package io.trd4j.data.dataset;

import io.trd4j.io.InputException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** Names of a part's files: the stem pairs them, the extension says what they are. */
final class FileNames {
    private static final Set<String> EXTENSIONS = Set.of("png", "jpg", "jpeg", "tif", "tiff", "bmp");
    private static final Set<String> POINTS = Set.of("npy", "ply", "pcd");

    /** Java's sign for bytes that are no character. */
    private static final char UNREADABLE = '\uFFFD';

    private FileNames() {}

    /** The file name without its last extension. */
    static String stem(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    /**
     * Whether the extension, in any case, is that of an image; hidden files are not images.
     *
     * @throws InputException when the name cannot be read in the locale's charset: two names would look alike
     */
    static boolean isImage(Path file) {
        return EXTENSIONS.contains(extension(file));
    }

    /** Whether the extension is one that a second modality's file can have. */
    static boolean isSecond(Path file) {
        return isImage(file) || POINTS.contains(extension(file));
    }

    /** Without the dot, in lower case; empty for a hidden file and one without extension. */
    private static String extension(Path file) {
        String name = file.getFileName().toString();
        if (name.indexOf(UNREADABLE) >= 0) {
            throw new InputException(file.getParent()
                    + " has a file whose name cannot be read in this locale's charset, "
                    + System.getProperty("sun.jnu.encoding") + "; set LC_ALL=C.UTF-8 in the environment before Java "
                    + "starts");
        }
        int dot = name.lastIndexOf('.');
        return dot <= 0 || name.startsWith(".") ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }
}
