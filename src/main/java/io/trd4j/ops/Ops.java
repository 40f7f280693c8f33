package io.trd4j.ops;

import io.trd4j.jni.Status;
import io.trd4j.jni.Trd;
import io.trd4j.jni.TrdCalibration;
import java.lang.ref.Reference;
import java.util.function.ToIntFunction;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The kernels of libtrd, one static method per op; contracts, shapes and errors stand in {@code native/include/trd.h}.
 * All memory is the caller's. A refused argument is an IllegalArgumentException, a missing backend an
 * UnsupportedOperationException, anything else a NativeException.
 */
public final class Ops {
    private Ops() {}

    /** Threads, 1 to 1024, of whatever the calling Java thread computes from now on: in libtrd, oneDNN and LibTorch. */
    public static void setThreads(int threads) {
        Status.check(Trd.trd_set_threads(threads));
    }

    /**
     * Whether the calling Java thread does alone what was divided among its threads, from now on: in libtrd, oneDNN and
     * LibTorch. The bits of what libtrd and oneDNN compute do not change.
     */
    public static void setAlone(boolean alone) {
        Status.check(Trd.trd_set_alone(alone ? 1 : 0));
    }

    /**
     * {@code distance[n, pixels] = 1 - cos(wDecoder decoder + wAmplifier amplifier, teacher)} over the channels of the
     * features [n, pixels, channels], all of one type (SPEC sections 2 and 4). Without an amplifier (null) the decoder
     * stands alone.
     */
    public static void fuseCosine(
            OpTarget exec,
            ElementType type,
            Pointer decoder,
            float wDecoder,
            Pointer amplifier,
            float wAmplifier,
            Pointer teacher,
            FloatPointer distance,
            long n,
            long pixels,
            long channels) {
        Status.check(Trd.trd_fuse_cosine(
                exec.struct,
                type.code,
                decoder,
                wDecoder,
                amplifier,
                wAmplifier,
                teacher,
                distance,
                n,
                pixels,
                channels));
    }

    /** {@code map[n, size, size]} = sum of the three upsampled distances (SPEC section 4). */
    public static void branchMap(OpTarget exec, Distances d, FloatPointer map, long n, long size) {
        Status.check(Trd.trd_branch_map(
                exec.struct, d.scale(0), d.side(0), d.scale(1), d.side(1), d.scale(2), d.side(2), map, n, size));
    }

    /**
     * Calibrated, blurred maps [n, size, size] of both branches and their sum, and scores [n, 3] = maxima of the sum,
     * the rgb map and the depth map, from the branches' distances, whose sides are the same (SPEC section 4).
     *
     * @param calibration mean and standard deviation of rgb, then depth
     * @param mask [size, size]: pixels where it is 0 do not count for the scores; null = all count
     */
    public static void anomalyMap(
            OpTarget exec,
            Distances rgb,
            Distances depth,
            TrdCalibration calibration,
            BytePointer mask,
            MapOperators operators,
            FloatPointer map,
            FloatPointer mapRgb,
            FloatPointer mapDepth,
            FloatPointer scores,
            long n) {
        for (int scale = 0; scale < 3; scale++) {
            if (rgb.side(scale) != depth.side(scale)) {
                throw new IllegalArgumentException("the branches' distances have different sides: " + rgb.side(scale)
                        + " and " + depth.side(scale));
            }
        }
        Status.check(Trd.trd_anomaly_map(
                exec.struct,
                rgb.struct,
                depth.struct,
                rgb.side(0),
                rgb.side(1),
                rgb.side(2),
                calibration,
                mask,
                operators.memory.start(),
                operators.memory.bytes(),
                map,
                mapRgb,
                mapDepth,
                scores,
                n,
                operators.size));
    }

    /** Tables for {@link #prepareRgb} with these sizes, in a workspace of its own. */
    public static Workspace planRgb(OpTarget exec, long width, long height, long size) {
        long bytes = Trd.trd_prepare_rgb_workspace_bytes(width, height, size);
        return planned(bytes, w -> Trd.trd_prepare_rgb_plan(exec.struct, width, height, size, w.start(), w.bytes()));
    }

    /** Colour image to {@code out [size, size, 3]}, resized as Pillow does and normalised (SPEC section 5). */
    public static void prepareRgb(
            OpTarget exec,
            Pixels<byte[], BytePointer> image,
            Pointer out,
            ElementType type,
            long size,
            Workspace workspace) {
        int w = image.width;
        int h = image.height;
        long stride = image.strideBytes;
        long to = address(out);
        long scratch = address(workspace.start());
        Status.check(
                image.array != null
                        ? Trd.trd_prepare_rgb(
                                exec.struct, image.array, w, h, stride, to, type.code, size, scratch, workspace.bytes())
                        : Trd.trd_prepare_rgb(
                                exec.struct,
                                image.pointer,
                                w,
                                h,
                                stride,
                                to,
                                type.code,
                                size,
                                scratch,
                                workspace.bytes()));
        Reference.reachabilityFence(out);
    }

