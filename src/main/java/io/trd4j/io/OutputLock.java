package io.trd4j.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a file to one run at a time: {@code .NAME.lock} beside it is locked by the operating system, which forgets a
 * lock when its process ends, however it ends. The file holds the id of the process, for whoever is refused. Where the
 * file system has no locks, nothing is kept.
 */
public final class OutputLock implements AutoCloseable {
    /**
     * Of this process, with the thread that took each: the system's locks hold between processes, and closing a file
     * twice opened gives its lock up.
     */
    private static final Map<Path, Thread> HELD = new ConcurrentHashMap<>();

    /** Digits of the largest process id that a system gives. */
    private static final int MAX_ID = 20;

    private final Path file;
    /** Folders that were made for the lock, the innermost first. */
    private final List<Path> made;
    /** Null where there are no locks. */
    private final FileChannel channel;
    /** Whether a run of this thread has it already, and keeps it. */
    private final boolean joined;

    private boolean closed;

    private OutputLock(Path file, List<Path> made, FileChannel channel, boolean joined) {
        this.file = file;
        this.made = made;
        this.channel = channel;
        this.joined = joined;
    }

    /**
     * Takes the lock of a file that need not exist; its folder is made, and removed again when nothing came into it.
     *
     * @throws InputException when another run has it, in this process or another
     * @throws IOException when the folder cannot be made
     */
    public static OutputLock of(Path target) throws IOException {
        return of(target, false);
    }

    /**
     * The same for a step of a run: where this thread has the lock already, it keeps it when this is closed.
     *
     * @throws InputException as {@link #of(Path)}
     * @throws IOException as {@link #of(Path)}
     */
    public static OutputLock joining(Path target) throws IOException {
        return of(target, true);
    }

    private static OutputLock of(Path target, boolean joining) throws IOException {
        Path absolute = target.toAbsolutePath().normalize();
        // A link and its file are one.
        if (Files.isSymbolicLink(absolute) && Files.exists(absolute)) {
            absolute = absolute.toRealPath();
        }
        List<Path> made = new ArrayList<>();
        for (Path folder = absolute.getParent(); folder != null && !Files.exists(folder); folder = folder.getParent()) {
            made.add(folder);
        }
        Files.createDirectories(absolute.getParent());
        Path file = absolute.getParent().toRealPath().resolve("." + absolute.getFileName() + ".lock");
        Thread holder = HELD.putIfAbsent(file, Thread.currentThread());
        if (holder != null) {
            if (joining && holder == Thread.currentThread()) {
                return new OutputLock(file, List.of(), null, true);
            }
            throw taken(target, "another run of this process");
        }
        // A run that is stopped from outside leaves nothing behind either.
        Leftovers.add(file);
        try {
            FileChannel channel = null;
            while (channel == null) {
                channel = locked(file, target);
            }
            return new OutputLock(file, made, channel, false);
        } catch (IOException e) {
            return new OutputLock(file, made, null, false);
        } catch (RuntimeException e) {
            // Also when another thread of this process locks it, which the system does not tell from a fault.
            release(file);
            throw e instanceof OverlappingFileLockException ? taken(target, "another run of this process") : e;
        }
    }

    /** Null when the file was removed meanwhile, by a run that ended: another may lock its successor. */
    private static FileChannel locked(Path file, Path target) throws IOException {
        Object before = key(file);
        OpenOption create = before == null ? StandardOpenOption.CREATE_NEW : StandardOpenOption.WRITE;
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, create);
        } catch (FileAlreadyExistsException e) {
            return null;
        } catch (NoSuchFileException e) {
            // What cannot be made now cannot be made ever: /proc, or a folder that was removed.
            if (before == null) {
                throw e;
            }
            return null;
        }
        try {
            Object opened = key(file);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw taken(target, holder(channel));
            }
            if (opened != null && (before == null || before.equals(opened)) && opened.equals(key(file))) {
                name(channel);
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

    /** Writes who has it. On a full disk nobody can read that, and the lock holds all the same. */
    private static void name(FileChannel channel) {
        try {
            byte[] id = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
            channel.truncate(0).write(ByteBuffer.wrap(id), 0);
        } catch (IOException e) {
            return;
        }
    }

    /** Who has it, in words. It may have begun just now, and not said so yet. */
    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_ID + 1);
        channel.read(bytes, 0);
        String id = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
        return id.matches("[0-9]{1," + MAX_ID + "}") ? "process " + id : "another process";
    }

    private static InputException taken(Path target, String by) {
        return new InputException(target + " is being written by " + by + "; wait for its end, or choose another name");
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
        if (joined) {
            return;
        }
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
