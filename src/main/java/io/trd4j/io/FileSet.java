package io.trd4j.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Files that belong together and appear together: all are written under temporary names beside their targets, then
 * moved into place in the order they were added. Without {@link #commit} nothing changes: closing removes what was
 * written and the folders made for it, and so does the end of the process. What a killed process leaves behind, the
 * next one that writes the same target removes: a file is locked by the system while it is written, and a lock ends
 * with its process, so that a file whose lock can be had is a leftover. Where the file system has no locks, leftovers
 * stay.
 */
public final class FileSet implements AutoCloseable {
    private static final String SUFFIX = ".partial";
    /** In each temporary name, as hexadecimal digits. */
    private static final int UNIQUE_BYTES = 6;

    private static final Pattern UNIQUE = Pattern.compile("[0-9a-f]{" + 2 * UNIQUE_BYTES + "}" + Pattern.quote(SUFFIX));

    /** @param channel open, and with it locked, until the file is in its place */
    private record Staged(Path temporary, Path target, FileChannel channel) {}

    private final List<Staged> staged = new ArrayList<>();
    private final Deque<Path> newFolders = new ArrayDeque<>();

    /**
     * Writes one file; its target changes only with {@link #commit}. Missing parent folders are created.
     *
     * @throws InputException when the target is a folder or no regular file, or lies below a file
     * @throws IOException when the folder or the file cannot be written; the message names the target
     */
    public void add(Path target, FileContent content) throws IOException {
        FileChannel channel = open(target);
        try {
            content.write(channel);
            channel.force(true);
        } catch (IOException e) {
            // The system's reason comes without a file name, but a reader inside the content says more than that.
            throw e.getClass() == IOException.class ? new IOException(cannot(target, e.getMessage()), e) : e;
        }
    }

    /**
     * Opens one file whose content comes bit by bit. Its target changes with {@link #commit}, which closes the channel,
     * as {@link #close} does. Missing parent folders are created.
     *
     * @throws InputException as {@link #add}
     * @throws IOException as {@link #add}
     */
    FileChannel open(Path target) throws IOException {
        Writable.requireFile(target);
        Path absolute = target.toAbsolutePath();
        // Moving onto a link would replace the link itself, not the file the user keeps behind it.
        Path file = Files.isSymbolicLink(absolute) && Files.exists(absolute) ? absolute.toRealPath() : absolute;
        createFolders(file.getParent());
        // One name per file, whatever links lead to it: what this process writes itself is known by its name.
        file = file.getParent().toRealPath().resolve(file.getFileName());
        removeLeftovers(file);
        while (true) {
            byte[] unique = new byte[UNIQUE_BYTES];
            ThreadLocalRandom.current().nextBytes(unique);
            Path temporary =
                    file.resolveSibling(beginning(file) + HexFormat.of().formatHex(unique) + SUFFIX);
            Leftovers.add(temporary);
            FileChannel channel = null;
            try {
                channel = create(temporary, target);
            } finally {
                if (channel == null) {
                    Leftovers.forget(temporary);
                }
            }
            staged.add(new Staged(temporary, file, channel));
            if (lock(channel, temporary)) {
                return channel;
            }
            staged.remove(staged.size() - 1);
            discard(temporary, channel);
        }
    }

    /** How the temporary names of a file begin. */
    private static String beginning(Path file) {
        String name = file.getFileName().toString();
        return "." + name.substring(0, Math.min(48, name.length())) + ".";
    }

    /** False when another process took the new file for a leftover, before it could be locked. */
    private static boolean lock(FileChannel channel, Path temporary) {
        try {
            return channel.tryLock() != null && Files.exists(temporary);
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            // There are no locks here, for nobody.
            return true;
        }
    }

    private static void removeLeftovers(Path file) {
        String beginning = beginning(file);
        try (DirectoryStream<Path> found = Files.newDirectoryStream(file.getParent(), path -> {
            String name = path.getFileName().toString();
            return name.startsWith(beginning)
                    && UNIQUE.matcher(name.substring(beginning.length())).matches()
                    && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
        })) {
            for (Path path : found) {
                // One of this process must not even be opened: closing it again would give its lock up.
                if (!Leftovers.has(path)) {
                    removeUnlocked(path);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Who may not list the folder may still write into it.
            return;
        }
    }

    private static void removeUnlocked(Path temporary) {
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            if (channel.tryLock() != null) {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException | OverlappingFileLockException e) {
            // It is in its place by now, belongs to another user, or nobody knows whether somebody writes it.
            return;
        }
    }

    private static FileChannel create(Path temporary, Path target) throws IOException {
        try {
            return FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (AccessDeniedException e) {
            throw new AccessDeniedException(target.toString());
        } catch (FileSystemException e) {
            throw new IOException(cannot(target, e.getReason()), e);
        }
    }

    /** In words, that a file cannot be written. */
    static String cannot(Path target, String reason) {
        return target + " cannot be written: " + (reason == null ? "the system gives no reason" : reason)
                + "; make room on the disk or choose another place";
    }

    /**
     * Where a file that was added lies until {@link #commit}. Reading it gives its lock up: the target must be this
     * run's alone ({@link OutputLock}).
     */
    public Path written(Path target) {
        Path name = target.getFileName();
        return staged.stream()
                .filter(file -> file.target.getFileName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(target + " was not added"))
                .temporary;
    }

    /** Moves every file into place. A target that cannot be replaced leaves those before it done. */
    public void commit() throws IOException {
        while (!staged.isEmpty()) {
            Staged file = staged.get(0);
            try {
                Files.move(
                        file.temporary,
                        file.target,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(file.temporary, file.target, StandardCopyOption.REPLACE_EXISTING);
            }
            Leftovers.forget(file.temporary);
            staged.remove(0);
            file.channel.close();
        }
        newFolders.clear();
    }

    /** Removes what was not committed. Idempotent. */
    @Override
    public void close() throws IOException {
        for (Staged file : staged) {
            discard(file.temporary, file.channel);
        }
        staged.clear();
        while (!newFolders.isEmpty()) {
            try {
                Files.deleteIfExists(newFolders.pop());
            } catch (DirectoryNotEmptyException e) {
                newFolders.clear(); // someone else uses it by now
            }
        }
    }

    private static void discard(Path temporary, FileChannel channel) throws IOException {
        try (channel) {
            Files.deleteIfExists(temporary);
        } finally {
            Leftovers.forget(temporary);
        }
    }

    private void createFolders(Path folder) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path f = folder; f != null && !Files.exists(f); f = f.getParent()) {
            missing.push(f);
        }
        for (Path f : missing) {
            try {
                Files.createDirectory(f);
                newFolders.push(f);
            } catch (FileAlreadyExistsException e) {
                // Another process was faster, or it is a link to nowhere, which the next step will say.
                continue;
            } catch (AccessDeniedException e) {
                throw e;
            } catch (FileSystemException e) {
                throw new IOException(cannot(f, e.getReason()), e);
            }
        }
    }
}