    /** Tables for {@link #prepareDepth} with these sizes, in a workspace of its own. */
    public static Workspace planDepth(OpTarget exec, long width, long height, long size) {
        long bytes = Trd.trd_prepare_depth_workspace_bytes(width, height, size);
        return planned(bytes, w -> Trd.trd_prepare_depth_plan(exec.struct, width, height, size, w.start(), w.bytes()));
    }

    /**
     * Point cloud to the depth image {@code out [size, size, 3]} (SPEC section 5).
     *
     * @param mask foreground [size, size], 0 or 1, or null
     * @return whether the cloud has a foreground; without one, {@code out} is undefined
     */
    public static boolean prepareDepth(
            OpTarget exec,
            Pixels<float[], FloatPointer> cloud,
            Pointer out,
            ElementType type,
            long size,
            BytePointer mask,
            Workspace workspace) {
        int w = cloud.width;
        int h = cloud.height;
        long stride = cloud.strideBytes;
        long to = address(out);
        long foreground = mask == null ? 0 : address(mask);
        long scratch = address(workspace.start());
        int status = cloud.array != null
                ? Trd.trd_prepare_depth(
                        exec.struct,
                        cloud.array,
                        w,
                        h,
                        stride,
                        to,
                        type.code,
                        size,
                        foreground,
                        scratch,
                        workspace.bytes(),
                        0)
                : Trd.trd_prepare_depth(
                        exec.struct,
                        cloud.pointer,
                        w,
                        h,
                        stride,
                        to,
                        type.code,
                        size,
                        foreground,
                        scratch,
                        workspace.bytes(),
                        0);
        Reference.reachabilityFence(out);
        return hasForeground(status);
    }

    /** Tables for {@link #prepareNormals} with these sizes, in a workspace of its own. */
    public static Workspace planNormals(OpTarget exec, long width, long height, long size, int kernel) {
        long bytes = Trd.trd_prepare_normals_workspace_bytes(width, height, size, kernel);
        return planned(
                bytes,
                w -> Trd.trd_prepare_normals_plan(exec.struct, width, height, size, kernel, w.start(), w.bytes()));
    }

    /**
     * Point cloud of at least 3 x 3 points to surface normals {@code out [size, size, 3]} (SPEC section 5).
     *
     * @param kernel aperture of the Sobel derivatives, odd, 1 to 31
     * @param mask foreground [height, width], 0 or 1, or null
     * @return whether the cloud has a foreground; without one, {@code out} is undefined
     */
    public static boolean prepareNormals(
            OpTarget exec,
            Pixels<float[], FloatPointer> cloud,
            Pointer out,
            ElementType type,
            long size,
            int kernel,
            BytePointer mask,
            Workspace workspace) {
        int w = cloud.width;
        int h = cloud.height;
        long stride = cloud.strideBytes;
        long to = address(out);
        long foreground = mask == null ? 0 : address(mask);
        long scratch = address(workspace.start());
        int status = cloud.array != null
                ? Trd.trd_prepare_normals(
                        exec.struct,
                        cloud.array,
                        w,
                        h,
                        stride,
                        to,
                        type.code,
                        size,
                        kernel,
                        foreground,
                        scratch,
                        workspace.bytes(),
                        0)
                : Trd.trd_prepare_normals(
                        exec.struct,
                        cloud.pointer,
                        w,
                        h,
                        stride,
                        to,
                        type.code,
                        size,
                        kernel,
                        foreground,
                        scratch,
                        workspace.bytes(),
                        0);
        Reference.reachabilityFence(out);
        return hasForeground(status);
    }

    /**
     * Tables for {@link #prepareMetric} with these sizes and scales, in a workspace of its own.
     *
     * @param smooth deviation of the surface's Gaussian, pixels of the output, above 0
     * @param slopeGain slope in the image of a height that changes by 1 m from a pixel to the next
     * @param relief deviation of the surroundings' Gaussian, pixels, from {@code smooth} to 170
     * @param reliefMetres height over the surroundings of which the relief is tanh(1)
     * @param groundMetres height up to which the plane's surface is not shown; 0 = all is
     */
    public static Workspace planMetric(
            OpTarget exec,
            long width,
            long height,
            long size,
            double smooth,
            double slopeGain,
            double relief,
            double reliefMetres,
            double groundMetres) {
        long bytes = Trd.trd_prepare_metric_workspace_bytes(width, height, size);
        return planned(
                bytes,
                w -> Trd.trd_prepare_metric_plan(
                        exec.struct,
                        width,
                        height,
                        size,
                        smooth,
                        slopeGain,
                        relief,
                        reliefMetres,
                        groundMetres,
                        w.start(),
                        w.bytes()));
    }

