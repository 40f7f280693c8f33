package io.trd4j.data.dataset;

import io.trd4j.data.image.Reading;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A folder of unlabelled parts that grows: {@code rgb/NNN.*} and {@code xyz/NNN.*} (or {@code normals}, or
 * {@code depth}), paired as {@link Dataset#open} pairs them.
 */
public final class PlainFolder {
    private final Path folder;
    private final Path rgb;
    private final Path second;
    private final Reading reading;

    private PlainFolder(Path folder, Path rgb, Path second, Reading reading) {
        this.folder = folder;
        this.rgb = rgb;
        this.second = second;
        this.reading = reading;
    }

    /**
     * Finds both folders, which may be empty. {@code camera.json} is the camera of depth images.
     *
     * @throws InputException when one is missing
     */
    public static PlainFolder open(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new InputException(folder + (Files.exists(folder) ? " is not a folder" : " does not exist")
                    + "; give the folder that has rgb and xyz");
        }
        Path rgb = Folders.child(folder, "rgb");
        Path second = Folders.child(folder, CategoryFolder.SECOND);
        if (rgb == null || second == null) {
            throw new InputException(folder.resolve(rgb == null ? "rgb" : "xyz")
                    + " does not exist; a folder of parts has rgb and xyz (or normals, or depth)");
        }
        return new PlainFolder(folder, rgb, second, Dataset.reading(folder));
    }

    /** As it was opened. */
    public Path folder() {
        return folder;
    }

    /** Of it, the folders that hold the parts' files: colour images, and the others. */
    public List<Path> folders() {
        return List.of(rgb, second);
    }

    /** Facts that the files do not say themselves. */
    public Reading reading() {
        return reading;
    }

    /** The same folder, its files read in another way. */
    public PlainFolder with(Reading other) {
        return new PlainFolder(folder, rgb, second, other);
    }

    /**
     * The parts that are there now, sorted by name; of which only one file is there, the other is null.
     *
     * @throws InputException when two files have the same name
     * @throws IOException when a folder cannot be read
     */
    public List<PartFiles> parts() throws IOException {
        return new Pairs(rgb, second, List.of())
                .all("", PartFiles.UNLABELLED).stream()
                        .map(part -> part.with(reading))
                        .toList();
    }
}
