package io.trd4j.model;

import io.trd4j.model.Sensitivity.Pasted;
import io.trd4j.model.Sensitivity.Probe;
import io.trd4j.model.Sensitivity.Scores;
import io.trd4j.model.Sensitivity.Series;
import io.trd4j.model.Sensitivity.Trial;
import java.util.ArrayList;
import java.util.List;

/** A sensitivity whose curves can be told by hand: scores are levels, and a bisection was done for the limit 4. */
public final class SampleSensitivity {
    public static final int PARTS = 20;
    public static final double LIMIT = 4;
    private static final int LEVELS = 7;

    private SampleSensitivity() {}

    /**
     * Bumps, dents, dark and light stains of one diameter, one of each per part. The level from which on a bump is seen
     * is 3 on half of the parts, else 2; a dent's two more; a dark stain's 0; a light stain is not seen at all.
     */
    public static Sensitivity of() {
        List<Pasted> parts = new ArrayList<>();
        for (int i = 0; i < PARTS; i++) {
            parts.add(new Pasted("validation/good/" + i, new Scores(1, 1, 1.0f / 3), LIMIT));
        }
        List<Series> series = new ArrayList<>();
        for (DefectKind kind : DefectKind.values()) {
            List<Trial> trials = new ArrayList<>();
            for (int i = 0; i < PARTS; i++) {
                int from = switch (kind) {
                    case BUMP -> 2 + i % 2;
                    case DENT -> 4 + i % 2;
                    case DARK_STAIN -> 0;
                    case LIGHT_STAIN -> LEVELS;
                };
                trials.add(new Trial(i, bisected(from)));
            }
            List<Double> levels = new ArrayList<>();
            for (int level = 0; level < LEVELS; level++) {
                levels.add((kind.relief() ? 0.05 : 2) * (1 << level));
            }
            series.add(new Series(kind, 0.04, 3.14159, levels, trials));
        }
        return new Sensitivity(
                InspectionMode.BOTH, 0.05, 0.95, 60, 0.05, "d".repeat(64), "int8", "cpu", 42, parts, series);
    }

    /** Seen means a score of 5, one more per level beyond; not seen one of 2. */
    private static List<Probe> bisected(int from) {
        List<Probe> probes = new ArrayList<>();
        int unseen = -1;
        int seen = LEVELS;
        while (seen - unseen > 1) {
            int level = (unseen + seen) / 2;
            boolean found = level >= from;
            probes.add(new Probe(level, new Scores(found ? 5 + level - from : 2, 1, 1)));
            seen = found ? level : seen;
            unseen = found ? unseen : level;
        }
        return probes;
    }
}
