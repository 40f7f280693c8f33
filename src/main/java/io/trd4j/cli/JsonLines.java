package io.trd4j.cli;

import io.trd4j.io.InputException;
import io.trd4j.io.Json;
import io.trd4j.io.LineFile;
import io.trd4j.io.Writable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the result of every part as JSON on one line, as soon as it is there. */
final class JsonLines implements ResultSink, AutoCloseable {
    /** In place of a file's name: standard output. */
    static final String STANDARD_OUTPUT = "-";

    private final PrintStream out;
    private final LineFile file;
    private long lines;

    private JsonLines(PrintStream out, LineFile file) {
        this.out = out;
        this.file = file;
    }

    /**
     * Checks a value of --json before anything is computed.
     *
     * @param where null = the option is not given
     * @param otherOption that names a file which must not be the same
     * @param other that file; null = the other option is not given
     */
    static void require(String where, String otherOption, Path other) throws IOException {
        if (other != null && where != null && !where.equals(STANDARD_OUTPUT)) {
            Writable.requireOther("--json", Path.of(where), otherOption, other);
        }
    }

    /**
     * Checks that a value of --json is not the name of a result, which would be replaced.
     *
     * @param out folder of results; null = there is none
     */
    static void requireNoResult(String where, Path out, List<String> results) {
        if (where == null || where.equals(STANDARD_OUTPUT) || out == null) {
            return;
        }
        Path file = Path.of(where).toAbsolutePath().normalize();
        if (file.startsWith(out.toAbsolutePath().normalize())
                && results.contains(file.getFileName().toString())) {
            throw new InputException(
                    "--json " + where + " is the name of a result in " + out + "; choose another name");
        }
    }

    /** Where text for people goes: lines on standard output have it for themselves. */
    static PrintStream text(String where) {
        return STANDARD_OUTPUT.equals(where) ? System.err : System.out;
    }

    /**
     * Opens what --json names.
     *
     * @param where null = the option is not given: lines go nowhere
     */
    static JsonLines open(String where) throws IOException {
        if (where == null) {
            return new JsonLines(null, null);
        }
        return where.equals(STANDARD_OUTPUT)
                ? new JsonLines(System.out, null)
                : new JsonLines(null, LineFile.replacing(Path.of(where)));
    }

    /**
     * Opens what --json names, going on with a file that is there.
     *
     * @param where null = the option is not given: lines go nowhere
     * @param known takes the lines that are there
     */
    static JsonLines appending(String where, LineFile.Reading known) throws IOException {
        return where == null || where.equals(STANDARD_OUTPUT)
                ? open(where)
                : new JsonLines(null, LineFile.appending(Path.of(where), known));
    }

    @Override
    public void inspected(InspectedPart part) throws IOException {
        // Only where it is wanted: regions and checksums take time.
        if (out != null || file != null) {
            write(part.json());
        }
    }

    @Override
    public void skipped(SkippedResult part) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", part.id());
        json.put("error", part.reason());
        json.putAll(part.sources());
        write(json);
    }

    private void write(Map<String, Object> json) throws IOException {
        if (file != null) {
            file.append(Json.line(json));
        } else if (out != null) {
            byte[] line = Json.line(json);
            out.write(line, 0, line.length);
            // Flushes, too.
            if (out.checkError()) {
                throw new IOException("standard output was closed after " + lines + (lines == 1 ? " line" : " lines")
                        + "; the other parts were not inspected");
            }
        }
        lines++;
    }

    /** Says that all lines are written: a file of --json is there from now on. */
    void commit() throws IOException {
        if (file != null) {
            file.commit();
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
