package io.trd4j.cli;

import io.trd4j.io.InputException;
import io.trd4j.io.Writable;
import io.trd4j.results.JsonLines;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** Values of {@code --json}: a file of lines, standard output, or null where the option is not given. */
final class JsonOption {
    /** In place of a file's name: standard output. */
    static final String STANDARD_OUTPUT = "-";

    private JsonOption() {}

    /**
     * Checks a value before anything is computed.
     *
     * @param otherOption that names a file which must not be the same
     * @param other that file; null = the other option is not given
     */
    static void require(String where, String otherOption, Path other) throws IOException {
        if (other != null && isFile(where)) {
            Writable.requireOther("--json", Path.of(where), otherOption, other);
        }
    }

    /**
     * Checks that a value is not the name of a result, which would be replaced.
     *
     * @param out folder of results; null = there is none
     */
    static void requireNoResult(String where, Path out, List<String> results) {
        if (!isFile(where) || out == null) {
            return;
        }
        Path file = Path.of(where).toAbsolutePath().normalize();
        if (file.startsWith(out.toAbsolutePath().normalize())
                && results.contains(file.getFileName().toString())) {
            throw new InputException(
                    "--json " + where + " is the name of a result in " + out + "; choose another name");
        }
    }

    private static boolean isFile(String where) {
        return where != null && !where.equals(STANDARD_OUTPUT);
    }

    /** Where text for people goes: lines on standard output have it for themselves. */
    static PrintStream text(String where) {
        return STANDARD_OUTPUT.equals(where) ? System.err : System.out;
    }

    /** Opens it; a file is begun anew. Null = lines go nowhere. */
    static JsonLines open(String where) throws IOException {
        return isFile(where) ? JsonLines.replacing(Path.of(where)) : stream(where);
    }

    /** Opens it, going on with a file that is there. Null = lines go nowhere. */
    static JsonLines appending(String where) throws IOException {
        return isFile(where) ? JsonLines.appending(Path.of(where)) : stream(where);
    }

    private static JsonLines stream(String where) {
        return where == null ? null : JsonLines.to(PlainStream.bytes(System.out), "standard output");
    }
}
