package io.trd4j.ops;

import io.trd4j.jni.Status;
import io.trd4j.jni.Trd;
import java.lang.ref.Reference;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Scores at the positions of an aligned part (SPEC section 9), on the CPU: as {@link Ops} the kernels of libtrd. Java
 * arrays are used in place, without a copy.
 */
public final class PositionOps {
    private PositionOps() {}

    /**
     * Functions for {@link #robustRest} in a workspace of their own.
     *
     * @param function [functions, n], orthonormal; null for none
     */
    public static Workspace planRobustRest(OpTarget exec, FloatPointer function, long n, long functions) {
        Workspace workspace = workspace(Trd.trd_robust_rest_workspace_bytes(n, functions));
        int status =
                Trd.trd_robust_rest_plan(exec.struct, function, workspace.start(), workspace.bytes(), n, functions);
        if (status != Trd.TRD_OK) {
            workspace.close();
        }
        Status.check(status);
        return workspace;
    }

    /**
     * Difference less its robust fit by a workspace's functions; {@code rest[y.length]} is filled.
     *
     * @param most beyond it, y is cut; may be infinite
     * @param unseen whether y is 0 where nothing was seen; there, the rest is 0
     */
    public static void robustRest(
            OpTarget exec, float[] y, float most, boolean unseen, FloatPointer rest, Workspace workspace) {
        Status.check(Trd.trd_robust_rest(
                exec.struct,
                y,
                most,
                unseen ? 1 : 0,
                address(rest),
                address(workspace.start()),
                workspace.bytes(),
                y.length));
        Reference.reachabilityFence(rest);
    }

    /** Scratch for {@link #areaFilter} in frames of this size. */
    public static Workspace areaFilterWorkspace(long size) {
        return workspace(Trd.trd_area_filter_workspace_bytes(size));
    }

    /**
     * Gaussian of a difference that is 0 beyond the area, minus what is to be taken off.
     *
     * @param in one value for each of the area's pixels
     * @param less the same, or null for nothing
     * @param out the same, filled
     * @param deviation of the Gaussian, pixels
     */
    public static void areaFilter(
            OpTarget exec,
            FloatPointer in,
            Area area,
            FloatPointer less,
            FloatPointer out,
            double deviation,
            Workspace workspace) {
        Status.check(Trd.trd_area_filter(
                exec.struct, in, area.struct, less, out, deviation, workspace.start(), workspace.bytes()));
    }

    /**
     * Scratch for {@link #lineFilter} in frames of this size.
     *
     * @param along deviation along a line, pixels
     */
    public static Workspace lineFilterWorkspace(long size, double along) {
        return workspace(Trd.trd_line_filter_workspace_bytes(size, along));
    }

    /**
     * Lines in a difference that is 0 beyond the area: its second differences across each of twelve directions,
     * averaged along it.
     *
     * @param in one value for each of the area's pixels
     * @param scale [12, area], or null
     * @param out one value for each of the area's pixels, filled: the highest |value| scale of all directions; without
     *     scale [12, area], each direction's values
     * @param across deviation of the Gaussian before the differences, pixels
     * @param along deviation of the average, pixels, that the workspace is for
     */
    public static void lineFilter(
            OpTarget exec,
            FloatPointer in,
            Area area,
            FloatPointer scale,
            FloatPointer out,
            double across,
            double along,
            Workspace workspace) {
        Status.check(Trd.trd_line_filter(
                exec.struct, in, area.struct, scale, out, across, along, workspace.start(), workspace.bytes()));
    }

    /** Scratch for {@link #scores} on an area. */
    public static Workspace scoresWorkspace(Area area) {
        return workspace(Trd.trd_position_scores_workspace_bytes(area.size(), area.pixels()));
    }

    /**
     * Joins both branches' maps and filtered differences by a soft maximum, smooths the three maps, and brings each on
     * its line; the joint one's is {@code factor} x + {@code offset}. The joint map takes the sum of both maps.
     *
     * @param map size x size, filled
     * @param mapRgb size x size, a calibrated map; replaced by scores
     * @param mapDepth the same of the second branch
     * @param sumOffset of the sum of both maps
     * @param deviation of the Gaussian, pixels
     */
    public static void scores(
            OpTarget exec,
            Area area,
            PositionBranch rgb,
            PositionBranch depth,
            float[] map,
            float[] mapRgb,
            float[] mapDepth,
            float sumOffset,
            float factor,
            float offset,
            double deviation,
            Workspace workspace) {
        check(map, area);
        check(mapRgb, area);
        check(mapDepth, area);
        Status.check(Trd.trd_position_scores(
                exec.struct,
                area.struct,
                rgb.struct,
                depth.struct,
                map,
                mapRgb,
                mapDepth,
                sumOffset,
                factor,
                offset,
                deviation,
                address(workspace.start()),
                workspace.bytes()));
    }

    private static void check(float[] map, Area area) {
        if (map.length != area.size() * area.size()) {
            throw new IllegalArgumentException(
                    "a map of " + map.length + " pixels, not " + area.size() + " x " + area.size());
        }
    }

    private static Workspace workspace(long bytes) {
        if (bytes == 0) {
            throw new IllegalArgumentException("no scratch for sizes that are out of range");
        }
        return new Workspace(bytes);
    }

    private static long address(Pointer pointer) {
        return pointer.address() + pointer.position() * pointer.sizeof();
    }
}
