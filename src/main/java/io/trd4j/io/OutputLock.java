package io.trd4j.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a file to one long run at a time: {@code .NAME.lock} beside it is locked by the operating system, which forgets
 * a lock when its process ends, however it ends. Where the file system has no locks, nothing is kept.
 */
public final class OutputLock implements AutoCloseable {
    /**
     * Of this process: the system's locks hold between processes, and closing a file twice opened gives its lock up.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    /** Folders that were made for the lock, the innermost first. */
    private final List<Path> made;
    /** Null where there are no locks. */
    private final FileChannel channel;

    private boolean closed;

    private OutputLock(Path file, List<Path> made, FileChannel channel) {
        this.file = file;
        this.made = made;
        this.channel = channel;
    }

    /**
     * Takes the lock of a file that need not exist; its folder is made, and removed again when nothing came into it.
     *
     * @throws InputException when another run has it, in this process or another
     * @throws IOException when the folder cannot be made
     */
    public static OutputLock of(Path target) throws IOException {
        Path absolute = target.toAbsolutePath().normalize();
        List<Path> made = new ArrayList<>();
        for (Path folder = absolute.getParent(); folder != null && !Files.exists(folder); folder = folder.getParent()) {
            made.add(folder);
        }
        Files.createDirectories(absolute.getParent());
        Path file = absolute.getParent().toRealPath().resolve("." + absolute.getFileName() + ".lock");
        if (!HELD.add(file)) {
            throw taken(target);
        }
        // A run that is stopped from outside leaves nothing behind either.
        Leftovers.add(file);
        try {
            FileChannel channel = null;
            while (channel == null) {
                channel = locked(file, target);
            }
            return new OutputLock(file, made, channel);
        } catch (IOException e) {
            return new OutputLock(file, made, null);
        } catch (RuntimeException e) {
            // Also when another thread of this process locks it, which the system does not tell from a fault.
            release(file);
            throw e instanceof OverlappingFileLockException ? taken(target) : e;
        }
    }

    /** Null when the file was removed meanwhile, by a run that ended: another may lock its successor. */
    private static FileChannel locked(Path file, Path target) throws IOException {
        Object before = key(file);
        OpenOption create = before == null ? StandardOpenOption.CREATE_NEW : StandardOpenOption.WRITE;
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.WRITE, create);
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            return null;
        }
        try {
            Object opened = key(file);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw taken(target);
            }
            if (opened != null && (before == null || before.equals(opened)) && opened.equals(key(file))) {
                return channel;
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return null;
    }

    /** The file that has this name now; null when none has. */
    private static Object key(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static void release(Path file) {
        Leftovers.forget(file);
        HELD.remove(file);
    }

    private static InputException taken(Path target) {
        return new InputException("another run is writing " + target + "; wait for its end, or choose another name");
    }

    /** Whether it was given up. */
    public boolean isClosed() {
        return closed;
    }

    /** Gives the lock up, and removes its file. Idempotent. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (channel != null) {
                // Removed while it is locked: nobody else has it then.
                Files.deleteIfExists(file);
                channel.close();
            }
        } finally {
            release(file);
        }
        for (Path folder : made) {
            // Fails when something is in it.
            if (!folder.toFile().delete()) {
                return;
            }
        }
    }
}
