package io.trd4j.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.nio.charset.StandardCharsets;

/**
 * Results as JSON, UTF-8, ending with a line feed: files are indented, for people and programs; lines are for programs.
 */
public final class Json {
    private static final ObjectMapper FILE = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final ObjectMapper LINE = new ObjectMapper();

    private Json() {}

    /**
     * Writes a value of maps, lists, records, texts and numbers.
     *
     * @throws JsonProcessingException when it holds anything that has no JSON form
     */
    public static FileContent of(Object value) throws JsonProcessingException {
        return AtomicFile.of((FILE.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The same value on one line.
     *
     * @throws JsonProcessingException when it holds anything that has no JSON form
     */
    public static byte[] line(Object value) throws JsonProcessingException {
        return (text(value) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The same without its line feed.
     *
     * @throws JsonProcessingException when it holds anything that has no JSON form
     */
    public static String text(Object value) throws JsonProcessingException {
        return LINE.writeValueAsString(value);
    }
}
