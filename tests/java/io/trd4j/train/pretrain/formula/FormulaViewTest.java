package io.trd4j.train.pretrain.formula;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.train.pretrain.formula.FormulaView.Group;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FormulaViewTest {
    private static final int SIZE = 64;
    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

    private static FormulaView view(long scene, Rendering rendering, long seed) {
        return new FormulaView(new FormulaScene(SIZE + FormulaView.SHIFT, scene), rendering, SIZE, seed);
    }

    private static long[] classes(FormulaView view, Group group, int stride) {
        long[] out = new long[SIZE / stride * (SIZE / stride)];
        view.classes(group, stride, out, 0);
        return out;
    }

    private static float level(FormulaView view, int channel, int pixel) {
        return view.image()[channel * SIZE * SIZE + pixel] * DEVIATION[channel] + MEAN[channel];
    }

    @ParameterizedTest
    @EnumSource(Rendering.class)
    void isAFunctionOfTheSeeds(Rendering rendering) {
        for (long seed = 0; seed < 20; seed++) {
            float[] image = view(seed, rendering, 5).image();
            assertArrayEquals(image, view(seed, rendering, 5).image());
            assertFalse(Arrays.equals(image, view(seed + 100, rendering, 5).image()), "another scene");
        }
        assertFalse(
                Arrays.equals(
                        view(1, rendering, 5).image(), view(1, rendering, 6).image()),
                "another view");
    }

    @ParameterizedTest
    @EnumSource(Rendering.class)
    void everythingIsFiniteAndInRange(Rendering rendering) {
        for (long seed = 0; seed < 150; seed++) {
            FormulaView view = view(seed, rendering, seed + 1000);
            for (int i = 0; i < 3 * SIZE * SIZE; i++) {
                float level = level(view, i / (SIZE * SIZE), i % (SIZE * SIZE));
                assertTrue(level >= -1e-5f && level <= 1 + 1e-5f, "seed " + seed + ": " + level);
            }
            for (int stride : new int[] {4, 8, 16}) {
                int cells = SIZE / stride * (SIZE / stride);
                for (Group group : Group.values()) {
                    for (long label : classes(view, group, stride)) {
                        assertTrue(label >= FormulaView.UNKNOWN && label < group.classes(), group + ": " + label);
                        assertTrue(
                                label == FormulaView.UNKNOWN || group.isSeenIn(rendering), group + " cannot be seen");
                    }
                }
                float[] measures = new float[3 * cells];
                float[] known = new float[cells];
                view.measures(stride, measures, 0, known);
                for (float measure : measures) {
                    assertTrue(Math.abs(measure) <= 1.001f, "measure " + measure);
                }
                for (float k : known) {
                    assertTrue(k == 0 || k == 1);
                }
            }
        }
    }

    /** Two windows on a scene: where they overlap, the same place has the same class. */
    @Test
    void viewsOfASceneAgreeOnPlaces() {
        int shifted = 0;
        for (long seed = 0; seed < 30; seed++) {
            FormulaScene scene = new FormulaScene(SIZE + FormulaView.SHIFT, seed);
            FormulaView a = new FormulaView(scene, Rendering.NORMALS, SIZE, 2 * seed);
            FormulaView b = new FormulaView(scene, Rendering.NORMALS, SIZE, 2 * seed + 1);
            for (int stride : new int[] {4, 8, 16}) {
                int side = SIZE / stride;
                int dx = (a.left() - b.left()) / stride;
                int dy = (a.top() - b.top()) / stride;
                shifted += dx != 0 || dy != 0 ? 1 : 0;
                for (Group group : EnumSet.of(Group.RELIEF_TEXTURE, Group.RELIEF_MARK)) {
                    long[] inA = classes(a, group, stride);
                    long[] inB = classes(b, group, stride);
                    for (int y = Math.max(0, -dy); y < Math.min(side, side - dy); y++) {
                        for (int x = Math.max(0, -dx); x < Math.min(side, side - dx); x++) {
                            if (!a.hidden(x, y, stride) && !b.hidden(x + dx, y + dy, stride)) {
                                assertEquals(inA[y * side + x], inB[(y + dy) * side + x + dx]);
                            }
                        }
                    }
                }
            }
        }
        assertTrue(shifted > 20, "hardly two windows differ");
    }

    /** As SPEC section 5 makes the second modality: a depth image is grey, a normal has length 1. */
    @Test
    void renderingsLookLikeTheirSensors() {
        for (long seed = 0; seed < 20; seed++) {
            FormulaView depth = view(seed, Rendering.DEPTH, seed);
            FormulaView normals = view(seed, Rendering.NORMALS, seed);
            for (int i = 0; i < SIZE * SIZE; i++) {
                assertEquals(level(depth, 0, i), level(depth, 1, i), 1e-5f);
                assertEquals(level(depth, 0, i), level(depth, 2, i), 1e-5f);
                double squares = 0;
                boolean missing = true;
                for (int c = 0; c < 3; c++) {
                    float v = level(normals, c, i);
                    squares += (2 * v - 1) * (2 * v - 1);
                    missing &= Math.abs(v) < 1e-5f;
                }
                assertTrue(missing || Math.abs(squares - 1) < 1e-4, "seed " + seed + " pixel " + i + ": " + squares);
            }
        }
    }

    /** The measures of normals are the normals' own means where the surface is plain. */
    @Test
    void measuresFollowThePicture() {
        double same = 0;
        double all = 0;
        for (long seed = 0; seed < 60; seed++) {
            FormulaView view = view(seed, Rendering.NORMALS, seed);
            float[] measures = new float[3 * 64];
            float[] known = new float[64];
            view.measures(8, measures, 0, known);
            for (int cell = 0; cell < 64; cell++) {
                float sum = 0;
                for (int y = cell / 8 * 8; y < cell / 8 * 8 + 8; y++) {
                    for (int x = cell % 8 * 8; x < cell % 8 * 8 + 8; x++) {
                        sum += 2 * level(view, 0, y * SIZE + x) - 1;
                    }
                }
                if (known[cell] == 1 && Math.abs(sum / 64) > 0.15f) {
                    all++;
                    same += Math.signum(sum) == Math.signum(measures[3 * cell]) ? 1 : 0;
                }
            }
        }
        assertTrue(all > 300 && same / all > 0.9, same + " of " + all);
    }

    /** Every class of every group is drawn: none is asked for in vain. */
    @Test
    void allClassesOccur() {
        for (Group group : Group.values()) {
            Set<Integer> missing =
                    new TreeSet<>(IntStream.range(0, group.classes()).boxed().toList());
            for (long seed = 0; seed < 400 && !missing.isEmpty(); seed++) {
                FormulaView view =
                        view(seed, group.isSeenIn(Rendering.COLOUR) ? Rendering.COLOUR : Rendering.NORMALS, seed);
                Arrays.stream(classes(view, group, 4)).forEach(label -> missing.remove((int) label));
            }
            assertTrue(missing.isEmpty(), group + " lacks " + missing);
        }
    }
}
