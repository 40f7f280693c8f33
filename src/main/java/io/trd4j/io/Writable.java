package io.trd4j.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Finds out, before hours of work and not after, what cannot be written. Changes nothing on the disk. */
public final class Writable {
    private Writable() {}

    /**
     * Checks that a file can be created or replaced.
     *
     * @throws InputException when the target is a folder or no regular file, or its folder cannot be written or created
     */
    public static void requireFile(Path target) {
        Path absolute = target.toAbsolutePath().normalize();
        if (absolute.getFileName() == null || Files.isDirectory(absolute)) {
            throw new InputException(target + " is a folder; give the name of a file");
        }
        if (Files.exists(absolute) && !Files.isRegularFile(absolute)) {
            throw new InputException(target + " is not a regular file and cannot be replaced; choose another name");
        }
        requireFolder(absolute.getParent(), target);
    }

    /**
     * Checks that files can be written into a folder, which need not exist yet.
     *
     * @throws InputException when it is a file, or cannot be written or created
     */
    public static void requireFolder(Path folder) {
        requireFolder(folder.toAbsolutePath().normalize(), folder);
    }

    private static void requireFolder(Path absolute, Path shown) {
        Path existing = absolute;
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing)) {
            throw new InputException(
                    shown.toAbsolutePath().normalize().equals(existing)
                            ? shown + " is a file, not a folder; choose another folder"
                            : shown + " cannot be written: " + existing
                                    + " is a file, not a folder; choose another place");
        }
        if (!Files.isWritable(existing)) {
            throw new InputException(shown + " cannot be written: no permission to write into " + existing
                    + "; choose another place or change its permissions");
        }
    }

    /**
     * Checks that a file can be created or replaced, and is not one that is read, or written too.
     *
     * @param what names it for people: an option
     * @param other need not exist
     * @param otherWhat names that
     * @throws InputException when it cannot be written, or both are the same file
     */
    public static void requireOther(String what, Path target, String otherWhat, Path other) throws IOException {
        requireFile(target);
        if (target.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize())
                || Files.exists(target) && Files.exists(other) && Files.isSameFile(target, other)) {
            throw new InputException(
                    what + " and " + otherWhat + " name the same file " + target + "; choose another name");
        }
    }

    /** The same against what is a file's name or a word. */
    public static void requireOther(String what, Path target, String otherWhat, String other) throws IOException {
        Path file;
        try {
            file = Path.of(other);
        } catch (InvalidPathException e) {
            // Whoever reads it says so.
            requireFile(target);
            return;
        }
        requireOther(what, target, otherWhat, file);
    }
}
