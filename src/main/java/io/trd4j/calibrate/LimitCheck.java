package io.trd4j.calibrate;

import io.trd4j.calibrate.ThresholdNote.Kind;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Statistic;
import io.trd4j.model.Threshold;
import io.trd4j.model.Threshold.Method;
import io.trd4j.model.Thresholds.Limits;
import io.trd4j.threshold.ToleranceBound;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Limits that keep their promise and are of little use: one that a single odd part sets, and a REVIEW limit beside the
 * NG limit. Few parts bring both about, so that the number that mends it is said.
 */
final class LimitCheck {
    /** Of the distance from the median to the NG limit: less is no room for REVIEW. */
    private static final double NARROW = 0.1;
    /** Ranks between the limits where there is room. */
    private static final int ROOM = 3;
    /** Of robust standard deviations: beyond, a part's pose or quality is unusual. */
    private static final double UNUSUAL = 5;
    /** A median absolute deviation of normal values is this part of their standard deviation. */
    private static final double MAD = 0.6745;
    /** Nobody collects more, however near to each other the rates are. */
    private static final int MOST_PARTS = 1_000_000;

    private LimitCheck() {}

    /**
     * The doubts about a branch's limits, of those that were set by order statistics.
     *
     * @param sha256 of the parts that were scored: limits that others set are passed over
     * @param ids of the normal parts, in the order of their scores
     * @param statistics of the normal parts, by {@link Statistic}; null = not known
     */
    static List<ThresholdNote> of(
            ScoreBranch branch,
            Limits limits,
            String sha256,
            float[] normal,
            List<String> ids,
            List<float[]> statistics) {
        List<ThresholdNote> notes = new ArrayList<>();
        Integer[] order = new Integer[normal.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Float.compare(normal[b], normal[a]));
        boolean odd = false;
        for (Threshold limit : new Threshold[] {limits.ng(), limits.review()}) {
            if (isExact(limit, sha256) && limit.evidence().rank() < normal.length) {
                int rank = limit.evidence().rank();
                double median = normal[order[normal.length / 2]];
                double next = normal[order[rank]];
                // Of scores with a tail like that of a normal distribution one in hundreds of samples is so far off.
                if (limit.value() - next > next - median && limit.value() > next) {
                    odd = true;
                    notes.add(onePart(
                            branch,
                            limit,
                            limit == limits.ng() ? "NG" : "REVIEW",
                            next,
                            order[rank - 1],
                            ids,
                            statistics));
                }
            }
        }
        if (!odd
                && isExact(limits.ng(), sha256)
                && isExact(limits.review(), sha256)
                && limits.ng().rate() < limits.review().rate()) {
            double median = normal[order[normal.length / 2]];
            double ng = limits.ng().value();
            double review = limits.review().value();
            if (ng - review < NARROW * (ng - median)) {
                notes.add(new ThresholdNote(
                        Kind.NARROW_REVIEW,
                        branch.key() + ": hardly any part will be REVIEW: its limit, " + text(review)
                                + ", is beside that of NG, " + text(ng) + " (scores no. "
                                + limits.review().evidence().rank() + " and no. "
                                + limits.ng().evidence().rank() + " of " + normal.length + " normal parts); with "
                                + partsWithRoom(limits, normal.length) + " normal parts there is room, or ask for a "
                                + "higher review rate"));
            }
        }
        return notes;
    }

    /** Whether it is an order statistic of these parts, with a promise. */
    private static boolean isExact(Threshold limit, String sha256) {
        return limit != null
                && limit.method() == Method.EXACT
                && limit.rate() != null
                && limit.evidence() != null
                && limit.evidence().rank() != null
                && limit.evidence().dataSha256().equals(sha256);
    }

    private static ThresholdNote onePart(
            ScoreBranch branch,
            Threshold limit,
            String verdict,
            double next,
            int part,
            List<String> ids,
            List<float[]> statistics) {
        long mended = ToleranceBound.partsNeeded(
                limit.rate(), limit.confidence(), limit.evidence().rank() + 1);
        return new ThresholdNote(
                Kind.ONE_PART,
                branch.key() + ": a single part sets the " + verdict + " limit " + text(limit.value()) + ", "
                        + text(limit.value() - next) + " above the next score, " + text(next) + ": " + ids.get(part)
                        + ", " + unusual(part, statistics) + "; look at it, and take it out if it is not normal; with "
                        + mended + " normal parts the limit is no longer its score");
    }

    /** The property of a part's pose or images sets it apart from the others. */
    private static String unusual(int part, List<float[]> statistics) {
        String most = null;
        double largest = UNUSUAL;
        for (Statistic statistic : Statistic.values()) {
            if (statistics == null || statistic.name().startsWith("SCORE")) {
                continue;
            }
            double own = statistics.get(part)[statistic.ordinal()];
            double[] others = new double[statistics.size() - 1];
            for (int i = 0, n = 0; i < statistics.size(); i++) {
                if (i != part) {
                    others[n++] = statistics.get(i)[statistic.ordinal()];
                }
            }
            Arrays.sort(others);
            if (Double.isNaN(own) || others.length == 0 || Double.isNaN(others[others.length - 1])) {
                continue;
            }
            double median = others[others.length / 2];
            double[] deviations = Arrays.stream(others)
                    .map(v -> Math.abs(v - median))
                    .sorted()
                    .toArray();
            double spread = Math.max(deviations[deviations.length / 2] / MAD, 1e-3 * Math.abs(median) + 1e-6);
            double distance = Math.abs(own - median) / spread;
            boolean outside = own < others[0] || own > others[others.length - 1];
            if (outside && distance > largest) {
                largest = distance;
                most = "whose " + statistic.key() + " " + text(own) + " is unusual (others " + text(others[0]) + " to "
                        + text(others[others.length - 1]) + ")";
            }
        }
        return most != null ? most : "whose pose and image quality are like the others'";
    }

    /** The fewest parts, from these on, with which a few scores lie between the limits. */
    private static int partsWithRoom(Limits limits, int parts) {
        int n = parts;
        while (n < MOST_PARTS
                && ToleranceBound.rank(
                                        n,
                                        limits.review().rate(),
                                        limits.review().confidence())
                                - ToleranceBound.rank(
                                        n, limits.ng().rate(), limits.ng().confidence())
                        < ROOM) {
            n += Math.max(1, n / 100);
        }
        return n;
    }

    private static String text(double value) {
        return new BigDecimal(value).round(new MathContext(4)).toPlainString();
    }
}
