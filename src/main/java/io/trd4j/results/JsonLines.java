package io.trd4j.results;

import io.trd4j.io.Json;
import io.trd4j.io.LineFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Writes the result of every part as JSON on one line, as soon as it is there: what result.json has. Parts that were
 * left out are lines, too (src/docs/files.md).
 */
public final class JsonLines implements ResultSink, AutoCloseable {
    /** As the system calls a pipe that nobody reads. */
    private static final String CLOSED = "broken pipe";

    /** Null = lines go to the stream. */
    private final LineFile file;

    private final OutputStream out;
    /** Of the stream, in messages. */
    private final String name;

    private final KnownParts known;
    private long lines;
    private boolean ended;

    private JsonLines(LineFile file, OutputStream out, String name, KnownParts known) {
        this.file = file;
        this.out = out;
        this.name = name;
        this.known = known;
    }

    /**
     * Lines of a file that is begun anew: it is there from {@link #commit} on, and one that it replaces stays until
     * then.
     *
     * @throws io.trd4j.io.InputException when it is a folder or no regular file
     * @throws IOException when it cannot be written
     */
    public static JsonLines replacing(Path file) throws IOException {
        return new JsonLines(LineFile.replacing(file), null, null, KnownParts.none());
    }

    /**
     * Goes on with a file, or begins it; lines are in it as soon as they are written. One run at a time has it. A last
     * line that a killed run left unfinished is removed. {@link #known} has the lines that are there. Open the model
     * before: a file that is begun stays, even where no line comes.
     *
     * @throws io.trd4j.io.InputException when it is a folder or no regular file, holds other lines, or another run has
     *     it
     * @throws IOException when it cannot be read or written
     */
    public static JsonLines appending(Path file) throws IOException {
        KnownParts known = new KnownParts(file.toString());
        return new JsonLines(LineFile.appending(file, known), null, null, known);
    }

    /**
     * Lines to a stream, which is flushed after each of them and not closed.
     *
     * @param name of the stream, for messages
     */
    public static JsonLines to(OutputStream out, String name) {
        return new JsonLines(null, out, name, KnownParts.none());
    }

    /** The parts that earlier runs wrote into a file that goes on; otherwise none. */
    public KnownParts known() {
        return known;
    }

    @Override
    public void inspected(InspectedPart part) throws IOException {
        write(part.json());
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
        requireGoingOn();
        byte[] line = Json.line(json);
        if (file != null) {
            file.append(line);
        } else {
            try {
                out.write(line);
                out.flush();
            } catch (IOException e) {
                throw new IOException(fault(String.valueOf(e.getMessage())), e);
            }
        }
        lines++;
    }

    private String fault(String why) {
        boolean closed = why.toLowerCase(Locale.ROOT).contains(CLOSED);
        return name + (closed ? " was closed" : " cannot be written") + " after " + lines
                + (lines == 1 ? " line" : " lines") + (closed ? "" : ": " + why)
                + "; the other parts were not inspected";
    }

    private void requireGoingOn() {
        if (ended) {
            throw new IllegalStateException("these lines have ended: they were committed or closed before");
        }
    }

    /**
     * Says that all lines are written: a file that was begun anew is there from now on. The end of these lines, but not
     * of a stream.
     *
     * @throws IllegalStateException when they were committed or closed before
     */
    public void commit() throws IOException {
        requireGoingOn();
        if (file != null) {
            ended = true;
            file.commit();
        }
    }

    /** Closes the file; one that was begun anew and not committed is removed. A stream stays open. Idempotent. */
    @Override
    public void close() throws IOException {
        ended = true;
        if (file != null) {
            file.close();
        }
    }
}
