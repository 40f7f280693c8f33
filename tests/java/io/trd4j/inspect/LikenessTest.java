package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.InputQuality;
import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.SurfaceNormals;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.inspect.InputPolicy.OnUnlike;
import io.trd4j.io.InputException;
import io.trd4j.model.Backbone;
import io.trd4j.model.Geometry;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.NormalParts;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.outline.NormalViews;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts of another kind, shape, scale or other axes than the normal ones are refused or REVIEW; normal ones pass. */
class LikenessTest {
    private static final int SIDE = 96;
    private static final InputPolicy REVIEW = InputPolicy.REFUSE.withUnlike(OnUnlike.REVIEW);

    private static Part part(long seed) {
        return SyntheticParts.part(SyntheticProduct.PLATE, SIDE, seed);
    }

    private static NormalParts seen(Part... parts) {
        NormalParts seen = NormalParts.NONE;
        InputQuality quality = new InputQuality();
        for (Part part : parts) {
            quality.measure(part);
            seen = seen.and(Likeness.measure(part, quality));
        }
        return seen;
    }

    private static ModelInfo model(NormalParts normal) {
        return RandomNetwork.info(Backbone.RESNET18, 32, Geometry.normals(5)).withNormalParts(normal);
    }

    private static final ModelInfo OF_POINTS = model(seen(part(1), part(2), part(3)));

    private static Set<Warning> unlike(ModelInfo model, Part part) {
        Set<Warning> unlike = EnumSet.noneOf(Warning.class);
        new UsableInputs(REVIEW, model).of(part, new InputQuality(), unlike);
        return unlike;
    }

    private static void assertUnlike(ModelInfo model, Part part, Warning... expected) {
        assertEquals(Set.of(expected), unlike(model, part));
        if (expected.length > 0) {
            String message = assertThrows(
                            InputException.class,
                            () -> new UsableInputs(InputPolicy.REFUSE, model)
                                    .of(part, new InputQuality(), EnumSet.noneOf(Warning.class)))
                    .getMessage();
            assertTrue(message.contains("--on-unlike review") && message.indexOf('\n') < 0, message);
        }
        assertEquals(Set.of(), unlike(model(null), part), "a model that does not know its parts compares nothing");
    }

    private static Part points(float[] xyz, int width, int height) {
        RgbImage rgb = new RgbImage(width, height, new byte[3 * width * height]);
        Arrays.fill(rgb.rgb(), (byte) 90);
        return Part.of("p", rgb, new PointCloud(width, height, xyz));
    }

    private static float[] scaled(float[] xyz, float x, float y, float z) {
        float[] result = xyz.clone();
        for (int i = 0; i < xyz.length; i += 3) {
            result[i] *= x;
            result[i + 1] *= y;
            result[i + 2] *= z;
        }
        return result;
    }

    /** Every second point of every second row. */
    private static Part coarse(Part part) {
        int side = SIDE / 2;
        float[] xyz = new float[3 * side * side];
        for (int i = 0; i < side * side; i++) {
            System.arraycopy(part.xyz().xyz(), 3 * (i / side * 2 * SIDE + i % side * 2), xyz, 3 * i, 3);
        }
        return points(xyz, side, side);
    }

    @Test
    void normalPartsPass() {
        for (long seed = 4; seed < 9; seed++) {
            assertUnlike(OF_POINTS, part(seed));
            assertUnlike(OF_POINTS, coarse(part(seed)));
        }
        // Nearer by a third, as after a change of lens, is a pose.
        assertUnlike(OF_POINTS, points(scaled(part(4).xyz().xyz(), 0.67f, 0.67f, 0.67f), SIDE, SIDE));
        // What is missing is not unlike.
        Set<Warning> none = EnumSet.noneOf(Warning.class);
        new UsableInputs(InputPolicy.inspectOther(), OF_POINTS).of(part(4).withoutSecond(), new InputQuality(), none);
        assertEquals(Set.of(), none);
    }

    @Test
    void imagesInPlaceOfPointsAreNoted() {
        Part normals = Part.of("n", part(4).rgb(), SurfaceNormals.encoded(part(5).rgb()));
        assertUnlike(OF_POINTS, normals, Warning.OTHER_KIND);
        ModelInfo ofNormals = model(seen(normals));
        assertUnlike(ofNormals, normals);
        assertUnlike(ofNormals, part(4), Warning.OTHER_KIND);
        assertUnlike(model(seen(normals, part(1))), part(4));
    }

