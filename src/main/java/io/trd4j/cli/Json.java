package io.trd4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.trd4j.io.AtomicFile;
import io.trd4j.io.FileContent;
import java.nio.charset.StandardCharsets;

/** Results as JSON files: indented, for people and programs. */
final class Json {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Json() {}

    static FileContent of(Object value) throws JsonProcessingException {
        return AtomicFile.of((JSON.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
