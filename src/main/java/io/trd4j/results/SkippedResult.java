package io.trd4j.results;

import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.SkippedPart;
import io.trd4j.io.FileFault;
import io.trd4j.io.InputException;
import io.trd4j.io.OneLine;
import java.io.IOException;
import java.io.UncheckedIOException;
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
public record SkippedResult(String id, String reason, Instant time, PartFiles files, Map<String, Object> sources) {
    /** That was left out when its folder was read. */
    public static SkippedResult of(SkippedPart part) {
        return new SkippedResult(part.id(), part.reason(), Instant.now(), null, Map.of());
    }

    /** That cannot be read, inspected or handed out. */
    static SkippedResult of(PartFiles files, Instant time, Exception why) {
        return new SkippedResult(files.id(), reason(why), time, files, Map.of());
    }

    private static String reason(Exception why) {
        if (why instanceof InputException) {
            return OneLine.of(why.getMessage());
        }
        if (why instanceof IOException fault) {
            return FileFault.line(fault);
        }
        if (why instanceof UncheckedIOException fault) {
            return FileFault.line(fault.getCause());
        }
        return OneLine.first(why.getMessage(), why.getClass().getSimpleName());
    }
}
