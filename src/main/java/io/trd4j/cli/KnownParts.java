package io.trd4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.io.InputException;
import io.trd4j.io.LineFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The parts that an earlier run inspected, by its lines: the model and the files of each. */
final class KnownParts implements LineFile.Reading {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FIRST_KEY = "{\"id\":";

    private final String file;
    /** By id, of the last line of each: the checksums of the model and of the part's files. */
    private final Map<String, List<String>> checksums = new HashMap<>();

    /** @param file that messages name */
    KnownParts(String file) {
        this.file = file;
    }

    @Override
    public void line(long number, String line, boolean whole) {
        JsonNode json = whole ? parse(line) : null;
        if (whole ? json == null || !json.path("id").isTextual() : !isBegun(line)) {
            throw new InputException(
                    file + ", line " + number + " is no line of trd inspect --json; give another --json");
        }
        if (json != null && json.has("error")) {
            // With other options, it may be inspected.
            checksums.remove(json.path("id").asText());
        } else if (json != null) {
            List<String> of =
                    new ArrayList<>(List.of(json.path("model").path("sha256").asText()));
            json.path("inputs").forEach(input -> of.add(input.path("sha256").asText()));
            checksums.put(json.path("id").asText(), List.copyOf(of));
        }
    }

    /** Whether a killed run may have left this: its lines begin with the part's id. Nothing else is ever removed. */
    private static boolean isBegun(String rest) {
        return rest.startsWith(FIRST_KEY) || FIRST_KEY.startsWith(rest);
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /**
     * Whether a part stands in the file with these files and this model. Asked once of each: what comes under its name
     * later is another part.
     */
    boolean remove(String id, String model, List<String> files) {
        List<String> of = new ArrayList<>(List.of(model));
        of.addAll(files);
        return of.equals(checksums.remove(id));
    }
}
