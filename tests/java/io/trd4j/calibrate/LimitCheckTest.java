package io.trd4j.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.calibrate.ThresholdNote.Kind;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Statistic;
import io.trd4j.model.Threshold;
import io.trd4j.model.Threshold.Method;
import io.trd4j.model.Thresholds.Limits;
import io.trd4j.threshold.ToleranceBound;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** 60 normal parts, of which 5 % may be NG and 10 % REVIEW: the largest and the second largest score are the limits. */
class LimitCheckTest {
    private static final int PARTS = 60;

    /** 4 to 5.98, the last two as given. */
    private static float[] scores(float second, float first) {
        float[] scores = new float[PARTS];
        for (int i = 0; i < PARTS; i++) {
            scores[i] = 4 + (i * 37 % PARTS) / 30f;
        }
        scores[20] = second;
        scores[17] = first;
        return scores;
    }

    private static Threshold limit(float[] scores, double rate) {
        ToleranceBound.Bound bound = ToleranceBound.above(scores, rate, 0.95);
        return new Threshold(
                bound.value(),
                Method.EXACT,
                rate,
                0.95,
                new Threshold.Evidence(
                        PARTS, bound.rank() - 1, 0, 0, bound.rank(), null, null, "0".repeat(64), "fp32", "cpu"));
    }

    private static List<ThresholdNote> notes(float[] scores, float tiltOfTheFirst) {
        List<String> ids = new ArrayList<>();
        List<float[]> statistics = new ArrayList<>();
        for (int i = 0; i < PARTS; i++) {
            ids.add("validation/good/" + i);
            float[] values = new float[Statistic.values().length];
            values[Statistic.TILT_X.ordinal()] = i == 17 ? tiltOfTheFirst : i % 7 * 0.1f;
            statistics.add(values);
        }
        return notes(new Limits(limit(scores, 0.05), limit(scores, 0.1)), "0".repeat(64), scores, ids, statistics);
    }

    private static List<ThresholdNote> notes(
            Limits limits, String sha256, float[] scores, List<String> ids, List<float[]> statistics) {
        return LimitCheck.of(ScoreBranch.COMBINED, limits, sha256, scores, ids, statistics);
    }

    /**
     * Limits of other parts say nothing of these; a review rate that is no higher leaves no room, whatever the parts.
     */
    @Test
    void onlyLimitsOfTheseParts() {
        float[] scores = scores(6.37f, 9.53f);
        List<String> ids = Collections.nCopies(PARTS, "part");
        Limits odd = new Limits(limit(scores, 0.05), limit(scores, 0.1));
        assertEquals(List.of(), notes(odd, "1".repeat(64), scores, ids, null));
        float[] near = scores(6.37f, 6.29f);
        Limits equal = new Limits(limit(near, 0.05), limit(near, 0.05));
        assertEquals(List.of(), notes(equal, "0".repeat(64), near, ids, null));
    }

    @Test
    void oneOddPartIsNamed() {
        List<ThresholdNote> notes = notes(scores(6.37f, 9.53f), 4.5f);
        assertEquals(
                List.of(Kind.ONE_PART), notes.stream().map(ThresholdNote::kind).toList());
        assertEquals(
                "combined: a single part sets the NG limit 9.530, 3.160 above the next score, 6.370: validation/good/17, "
                        + "whose tilt_x 4.5 is unusual (others 0 to 0.6000); look at it, and take it out if it is not "
                        + "normal; with 93 normal parts the limit is no longer its score",
                notes.get(0).message());
        assertTrue(notes(scores(6.37f, 9.53f), 0.3f).get(0).message().contains("like the others'"));
    }

    @Test
    void aSliverOfReviewIsSaid() {
        List<ThresholdNote> notes = notes(scores(6.29f, 6.37f), 0.1f);
        assertEquals(
                List.of(Kind.NARROW_REVIEW),
                notes.stream().map(ThresholdNote::kind).toList());
        String line = notes.get(0).message();
        assertTrue(
                line.contains("6.290, is beside that of NG, 6.370 (scores no. 2 and no. 1 of 60 normal parts)"), line);
        assertTrue(line.contains("with 76 normal parts"), line);
        assertEquals(4, ToleranceBound.rank(76, 0.1, 0.95));
        assertEquals(1, ToleranceBound.rank(76, 0.05, 0.95));
        assertEquals(3, ToleranceBound.rank(75, 0.1, 0.95));
    }

    @Test
    void usualLimitsRaiseNoDoubt() {
        assertEquals(List.of(), notes(scores(6.0f, 6.4f), 0.1f));
    }

    /** Wilks' table of sample sizes for 95 %/95 %: first to fourth extreme. */
    @Test
    void partsForARank() {
        assertEquals(59, ToleranceBound.partsNeeded(0.05, 0.95, 1));
        assertEquals(93, ToleranceBound.partsNeeded(0.05, 0.95, 2));
        assertEquals(124, ToleranceBound.partsNeeded(0.05, 0.95, 3));
        assertEquals(153, ToleranceBound.partsNeeded(0.05, 0.95, 4));
    }
}
