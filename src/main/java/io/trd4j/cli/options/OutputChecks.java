package io.trd4j.cli.options;

import io.trd4j.io.InputException;
import io.trd4j.io.Writable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Checks on what a verb will write, made before it works. */
public final class OutputChecks {
    private OutputChecks() {}

    /** The output can be written, and is not the file that another option names. */
    public static void requireNew(String option, Path output, String otherOption, Path other) throws IOException {
        Writable.requireFile(output);
        if (output.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize())
                || Files.exists(output) && Files.exists(other) && Files.isSameFile(output, other)) {
            throw new InputException(
                    option + " and " + otherOption + " name the same file " + output + "; choose another " + option);
        }
    }

    /** The same against an option that is a file or a word. */
    public static void requireNew(String option, Path output, String otherOption, String other) throws IOException {
        try {
            requireNew(option, output, otherOption, Path.of(other));
        } catch (InvalidPathException e) {
            // Not a file name: whoever reads it says so.
            Writable.requireFile(output);
        }
    }
}
