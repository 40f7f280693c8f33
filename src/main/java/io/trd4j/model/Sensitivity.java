package io.trd4j.model;

import io.trd4j.io.Arguments;
import io.trd4j.model.Thresholds.Limits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How small a defect would be seen, measured on normal parts onto which defects were pasted. The scores are kept, not
 * the answers, so that other thresholds need no new measurement: see {@link #curves}.
 *
 * @param mode how the parts were inspected
 * @param rate share of normal parts above a {@link Pasted#limit}
 * @param confidence one-sided, that the true rate is at most that
 * @param normal parts whose scores gave the limits
 * @param unitMillimetres the sensor's noise of z, or what else is the least height worth a measurement; null when no
 *     relief was pasted
 * @param dataSha256 of these parts, as {@link Threshold.Evidence} has it
 * @param precision arithmetic that computed the scores: {@link Precision#key}
 * @param device that computed them: {@code cpu}, or {@code cuda:0 (name of the GPU)}
 * @param seed of the places
 * @param parts that defects were pasted onto
 * @param series by kind and diameter, at least one
 */
public record Sensitivity(
        InspectionMode mode,
        double rate,
        double confidence,
        int normal,
        Double unitMillimetres,
        String dataSha256,
        String precision,
        String device,
        long seed,
        List<Pasted> parts,
        List<Series> series) {
    /** Share of the pasted defects that must be seen before one of their size is said to be. */
    public static final double SEEN = 0.95;

    /** A part's three scores, standard deviations; of parts that lack a modality, the first alone counts. */
    public record Scores(float score, float rgb, float depth) {
        public Scores {
            Arguments.require(Float.isFinite(score + rgb + depth), "scores must be finite numbers");
        }
    }

    /**
     * A normal part.
     *
     * @param id as results call it
     * @param scores without a defect
     * @param limit on its score that the other normal parts give: in use while the model has no NG threshold
     */
    public record Pasted(String id, Scores scores, double limit) {
        public Pasted {
            Arguments.require(
                    id != null && scores != null && Double.isFinite(limit),
                    "a part with pasted defects needs id, scores and a finite limit");
        }
    }

    /** The scores of a part with a defect of that level. */
    public record Probe(int level, Scores scores) {
        public Probe {
            Arguments.require(scores != null, "a probe needs scores");
        }
    }

    /**
     * One defect at one place, of several levels: those that a bisection asked for.
     *
     * @param part index in {@link #parts}
     */
    public record Trial(int part, List<Probe> probes) {
        public Trial {
            Arguments.require(probes != null && !probes.isEmpty(), "a trial needs probes");
            probes = List.copyOf(probes);
        }
    }

    /**
     * Defects of one kind and diameter.
     *
     * @param diameter over the width of the image
     * @param millimetres median diameter on the parts; null where they have no points
     * @param levels heights in millimetres, or contrasts in grey levels of 255, ascending
     */
    public record Series(
            DefectKind kind, double diameter, Double millimetres, List<Double> levels, List<Trial> trials) {
        public Series {
            Arguments.require(
                    kind != null && diameter > 0 && diameter < 1 && levels != null && trials != null,
                    "a series of pasted defects needs a kind, a diameter from 0 to 1, levels and trials");
            Arguments.require(
                    millimetres == null || Double.isFinite(millimetres), "millimetres of a series must be finite");
            levels = List.copyOf(levels);
            trials = List.copyOf(trials);
            for (int i = 0; i < levels.size(); i++) {
                Arguments.require(
                        levels.get(i) > (i == 0 ? 0 : levels.get(i - 1)) && levels.get(i) < Double.MAX_VALUE,
                        "levels of pasted defects must ascend from above 0");
            }
            int count = levels.size();
            Arguments.require(
                    trials.stream()
                            .flatMap(t -> t.probes().stream())
                            .allMatch(p -> p.level() >= 0 && p.level() < count),
                    "probes must be of one of the levels");
        }
    }

    public Sensitivity {
        Arguments.require(
                mode != null && dataSha256 != null && precision != null && device != null,
                "a sensitivity needs mode, data_sha256, precision and device");
        Arguments.require(
                rate > 0 && rate < 1 && confidence > 0 && confidence < 1,
                "rate and confidence of a sensitivity lie between 0 and 1");
        Arguments.require(
                unitMillimetres != null && Double.isFinite(unitMillimetres)
                        || unitMillimetres == null
                                && series != null
                                && series.stream().noneMatch(s -> s.kind().relief()),
                "a sensitivity to relief needs unit_millimetres");
        Arguments.require(
                parts != null && !parts.isEmpty() && series != null && !series.isEmpty(),
                "a sensitivity needs parts and series");
        parts = List.copyOf(parts);
        series = List.copyOf(series);
        int count = parts.size();
        Arguments.require(
                series.stream().flatMap(s -> s.trials().stream()).allMatch(t -> t.part() >= 0 && t.part() < count),
                "trials must be of one of the parts");
    }

    /** Whether the limits of the parts are in use: there is no NG threshold for scores of this kind. */
    public boolean byOwnLimits(Thresholds thresholds) {
        return byOwnLimits(mode, thresholds);
    }

    private static boolean byOwnLimits(InspectionMode mode, Thresholds thresholds) {
        return mode == InspectionMode.BOTH
                ? thresholds.combined().ng() == null
                        && thresholds.rgb().ng() == null
                        && thresholds.depth().ng() == null
                : thresholds.of(mode.score()).ng() == null;
    }

    /**
     * Whether a part with these scores is NG.
     *
     * @param mode how it was inspected
     * @param part whose limit is taken while there are no thresholds
     */
    public static boolean ng(InspectionMode mode, Scores scores, Pasted part, Thresholds thresholds) {
        if (byOwnLimits(mode, thresholds)) {
            return scores.score() > part.limit();
        }
        return mode == InspectionMode.BOTH
                ? scores.score() > thresholds.value(ScoreBranch.COMBINED, Limits::ng)
                        || scores.rgb() > thresholds.value(ScoreBranch.RGB, Limits::ng)
                        || scores.depth() > thresholds.value(ScoreBranch.DEPTH, Limits::ng)
                : scores.score() > thresholds.value(mode.score(), Limits::ng);
    }

    /**
     * Which share of the defects is seen: per kind and diameter, and of bumps with dents and dark with light stains
     * together. A part that is NG without a defect does not count.
     *
     * <p>A defect is taken to be seen from the lowest level on at which it was, and from there at all others that were
     * tried. Under the thresholds of the measurement a bisection has found that level. Under others a level that was
     * not tried is taken as not seen: what is said to be seen is.
     *
     * @param thresholds those of the model, or others
     */
    public List<SensitivityCurve> curves(Thresholds thresholds) {
        // Relief before stains, small diameters before large ones, both kinds together before each.
        Map<Integer, Map<Double, List<Series>>> groups = new TreeMap<>();
        for (Series s : series) {
            groups.computeIfAbsent(s.kind().relief() ? 0 : 1, kind -> new TreeMap<>())
                    .computeIfAbsent(s.diameter(), diameter -> new ArrayList<>())
                    .add(s);
        }
        List<SensitivityCurve> curves = new ArrayList<>();
        for (Map<Double, List<Series>> byDiameter : groups.values()) {
            for (List<Series> group : byDiameter.values()) {
                curves.add(curve(group, thresholds));
                if (group.size() > 1) {
                    group.forEach(one -> curves.add(curve(List.of(one), thresholds)));
                }
            }
        }
        return curves;
    }

    private SensitivityCurve curve(List<Series> group, Thresholds thresholds) {
        Series first = group.get(0);
        int[] seen = new int[first.levels().size()];
        int trials = 0;
        boolean exact = true;
        for (Series s : group) {
            for (Trial trial : s.trials()) {
                Pasted part = parts.get(trial.part());
                if (ng(mode, part.scores(), part, thresholds)) {
                    continue;
                }
                trials++;
                int from = seen.length;
                int below = -1;
                for (Probe probe : trial.probes()) {
                    below = ng(mode, probe.scores(), part, thresholds) ? below : Math.max(below, probe.level());
                }
                for (Probe probe : trial.probes()) {
                    from = probe.level() > below ? Math.min(from, probe.level()) : from;
                }
                for (int level = from; level < seen.length; level++) {
                    seen[level]++;
                }
                exact &= from == below + 1;
            }
        }
        return new SensitivityCurve(
                group.stream().map(Series::kind).toList(),
                first.diameter(),
                first.millimetres(),
                first.levels(),
                Arrays.stream(seen).boxed().toList(),
                trials,
                exact);
    }
}
