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

    /** Scratch for {@link #robustRest} of n values. */
    public static Workspace robustRestWorkspace(long n, long functions) {
        return workspace(Trd.trd_robust_rest_workspace_bytes(n, functions));
    }

    /**
     * Difference less its robust fit by orthonormal functions; {@code rest[y.length]} is filled.
     *
     * @param most beyond it, y is cut; may be infinite
     * @param function [functions, y.length]; null for none
     * @param unseen whether y is 0 where nothing was seen; there, the rest is 0
     */
    public static void robustRest(
            OpTarget exec,
            float[] y,
            float most,
            FloatPointer function,
            long functions,
            boolean unseen,
            FloatPointer rest,
            Workspace workspace) {
        Status.check(Trd.trd_robust_rest(
                exec.struct,
                y,
                most,
                function == null ? 0 : address(function),
                unseen ? 1 : 0,
                address(rest),
                address(workspace.start()),
                workspace.bytes(),
                y.length,
                functions));
        Reference.reachabilityFence(function);
        Reference.reachabilityFence(rest);
    }

    /** Scratch for {@link #areaFilter} in frames of this size. */
    public static Workspace areaFilterWorkspace(long size) {
        return workspace(Trd.trd_area_filter_workspace_bytes(size));
    }

    /**
     * Gaussian of a difference that is 0 beyond the area, less a wider one's.
     *
     * @param in one value for each of the area's pixels
     * @param out the same, filled
     * @param narrow deviation, pixels
     * @param wide deviation of what is taken off, pixels; 0 = nothing is
     */
    public static void areaFilter(
            OpTarget exec,
            FloatPointer in,
            Area area,
            FloatPointer out,
            double narrow,
            double wide,
            Workspace workspace) {
        Status.check(Trd.trd_area_filter(
                exec.struct, in, area.struct, out, narrow, wide, workspace.start(), workspace.bytes()));
    }

    /** Scratch for {@link #scores} on an area. */
    public static Workspace scoresWorkspace(Area area) {
        return workspace(Trd.trd_position_scores_workspace_bytes(area.size(), area.pixels()));
    }

    /**
     * Joins both branches' maps and filtered differences by a soft maximum, smooths the three maps, and brings each on
     * its line; the joint one's is {@code factor} x + {@code offset}.
     *
     * @param map size x size, filled
     * @param mapRgb size x size, a calibrated map; replaced by scores
     * @param mapDepth the same of the second branch
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
