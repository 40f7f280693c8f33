package io.trd4j.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

/** The boundary of the positions' kernels: arrays in place, areas as runs, refused arguments as exceptions. */
final class PositionOpsTest {
    @Test
    void anAreaIsItsRuns() {
        byte[] inside = {1, 1, 0, 0, 1, 1, 1, 0, 1};
        try (Area area = new Area(inside, 3);
                Area whole = Area.whole(4)) {
            assertEquals(6, area.pixels());
            assertEquals(3, area.runs());
            assertEquals(4, area.first(1));
            assertEquals(3, area.length(1), "a run goes on in the next row");
            assertArrayEquals(new int[] {0, 1, 4, 5, 6, 8}, area.indices());
            assertEquals(1, whole.runs());
            assertEquals(16, whole.pixels());
        }
        assertThrows(IllegalArgumentException.class, () -> new Area(new byte[9], 3));
        assertThrows(IllegalArgumentException.class, () -> new Area(new byte[9], 4));
    }

    @Test
    void aConstantIsExplainedAndADefectStays() {
        int n = 100;
        float[] y = new float[n];
        float[] function = new float[n];
        for (int i = 0; i < n; i++) {
            y[i] = i == 40 ? 0 : i == 50 ? 9 : 3;
            function[i] = 0.1f;
        }
        float[] rest = new float[n];
        try (PointerScope scope = new PointerScope();
                OpTarget exec = OpTarget.cpu();
                Workspace fit = PositionOps.planRobustRest(exec, new FloatPointer(function), n, 1)) {
            FloatPointer out = new FloatPointer((long) n);
            PositionOps.robustRest(exec, y, 8, true, out, fit);
            out.get(rest);
            assertEquals(0, rest[40], 0, "what was not seen");
            assertTrue(rest[50] > 4.8 && rest[50] < 5.2, "cut at 8, less 3: " + rest[50]);
            assertEquals(0, rest[60], 0.1);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> PositionOps.robustRest(exec, new float[n - 1], 8, true, out, fit));
            assertThrows(
                    IllegalArgumentException.class, () -> PositionOps.robustRest(exec, y, Float.NaN, true, out, fit));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> PositionOps.planRobustRest(exec, new FloatPointer(function), n, 65));
        }
    }

    @Test
    void mapsOfOtherSizesAreRefused() {
        try (PointerScope scope = new PointerScope();
                OpTarget exec = OpTarget.cpu();
                Area area = Area.whole(4);
                Workspace scratch = PositionOps.scoresWorkspace(area);
                PositionBranch branch = branch()) {
            float[] joint = new float[16];
            float[] rgb = new float[16];
            float[] depth = new float[16];
            PositionOps.scores(exec, area, branch, branch, joint, rgb, depth, 3, 1, 0.5f, 1, scratch);
            assertEquals(0, rgb[5], 1e-5);
            assertEquals(3.5, joint[5], 1e-5, "the sum's offset is a score, and the line is the whole map's");
            assertThrows(
                    IllegalArgumentException.class,
                    () -> PositionOps.scores(
                            exec, area, branch, branch, joint, new float[15], depth, 0, 1, 0, 1, scratch));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> PositionOps.scores(exec, area, branch, branch, joint, rgb, depth, 0, 1, 0, 129, scratch));
        }
    }

    @Test
    void aLineStandsOut() {
        int size = 32;
        float[] scratch = new float[size * size];
        for (int x = 6; x < 26; x++) {
            scratch[16 * size + x] = 1;
        }
        try (PointerScope scope = new PointerScope();
                OpTarget exec = OpTarget.cpu();
                Area area = Area.whole(size);
                Workspace space = PositionOps.lineFilterWorkspace(size, 4)) {
            FloatPointer out = new FloatPointer(12L * size * size);
            PositionOps.lineFilter(exec, new FloatPointer(scratch), area, null, out, 1, 4, space);
            float along = out.get(16L * size + 16);
            float across = out.get(6L * size * size + 16L * size + 16);
            assertTrue(along > 0.1 && along > 5 * Math.abs(across), along + " along it, " + across + " across");
            assertThrows(
                    IllegalArgumentException.class,
                    () -> PositionOps.lineFilter(exec, new FloatPointer(scratch), area, null, out, 1, 40, space),
                    "longer than its scratch is for");
        }
        assertThrows(IllegalArgumentException.class, () -> PositionOps.lineFilterWorkspace(size, 129));
    }

    private static PositionBranch branch() {
        FloatPointer zeros = new FloatPointer(new float[16]);
        return new PositionBranch(zeros, zeros, 0, null, null, null);
    }
}
