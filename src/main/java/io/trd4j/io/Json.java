package io.trd4j.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.nio.charset.StandardCharsets;

/** Results as JSON files: indented, UTF-8, ending with a line feed, for people and programs. */
public final class Json {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Json() {}

    /**
     * Writes a value of maps, lists, records, texts and numbers.
     *
     * @throws JsonProcessingException when it holds anything that has no JSON form
     */
    public static FileContent of(Object value) throws JsonProcessingException {
        return AtomicFile.of((JSON.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
