package io.trd4j.results;

import io.trd4j.inspect.Verdict;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/** Counts parts by their verdict. */
final class VerdictCount {
    private final Map<Verdict, Integer> parts = new EnumMap<>(Verdict.class);

    void add(Verdict verdict) {
        parts.merge(verdict, 1, Integer::sum);
    }

    /** So far, without the verdicts that no part has. */
    Map<Verdict, Integer> parts() {
        return Collections.unmodifiableMap(new EnumMap<>(parts));
    }

    static int sum(Map<Verdict, Integer> parts) {
        return parts.values().stream().mapToInt(Integer::intValue).sum();
    }
}
