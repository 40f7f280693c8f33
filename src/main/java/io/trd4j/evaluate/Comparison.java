package io.trd4j.evaluate;

import io.trd4j.io.AtomicFile;
import io.trd4j.io.Json;
import io.trd4j.metrics.NormalRank;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Two evaluations of a category. Scores of two models have no common scale. Compared are a part's standing among the
 * normal parts of its own evaluation, and its verdict.
 *
 * @param change difference of every metric, now minus before: branch, then column
 * @param parts of both evaluations, those that changed for the worse first
 * @param onlyBefore ids of parts that are no longer there
 * @param onlyNow ids of parts that were not there before
 */
public record Comparison(
        String category,
        Map<String, Map<String, Double>> change,
        List<Part> parts,
        List<String> onlyBefore,
        List<String> onlyNow) {
    /** A smaller change of standing is that of a few normal parts. */
    private static final double NOTICED = 0.05;

    /**
     * A part of both evaluations.
     *
     * @param standing share of the normal parts with a lower score, 0 to 1: high is right for a part with a defect, low
     *     for a normal one
     */
    public record Part(
            String id,
            boolean anomalous,
            double scoreBefore,
            double score,
            double standingBefore,
            double standing,
            String verdictBefore,
            String verdict) {
        /** Above 0: for the better. */
        public double gain() {
            return (anomalous ? 1 : -1) * (standing - standingBefore);
        }

        /** Whether its verdict is another, or its standing moved by 0.05 or more. */
        public boolean changed() {
            return !verdict.equals(verdictBefore) || Math.abs(standing - standingBefore) >= NOTICED;
        }
    }

    /**
     * Compares the results of an evaluation with earlier ones, part by part, by their ids.
     *
     * @param change as the record has it
     */
    public static Comparison of(
            String category, Map<String, Map<String, Double>> change, List<PartResult> before, List<PartResult> now) {
        double[] standingBefore = standing(before);
        double[] standing = standing(now);
        Map<String, Integer> index = new LinkedHashMap<>();
        for (int i = 0; i < before.size(); i++) {
            index.put(before.get(i).id(), i);
        }
        List<Part> parts = new ArrayList<>();
        List<String> onlyNow = new ArrayList<>();
        for (int i = 0; i < now.size(); i++) {
            PartResult part = now.get(i);
            Integer k = index.remove(part.id());
            if (k == null) {
                onlyNow.add(part.id());
            } else {
                parts.add(new Part(
                        part.id(),
                        part.anomalous(),
                        before.get(k).score(),
                        part.score(),
                        standingBefore[k],
                        standing[i],
                        before.get(k).verdict(),
                        part.verdict()));
            }
        }
        parts.sort(Comparator.comparingDouble(Part::gain));
        return new Comparison(category, change, parts, List.copyOf(index.keySet()), onlyNow);
    }

    private static double[] standing(List<PartResult> parts) {
        return NormalRank.of(
                parts.stream().mapToDouble(PartResult::score).toArray(),
                parts.stream()
                        .filter(p -> !p.anomalous())
                        .mapToDouble(PartResult::score)
                        .toArray());
    }

    /**
     * Writes the comparisons of several categories as JSON.
     *
     * @throws IOException when the file cannot be written; it is then unchanged
     */
    public static void write(Path file, List<Comparison> comparisons) throws IOException {
        AtomicFile.write(file, Json.of(comparisons));
    }

    /** The parts whose verdict or standing changed, those that changed for the worse first. */
    public List<Part> changedParts() {
        return parts.stream().filter(Part::changed).toList();
    }
}
