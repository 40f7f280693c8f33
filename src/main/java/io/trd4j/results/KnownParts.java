package io.trd4j.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.InputException;
import io.trd4j.io.LineFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The parts that earlier runs inspected, by their lines: the model, the files and the verdict of each. */
public final class KnownParts implements LineFile.Reading {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FIRST_KEY = "{\"id\":";

    private final String file;
    /** By id, the last line of each. */
    private final Map<String, Known> parts = new HashMap<>();

    /**
     * A part's line.
     *
     * @param checksums of the model and of the part's files
     */
    private record Known(List<String> checksums, Verdict verdict) {}

    /** @param file that messages name */
    KnownParts(String file) {
        this.file = file;
    }

    /** No part. */
    public static KnownParts none() {
        return new KnownParts("no file");
    }

    @Override
    public void line(long number, String line, boolean whole) {
        JsonNode json = whole ? parse(line) : null;
        if (whole ? json == null || !json.path("id").isTextual() : !isBegun(line)) {
            throw new InputException(
                    file + ", line " + number + " is no line of trd inspect --json; give another --json");
        }
        if (json != null) {
            Verdict verdict = verdict(json);
            String id = json.path("id").asText();
            if (verdict == null) {
                parts.remove(id);
            } else {
                parts.put(id, new Known(checksums(json), verdict));
            }
        }
    }

    /** Null for a part that was not inspected: with other options, it may be. */
    private static Verdict verdict(JsonNode json) {
        JsonNode verdict = json.get("verdict");
        if (json.has("error") || verdict == null) {
            return null;
        }
        if (verdict.isNull()) {
            return Verdict.NONE;
        }
        return Stream.of(Verdict.values())
                .filter(known -> known.name().equals(verdict.asText()))
                .findFirst()
                .orElse(null);
    }

    private static List<String> checksums(JsonNode json) {
        List<String> of =
                new ArrayList<>(List.of(json.path("model").path("sha256").asText()));
        json.path("inputs").forEach(input -> of.add(input.path("sha256").asText()));
        return of;
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
     * The verdict of a part that stands in the file with these files and this model; null = it does not. Asked once of
     * each: what comes under its name later is another part.
     */
    Verdict remove(String id, String model, List<String> files) {
        List<String> of = new ArrayList<>(List.of(model));
        of.addAll(files);
        Known part = parts.remove(id);
        return part != null && part.checksums().equals(of) ? part.verdict() : null;
    }
}
