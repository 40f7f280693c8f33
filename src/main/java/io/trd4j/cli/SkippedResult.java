package io.trd4j.cli;

import java.util.Map;

/**
 * A part that was left out.
 *
 * @param id as of inspected ones
 * @param reason one line
 * @param sources its files and the model, as result.json has them; empty where they are not known
 */
record SkippedResult(String id, String reason, Map<String, Object> sources) {
    /** Of whose files nothing is known. */
    SkippedResult(String id, String reason) {
        this(id, reason, Map.of());
    }
}
