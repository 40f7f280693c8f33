package io.trd4j.data.dataset;

import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Parts that a person names one by one: folders of parts, files of such folders, or two files that are a part. */
public final class NamedParts {
    private static final String FORMS =
            "give a folder that has rgb and xyz, a file in one of these, or a part's two" + " files as IMAGE,POINTS";

    private NamedParts() {}

    /**
     * Finds the parts that a name means.
     *
     * @param name a folder that has {@code rgb} and {@code xyz} (or {@code normals}, or {@code depth}): all its parts;
     *     a file in either of these: the part it belongs to; {@code IMAGE,POINTS}: the part of these two files
     * @return each called as its folder and file: {@code monday/003}
     * @throws InputException when it means none
     */
    public static List<PartFiles> of(String name) throws IOException {
        Path path = path(name);
        if (path == null || !Files.exists(path)) {
            int comma = name.indexOf(',');
            Path rgb = comma < 0 ? null : path(name.substring(0, comma));
            Path second = comma < 0 ? null : path(name.substring(comma + 1));
            if (rgb == null || second == null) {
                throw new InputException(name + " does not exist; " + FORMS);
            }
            for (Path file : List.of(rgb, second)) {
                if (!Files.isRegularFile(file)) {
                    throw new InputException(
                            file + (Files.exists(file) ? " is no file; " : " does not exist; ") + FORMS);
                }
            }
            return List.of(PartFiles.of(rgb, second));
        }
        if (!Files.isDirectory(path)) {
            return List.of(withFile(path));
        }
        PlainFolder folder = PlainFolder.open(path);
        List<PartFiles> parts = new ArrayList<>();
        for (PartFiles part : folder.parts()) {
            parts.add(whole(folder, part));
        }
        if (parts.isEmpty()) {
            throw new InputException(path + " holds no parts; " + FORMS);
        }
        return parts;
    }

    private static Path path(String name) {
        try {
            return name.isEmpty() ? null : Path.of(name);
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private static PartFiles withFile(Path file) throws IOException {
        Path absolute = file.toAbsolutePath().normalize();
        Path above = absolute.getParent().getParent();
        if (above != null
                && Folders.child(above, "rgb") != null
                && Folders.child(above, CategoryFolder.SECOND) != null) {
            // As it was given: messages and results show the person's own names.
            Path given = file.getParent() == null ? null : file.getParent().getParent();
            PlainFolder folder = PlainFolder.open(given == null ? above : given);
            for (PartFiles part : folder.parts()) {
                for (Path own : new Path[] {part.rgb(), part.second()}) {
                    if (own != null && Files.isSameFile(own, file)) {
                        return whole(folder, part);
                    }
                }
            }
        }
        throw new InputException(file + " is no file of a folder of parts; " + FORMS);
    }

    private static PartFiles whole(PlainFolder folder, PartFiles part) {
        if (part.rgb() == null || part.second() == null) {
            throw new InputException((part.rgb() == null ? part.second() : part.rgb()) + " has no partner in "
                    + folder.folders().get(part.rgb() == null ? 0 : 1));
        }
        Path name = folder.folder().toAbsolutePath().normalize().getFileName();
        return new PartFiles(
                (name == null ? "" : name + "/") + part.id(),
                part.kind(),
                part.rgb(),
                part.second(),
                part.mask(),
                part.reading());
    }
}
