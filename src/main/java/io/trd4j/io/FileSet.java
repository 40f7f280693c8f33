package io.trd4j.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Files that belong together and appear together: all are written under temporary names beside their targets, then
 * moved into place in the order they were added. Without {@link #commit} nothing changes: closing removes what was
 * written and the folders made for it, and so does the end of the process (unless it is killed).
 */
public final class FileSet implements AutoCloseable {
    private static final String SUFFIX = ".partial";

    private record Staged(Path temporary, Path target) {}

    private final List<Staged> staged = new ArrayList<>();
    private final Deque<Path> newFolders = new ArrayDeque<>();

    /**
     * Writes one file; its target changes only with {@link #commit}. Missing parent folders are created.
     *
     * @throws InputException when the target is a folder or no regular file, or lies below a file
     * @throws IOException when the folder or the file cannot be written; the message names the target
     */
    public void add(Path target, FileContent content) throws IOException {
        FileChannel opened = open(target);
        try (FileChannel channel = opened) {
            content.write(channel);
            channel.force(true);
        } catch (IOException e) {
            // The system's reason comes without a file name, but a reader inside the content says more than that.
            throw e.getClass() == IOException.class ? new IOException(cannot(target, e.getMessage()), e) : e;
        }
    }

    /**
     * Opens one file whose content comes bit by bit. The caller closes the channel before {@link #commit}, with which
     * the target changes. Missing parent folders are created.
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
        String name = file.getFileName().toString();
        byte[] unique = new byte[6];
        ThreadLocalRandom.current().nextBytes(unique);
        Path temporary = file.resolveSibling("." + name.substring(0, Math.min(48, name.length())) + "."
                + HexFormat.of().formatHex(unique) + SUFFIX);
        Leftovers.add(temporary);
        staged.add(new Staged(temporary, file));
        return create(temporary, target);
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
        }
        newFolders.clear();
    }

    /** Removes what was not committed. Idempotent. */
    @Override
    public void close() throws IOException {
        for (Staged file : staged) {
            Leftovers.forget(file.temporary);
            Files.deleteIfExists(file.temporary);
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
