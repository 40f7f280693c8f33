package io.trd4j.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.io.InputException;
import io.trd4j.model.Sensitivity.Pasted;
import io.trd4j.model.Sensitivity.Scores;
import io.trd4j.model.Thresholds.Limits;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SensitivityTest {
    private static final Sensitivity SAMPLE = SampleSensitivity.of();

    private static Thresholds ng(ScoreBranch branch, double value) {
        return Thresholds.NONE.with(branch, new Limits(Threshold.byHand(value), null));
    }

    private static SensitivityCurve curve(Thresholds thresholds, DefectKind... kinds) {
        return SAMPLE.curves(thresholds).stream()
                .filter(c -> c.kinds().equals(List.of(kinds)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void curvesCountWhatIsSeenAtTheLimits() {
        SensitivityCurve bumps = curve(Thresholds.NONE, DefectKind.BUMP);
        assertEquals(List.of(0, 0, 10, 20, 20, 20, 20), bumps.seen());
        assertEquals(20, bumps.trials());
        assertEquals(0.2, bumps.from(0.5));
        assertEquals(0.4, bumps.from(Sensitivity.SEEN));
        assertTrue(bumps.exact() && bumps.relief());
        SensitivityCurve relief = curve(Thresholds.NONE, DefectKind.BUMP, DefectKind.DENT);
        assertEquals(List.of(0, 0, 10, 20, 30, 40, 40), relief.seen());
        assertEquals(40, relief.trials());
        assertEquals(1.6, relief.from(Sensitivity.SEEN));
        assertEquals(
                List.of(20, 20, 20, 20, 20, 20, 20),
                curve(Thresholds.NONE, DefectKind.DARK_STAIN).seen());
        SensitivityCurve light = curve(Thresholds.NONE, DefectKind.LIGHT_STAIN);
        assertNull(light.from(0.01));
        assertTrue(light.exact(), "the last level was tried");
        assertEquals(6, SAMPLE.curves(Thresholds.NONE).size(), "two of both kinds, four of each");
    }

    /** Probes of a bisection for another limit: what is said to be seen was seen. */
    @Test
    void otherThresholdsNeedNoOtherMeasurement() {
        assertTrue(SAMPLE.byOwnLimits(Thresholds.NONE));
        assertFalse(SAMPLE.byOwnLimits(ng(ScoreBranch.RGB, 9)));
        assertTrue(SAMPLE.byOwnLimits(ng(ScoreBranch.RGB_ONLY, 9)), "of other parts");
        assertEquals(
                curve(Thresholds.NONE, DefectKind.BUMP),
                curve(ng(ScoreBranch.COMBINED, 4.5), DefectKind.BUMP),
                "no score is between");
        // A bump from level 3 on has 5 there and 2 at 1 and 2; one from level 2 has 6 at 3, 5 at 2, 2 at 1.
        SensitivityCurve stricter = curve(ng(ScoreBranch.COMBINED, 5.5), DefectKind.BUMP);
        assertEquals(List.of(0, 0, 0, 10, 10, 10, 10), stricter.seen(), "levels above 3 were not tried");
        assertFalse(stricter.exact());
        SensitivityCurve laxer = curve(ng(ScoreBranch.COMBINED, 1.5), DefectKind.LIGHT_STAIN);
        assertEquals(List.of(0, 0, 0, 20, 20, 20, 20), laxer.seen(), "3 was the first to be tried");
        assertFalse(laxer.exact(), "lower levels might be seen");
        assertEquals(
                0,
                curve(ng(ScoreBranch.RGB, 0.5), DefectKind.BUMP).trials(),
                "parts that are NG without a defect do not count");
        assertNull(curve(ng(ScoreBranch.RGB, 0.5), DefectKind.BUMP).from(0.5));
        // Any score above its own threshold.
        Pasted part = SAMPLE.parts().get(0);
        assertTrue(Sensitivity.ng(InspectionMode.BOTH, new Scores(0, 0, 3), part, ng(ScoreBranch.DEPTH, 2)));
        assertFalse(Sensitivity.ng(InspectionMode.BOTH, new Scores(9, 3, 0), part, ng(ScoreBranch.DEPTH, 2)));
        assertTrue(Sensitivity.ng(InspectionMode.RGB_ONLY, new Scores(3, 0, 0), part, ng(ScoreBranch.RGB_ONLY, 2)));
        assertFalse(
                Sensitivity.ng(InspectionMode.RGB_ONLY, new Scores(3, 9, 9), part, ng(ScoreBranch.COMBINED, 2)),
                "the part's own limit");
    }

    @Test
    void comesBackFromAModelsMetadataAndOldModelsHaveNone() {
        ModelInfo bare = ModelInfo.of(Backbone.RESNET18, 64, Geometry.normals(5), "0".repeat(64));
        assertFalse(bare.toMetadata().containsKey("trd.sensitivity"));
        assertNull(ModelInfo.fromMetadata(Path.of("m"), bare.toMetadata()).sensitivity());
        ModelInfo full = bare.withCalibration(new Calibration(0, 1, 0, 1)).withSensitivity(SAMPLE);
        assertEquals(full, ModelInfo.fromMetadata(Path.of("m"), full.toMetadata()));
        assertEquals(
                full.calibrationSha256(),
                full.withSensitivity(null).calibrationSha256(),
                "verdicts do not depend on it");
        assertEquals(SAMPLE, full.withThresholds(ng(ScoreBranch.RGB, 1)).sensitivity());
        assertNull(full.withCalibration(new Calibration(0, 2, 0, 1)).sensitivity());
        assertNull(full.withRegionOfInterest(null).sensitivity());

        Map<String, String> damaged = new TreeMap<>(full.toMetadata());
        for (String[] change : new String[][] {
            {"\"rate\":0.05", "\"rate\":0", "rate and confidence"},
            {"\"kind\":\"bump\"", "\"kind\":\"lump\"", "lump"},
            {"\"limit\":4.0", "\"limit\":\"NaN\"", "limit"},
            {"\"level\":3", "\"level\":7", "one of the levels"},
            {"\"part\":19", "\"part\":20", "one of the parts"},
            {"\"levels\":[0.05,", "\"levels\":[0.3,", "ascend"},
            {"\"unit_millimetres\":0.05,", "", "unit_millimetres"},
            {"\"mode\":\"rgb+depth\",", "", "mode"}
        }) {
            String json = full.toMetadata().get("trd.sensitivity");
            assertTrue(json.contains(change[0]), change[0]);
            damaged.put("trd.sensitivity", json.replace(change[0], change[1]));
            String message = assertThrows(InputException.class, () -> ModelInfo.fromMetadata(Path.of("m"), damaged))
                    .getMessage();
            assertTrue(message.startsWith("m is not a sound model: trd.sensitivity is wrong: "), message);
            assertTrue(message.contains(change[2]), message);
        }
    }
}
