package io.trd4j.audit;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.io.InputException;
import io.trd4j.io.Readable;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An audit record whose lines follow each other. A line that was changed, removed, added or moved is found by the
 * checksum in the line behind it. Two things are not: lines that are missing at the end, or the last one changed, which
 * {@link #last} shows to whoever noted it elsewhere; and a record that was written anew as a whole.
 *
 * @param file of the record
 * @param lines in it
 * @param cutOff how many of them have only a beginning: their writers were killed, or the disk was full
 * @param last SHA-256 of the last line, without its line feed, 64 hexadecimal digits
 */
public record AuditCheck(Path file, long lines, long cutOff, String last) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /**
     * Reads all lines.
     *
     * @throws InputException at the first line that does not follow the one before, and for what is no record
     * @throws IOException when the file cannot be read
     */
    public static AuditCheck of(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new InputException(file + " is a folder, not an audit record");
        }
        long lines = 0;
        long cutOff = 0;
        String last = null;
        try (InputStream in = new BufferedInputStream(Readable.stream(file))) {
            for (byte[] line = next(file, in); line != null; line = next(file, in)) {
                lines++;
                if (!follows(new String(line, StandardCharsets.UTF_8), AuditChain.start(last))) {
                    throw broken(file, lines);
                }
                cutOff += whole(line) ? 0 : 1;
                last = AuditChain.hash(line);
            }
        }
        if (last == null) {
            throw new InputException(file + " is empty: there is no line to check");
        }
        return new AuditCheck(file, lines, cutOff, last);
    }

    /** The result for people. */
    public String line() {
        return file + ": " + lines + (lines == 1 ? " line" : " lines") + ", none changed or removed before the last"
                + (cutOff == 0 ? "" : ", " + cutOff + " cut off") + "; the last has SHA-256 " + last;
    }

    /** Of a line that was cut off, the beginning may be cut too. */
    private static boolean follows(String line, String start) {
        return line.startsWith(start) || start.startsWith(line);
    }

    private static boolean whole(byte[] line) throws IOException {
        try {
            return JSON.readTree(line).isObject();
        } catch (JacksonException e) {
            return false;
        }
    }

    private static InputException broken(Path file, long line) {
        return new InputException(file
                + (line == 1
                        ? ": line 1 is not the first of an audit record: lines before it were removed, or it "
                                + "is another file"
                        : ": line " + line + " does not follow line " + (line - 1)
                                + ": one of them was changed, or lines between them removed or added"));
    }

    /** Without its line feed; null at the end. */
    private static byte[] next(Path file, InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        if (next < 0) {
            return null;
        }
        for (; next >= 0 && next != '\n'; next = in.read()) {
            if (line.size() == AuditChain.MAX_LINE) {
                throw new InputException(
                        file + " is no audit record: it has a line of more than " + AuditChain.MAX_LINE + " bytes");
            }
            line.write(next);
        }
        return line.toByteArray();
    }
}
