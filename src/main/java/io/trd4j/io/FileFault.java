package io.trd4j.io;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Faults of files and disks in words: the system's own messages are often a file's name alone. */
public final class FileFault {
    /** Behind a file's name. */
    static final String MISSING = "does not exist; check the path";

    static final String DENIED = "cannot be read or written; check its permissions";

    private FileFault() {}

    /** One line that says what is wrong and, where it is known, what to do. */
    public static String line(IOException fault) {
        if (fault instanceof NoSuchFileException e) {
            return OneLine.of(e.getFile()) + " " + MISSING;
        }
        if (fault instanceof AccessDeniedException e) {
            return OneLine.of(e.getFile()) + " " + DENIED;
        }
        if (String.valueOf(fault.getMessage()).contains("Too many open files")) {
            return OneLine.of(fault.getMessage()) + "; allow more of them: ulimit -n 1024";
        }
        if (fault instanceof FileSystemException e) {
            return OneLine.of(e.getFile() + ": " + (e.getReason() == null ? name(e) : e.getReason()))
                    + "; check the path and the disk";
        }
        return fault.getMessage() == null ? name(fault) : OneLine.of(fault.getMessage());
    }

    private static String name(IOException fault) {
        return fault.getClass().getSimpleName();
    }
}
