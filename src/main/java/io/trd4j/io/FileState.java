package io.trd4j.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;

/**
 * Tells by its system's words whether a file was written to, or replaced.
 *
 * @param size bytes
 * @param modified when its content was written last
 * @param changed when anything about it was changed last, its name too; where the system does not say, as modified
 * @param key the same for one file only; null where the system does not say
 */
public record FileState(long size, FileTime modified, FileTime changed, Object key) {
    private static final String UNIX = "unix";
    private static final String ATTRIBUTES = UNIX + ":size,lastModifiedTime,ctime,fileKey";

    /** Of a file now; null when it is not there. */
    public static FileState of(Path file) throws IOException {
        try {
            return read(file);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Of a file now. @throws NoSuchFileException when it is not there */
    public static FileState ofExisting(Path file) throws IOException {
        return Readable.told(file, FileState::read);
    }

    private static FileState read(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains(UNIX)) {
            Map<String, Object> state = Files.readAttributes(file, ATTRIBUTES);
            return new FileState(
                    (Long) state.get("size"),
                    (FileTime) state.get("lastModifiedTime"),
                    (FileTime) state.get("ctime"),
                    state.get("fileKey"));
        }
        BasicFileAttributes state = Files.readAttributes(file, BasicFileAttributes.class);
        return new FileState(state.size(), state.lastModifiedTime(), state.lastModifiedTime(), state.fileKey());
    }

    /** Whether it holds what it held in another state: a new name or new rights are no other content. */
    public boolean sameContent(FileState other) {
        return other != null && size == other.size && modified.equals(other.modified) && Objects.equals(key, other.key);
    }

    /**
     * Whether something other than writing to it was the last thing that happened to it: it got its name, or the times
     * of another. Whoever wrote it has finished.
     */
    public boolean finished() {
        return size > 0 && changed.compareTo(modified) > 0;
    }
}