    @ParameterizedTest
    @ValueSource(floats = {0.01f, 0.1f, 0.3f, 3.5f, 10})
    void otherScalesAreNoted(float factor) {
        assertUnlike(
                OF_POINTS,
                points(scaled(part(4).xyz().xyz(), factor, factor, factor), SIDE, SIDE),
                Warning.OTHER_SCALE);
    }

    @Test
    void otherShapesAndAxesAreNoted() {
        float[] xyz = part(4).xyz().xyz();
        assertUnlike(OF_POINTS, points(Arrays.copyOf(xyz, 3 * SIDE * 72), SIDE, 72), Warning.OTHER_SHAPE);
        float[] turned = new float[xyz.length];
        for (int i = 0; i < SIDE * SIDE; i++) {
            System.arraycopy(xyz, 3 * (i % SIDE * SIDE + SIDE - 1 - i / SIDE), turned, 3 * i, 3);
        }
        assertUnlike(OF_POINTS, points(turned, SIDE, SIDE), Warning.OTHER_AXES);
        assertUnlike(OF_POINTS, points(scaled(xyz, -1, 1, 1), SIDE, SIDE), Warning.OTHER_AXES);
        assertUnlike(OF_POINTS, points(scaled(xyz, 1, 1, -1), SIDE, SIDE), Warning.OTHER_AXES);
        // A wide image and the same turned by a quarter.
        ModelInfo wide = model(seen(points(Arrays.copyOf(xyz, 3 * SIDE * 72), SIDE, 72)));
        assertUnlike(wide, points(xyz, SIDE, SIDE), Warning.OTHER_SHAPE);
        assertUnlike(
                wide, points(Arrays.copyOf(turned, 3 * SIDE * 72), 72, SIDE), Warning.OTHER_SHAPE, Warning.OTHER_AXES);
    }

    @ParameterizedTest
    @CsvSource({"1000, mm", "1e5, um"})
    void whatCanBeNoMetresIsRefusedWhateverTheModelAndThePolicy(float factor, String unit) {
        Part other = points(scaled(part(4).xyz().xyz(), factor, factor, factor), SIDE, SIDE);
        for (ModelInfo model : new ModelInfo[] {OF_POINTS, model(null)}) {
            String message = assertThrows(InputException.class, () -> unlike(model, other))
                    .getMessage();
            assertTrue(message.contains("--point-unit " + unit), message);
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {-1, -9999, 65535, 40})
    void unknownMarksForMissingPointsAreRefusedByTheirValue(float value) {
        float[] xyz = part(4).xyz().xyz().clone();
        for (int i = 0; i < xyz.length; i += 3) {
            if (i / 3 % SIDE < 12) {
                Arrays.fill(xyz, i, i + 3, value);
            }
        }
        Part marked = points(xyz, SIDE, SIDE);
        String message = assertThrows(InputException.class, () -> unlike(model(null), marked))
                .getMessage();
        assertTrue(message.contains("z = " + value) && message.contains("--missing-value"), message);
    }

    @Test
    void anUnlikePartIsNeverOk() {
        Thresholds thresholds =
                Thresholds.NONE.with(ScoreBranch.COMBINED, new Thresholds.Limits(Threshold.unrecorded(5), null));
        Judge judge = new Judge(OF_POINTS.withThresholds(thresholds), 0, NormalViews.NONE);
        Inspection result = new Inspection(32);
        result.quality.measure(part(4));
        for (Verdict expected : new Verdict[] {Verdict.OK, Verdict.NG}) {
            result.maps.score = expected == Verdict.OK ? 1 : 9;
            result.unlike.clear();
            judge.judge(result, null);
            assertEquals(expected, result.verdict());
            assertEquals(Set.of(), result.warnings());
            result.unlike.add(Warning.OTHER_SCALE);
            judge.judge(result, null);
            assertEquals(expected == Verdict.OK ? Verdict.REVIEW : Verdict.NG, result.verdict());
            assertEquals(Set.of(Warning.OTHER_SCALE), result.warnings());
        }
    }

    @Test
    void partsToCalibrateOnMustBeOfTheKindAndScaleOfThoseTrainedOn() {
        Likeness training = new Likeness(OF_POINTS.normalParts());
        assertNull(training.difference(seen(part(7), coarse(part(8)))));
        assertNotNull(training.difference(seen(Part.of("n", part(4).rgb(), SurfaceNormals.encoded(part(5).rgb())))));
        assertNotNull(training.difference(
                seen(part(7), points(scaled(part(4).xyz().xyz(), 5, 5, 5), SIDE, SIDE))));
        assertNull(new Likeness(null).difference(seen(part(7))));
    }
}