    /**
     * Point cloud to geometry in metric terms {@code out [size, size, 3]} (SPEC section 5).
     *
     * @param plane 5 values x0, y0, z0, a, b of z = z0 + a (x - x0) + b (y - y0), metres
     */
    public static void prepareMetric(
            OpTarget exec,
            Pixels<float[], FloatPointer> cloud,
            Pointer out,
            ElementType type,
            long size,
            FloatPointer plane,
            Workspace workspace) {
        int w = cloud.width;
        int h = cloud.height;
        long stride = cloud.strideBytes;
        long to = address(out);
        long below = address(plane);
        long scratch = address(workspace.start());
        Status.check(
                cloud.array != null
                        ? Trd.trd_prepare_metric(
                                exec.struct,
                                cloud.array,
                                w,
                                h,
                                stride,
                                to,
                                type.code,
                                size,
                                below,
                                scratch,
                                workspace.bytes())
                        : Trd.trd_prepare_metric(
                                exec.struct,
                                cloud.pointer,
                                w,
                                h,
                                stride,
                                to,
                                type.code,
                                size,
                                below,
                                scratch,
                                workspace.bytes()));
        Reference.reachabilityFence(out);
        Reference.reachabilityFence(plane);
    }

    /** The only fault that a cloud of enough points can have. */
    private static boolean hasForeground(int status) {
        if (status == Trd.TRD_ERROR_INPUT) {
            return false;
        }
        Status.check(status);
        return true;
    }

    private static long address(Pointer pointer) {
        return pointer.address() + pointer.position() * pointer.sizeof();
    }

    private static Workspace planned(long bytes, ToIntFunction<Workspace> plan) {
        Workspace workspace = new Workspace(bytes);
        try {
            Status.check(plan.applyAsInt(workspace));
        } catch (RuntimeException e) {
            workspace.close();
            throw e;
        }
        return workspace;
    }

    /**
     * Whether {@link #winograd} was measured faster than oneDNN's direct convolution in the same type for this shape.
     */
    public static boolean winogradPays(
            ElementType type, long n, long h, long w, long channelsIn, long channelsOut, int stride) {
        return Trd.trd_winograd_pays(type.code, n, h, w, channelsIn, channelsOut, stride) != 0;
    }

    /** Bytes of packed weights for {@link #winograd}; 0 when there is no kernel for these channels on this machine. */
    public static long winogradPackedBytes(long channelsIn, long channelsOut) {
        return Trd.trd_winograd_packed_bytes(channelsIn, channelsOut);
    }

    /**
     * Transforms {@code weights [channelsOut, channelsIn, 3, 3]} once, for this machine only; {@code packed} is 64-byte
     * aligned.
     */
    public static void winogradPack(
            OpTarget exec,
            FloatPointer weights,
            Pointer packed,
            long packedBytes,
            long channelsIn,
            long channelsOut,
            int stride) {
        Status.check(Trd.trd_winograd_pack(exec.struct, weights, packed, packedBytes, channelsIn, channelsOut, stride));
    }

    /** Bytes of 64-byte aligned scratch for {@link #winograd} on up to so many threads. */
    public static long winogradWorkspaceBytes(
            long n, long h, long w, long channelsIn, long channelsOut, int stride, int threads) {
        return Trd.trd_winograd_workspace_bytes(n, h, w, channelsIn, channelsOut, stride, threads);
    }

    /**
     * {@code out = r(conv3x3(in) + bias + sumScale * sum) + post}, stride 1 or 2, padding 1, channels-last; {@code r} =
     * ReLU if {@code relu}. {@code sum} and {@code post} may be null, and {@code out} may be either of them; all four
     * are of one type.
     */
    public static void winograd(
            OpTarget exec,
            ElementType type,
            Pointer in,
            Pointer packed,
            long packedBytes,
            FloatPointer bias,
            Pointer sum,
            float sumScale,
            Pointer post,
            boolean relu,
            Pointer out,
            Pointer workspace,
            long workspaceBytes,
            long n,
            long h,
            long w,
            long channelsIn,
            long channelsOut,
            int stride) {
        Status.check(Trd.trd_winograd(
                exec.struct,
                type.code,
                in,
                packed,
                packedBytes,
                bias,
                sum,
                sumScale,
                post,
                relu ? 1 : 0,
                out,
                workspace,
                workspaceBytes,
                n,
                h,
                w,
                channelsIn,
                channelsOut,
                stride));
    }
}
