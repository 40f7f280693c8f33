package io.trd4j.io;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** Where trd4j keeps what it can make or fetch again. */
public final class CacheFolder {
    private CacheFolder() {}

    /**
     * Of this user; it need not exist yet.
     *
     * @throws InputException when the user has no home, and the folder for that case belongs to another user
     */
    public static Path ofThisUser() {
        return of(
                System.getenv(),
                hasHome(Path.of(".cache", "trd4j")) ? System.getProperty("user.home") : null,
                Path.of(System.getProperty("java.io.tmpdir")));
    }

    /**
     * Whether Java knows a home folder that can be written, or already holds a folder: it has none for a user without
     * an entry in the password file.
     *
     * @param folder below the home
     */
    public static boolean hasHome(Path folder) {
        String home = System.getProperty("user.home");
        return isHome(home)
                && (Files.isWritable(Path.of(home))
                        || Files.exists(Path.of(home).resolve(folder)));
    }

    private static boolean isHome(String home) {
        return home != null && Path.of(home).isAbsolute();
    }

    /**
     * $TRD_CACHE, else $XDG_CACHE_HOME/trd4j, else ~/.cache/trd4j; an empty variable counts as unset.
     *
     * @param home as Java has it: '?' for a user without an entry in the password file, whose folder is below $HOME
     *     where that can be written, else below the temporary one; null = it cannot be written
     */
    static Path of(Map<String, String> environment, String home, Path temporary) {
        String own = environment.getOrDefault("TRD_CACHE", "");
        if (!own.isEmpty()) {
            return Path.of(own);
        }
        String shared = environment.getOrDefault("XDG_CACHE_HOME", "");
        if (!shared.isEmpty()) {
            return Path.of(shared, "trd4j");
        }
        if (isHome(home)) {
            return Path.of(home, ".cache", "trd4j");
        }
        Path variable = Path.of(environment.getOrDefault("HOME", ""));
        return variable.isAbsolute() && Files.isWritable(variable)
                ? variable.resolve(".cache").resolve("trd4j")
                : ownFolder(temporary);
    }

    /**
     * Checks that nobody else may write into a folder, where permissions are known; it need not exist.
     *
     * @throws InputException when everybody may: what is kept there could be replaced between its check and its use
     */
    public static void requireOwn(Path folder) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(folder, PosixFileAttributeView.class);
        if (view != null
                && Files.exists(folder)
                && view.readAttributes().permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new InputException(
                    "everybody may write into " + folder + ", where downloads are kept; run: chmod o-w " + folder
                            + ", or set TRD_CACHE to a folder of yours");
        }
    }

    /** Made at once and for this user alone: programs are loaded from it, and others can write beside it. */
    private static Path ownFolder(Path temporary) {
        try {
            Path probe = Files.createTempFile(temporary, "trd4j", null);
            Object user = Files.getAttribute(probe, "unix:uid");
            Files.delete(probe);
            Path folder = temporary.resolve("trd4j-" + user);
            try {
                Files.createDirectory(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException e) {
                if (!user.equals(Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS))) {
                    throw new InputException(
                            folder + " belongs to another user; set TRD_CACHE to a folder of yours", e);
                }
            }
            return folder;
        } catch (IOException e) {
            throw new InputException(
                    "the home folder cannot be written, nor can " + temporary + " ("
                            + (e instanceof FileSystemException f && f.getReason() != null
                                    ? f.getReason()
                                    : e.getMessage())
                            + "); set TRD_CACHE to a folder of yours",
                    e);
        }
    }
}
