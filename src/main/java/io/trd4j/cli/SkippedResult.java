package io.trd4j.cli;

import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.SkippedPart;
import java.time.Instant;
import java.util.Map;

/**
 * A part that was left out.
 *
 * @param id as of inspected ones
 * @param reason one line
 * @param time when its inspection began, or it was found that it cannot be
 * @param files its own; null where they are not known
 * @param sources its files and the model, as result.json has them; empty where they are not known
 */
record SkippedResult(String id, String reason, Instant time, PartFiles files, Map<String, Object> sources) {
    /** That was left out when its folder was read. */
    static SkippedResult of(SkippedPart part) {
        return new SkippedResult(part.id(), part.reason(), Instant.now(), null, Map.of());
    }

    /** That cannot be read, inspected or handed out. */
    static SkippedResult of(PartFiles files, Instant time, Exception why) {
        return new SkippedResult(files.id(), Failure.of(why).line(), time, files, Map.of());
    }
}
