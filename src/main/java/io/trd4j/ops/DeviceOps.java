package io.trd4j.ops;

import io.trd4j.jni.Status;
import io.trd4j.jni.Trd;
import io.trd4j.jni.TrdCalibration;
import io.trd4j.jni.TrdDistances;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The kernels of libtrd on a CUDA device: as {@link Ops}, on addresses of the device's memory. Contracts, shapes and
 * errors stand in {@code native/include/trd.h}. A call queues its work on exec's stream; nothing waits.
 */
public final class DeviceOps {
    private DeviceOps() {}

    /** Bytes of a layer's packed weights. */
    public static long convolutionPackedBytes(ElementType type, long cIn, long cOut, int kernel, boolean transposed) {
        return positive(
                Trd.trd_convolution_packed_bytes(type.code, cIn, cOut, kernel, transposed ? 1 : 0),
                "a layer's weights");
    }

    /** Packs weights on the CPU; both pointers are the host's. */
    public static void convolutionPack(
            ElementType type,
            FloatPointer weights,
            Pointer packed,
            long packedBytes,
            long cIn,
            long cOut,
            int kernel,
            boolean transposed) {
        Status.check(Trd.trd_convolution_pack(
                type.code, weights, packed, packedBytes, cIn, cOut, kernel, transposed ? 1 : 0));
    }

    /** Bytes of device memory that {@link #convolutions} needs beside the layers'; may be 0. */
    public static long convolutionsWorkspaceBytes(OpTarget exec, ElementType type, Convolutions layers) {
        return size(Trd.trd_convolutions_workspace_bytes(exec.struct, type.code, layers.structs, layers.count));
    }

    /** Runs the layers, none of which may read what another of the same call writes. */
    public static void convolutions(
            OpTarget exec, ElementType type, Convolutions layers, long workspace, long workspaceBytes) {
        Status.check(Trd.trd_convolutions(
                exec.struct, type.code, layers.structs, layers.count, Address.of(workspace), workspaceBytes));
    }

    /** Maximum over 3x3 windows with stride 2 and padding 1 of {@code in [n, h, w, c]}. */
    public static void maxPool(OpTarget exec, ElementType type, long in, long out, long n, long h, long w, long c) {
        Status.check(Trd.trd_max_pool(exec.struct, type.code, Address.of(in), Address.of(out), n, h, w, c));
    }

    /** Layers of one branch's Crossmodal Filter, in the order of the scales and steps. */
    public static int filterLayers() {
        return Trd.TRD_FILTER_LAYERS;
    }

    /** Bytes of one branch's packed filter; {@code c1}: channels of its first scale. */
    public static long filterPackedBytes(ElementType type, long c1) {
        return positive(Trd.trd_crossmodal_filter_packed_bytes(type.code, c1), "the Crossmodal Filter");
    }

    /** Puts one layer into a branch's packed filter; all pointers are the host's. */
    public static void filterPack(
            ElementType type,
            int layer,
            FloatPointer weights,
            FloatPointer bias,
            Pointer packed,
            long packedBytes,
            long c1) {
        Status.check(Trd.trd_crossmodal_filter_pack(type.code, layer, weights, bias, packed, packedBytes, c1));
    }

    /** Bytes of device memory that {@link #filter} needs beside the branches'; {@code side}: of scale 1, pixels. */
    public static long filterWorkspaceBytes(OpTarget exec, ElementType type, int count, long n, long side, long c1) {
        return size(Trd.trd_crossmodal_filter_workspace_bytes(exec.struct, type.code, count, n, side, c1));
    }

    /** Runs the Crossmodal Filter of the branches on all three scales of n parts. */
    public static void filter(
            OpTarget exec,
            ElementType type,
            TunerBranches branches,
            long workspace,
            long workspaceBytes,
            long n,
            long side,
            long c1) {
        Status.check(Trd.trd_crossmodal_filter(
                exec.struct,
                type.code,
                branches.structs,
                branches.count,
                Address.of(workspace),
                workspaceBytes,
                n,
                side,
                c1));
    }

    /** Layers of one branch's Crossmodal Amplifier, three for each scale. */
    public static int amplifierLayers() {
        return Trd.TRD_AMPLIFIER_LAYERS;
    }

    /** Bytes of one branch's packed amplifier; {@code c1}: channels of its first scale. */
    public static long amplifierPackedBytes(ElementType type, long c1) {
        return positive(Trd.trd_crossmodal_amplifier_packed_bytes(type.code, c1), "the Crossmodal Amplifier");
    }

    /** As {@link #filterPack}. */
    public static void amplifierPack(
            ElementType type,
            int layer,
            FloatPointer weights,
            FloatPointer bias,
            Pointer packed,
            long packedBytes,
            long c1) {
        Status.check(Trd.trd_crossmodal_amplifier_pack(type.code, layer, weights, bias, packed, packedBytes, c1));
    }

    /** As {@link #filterWorkspaceBytes}, for {@link #amplifier}. */
    public static long amplifierWorkspaceBytes(OpTarget exec, ElementType type, int count, long n, long side, long c1) {
        return size(Trd.trd_crossmodal_amplifier_workspace_bytes(exec.struct, type.code, count, n, side, c1));
    }

    /** Runs the Crossmodal Amplifier of the branches on all three scales of n parts. */
    public static void amplifier(
            OpTarget exec,
            ElementType type,
            TunerBranches branches,
            long workspace,
            long workspaceBytes,
            long n,
            long side,
            long c1) {
        Status.check(Trd.trd_crossmodal_amplifier(
                exec.struct,
                type.code,
                branches.structs,
                branches.count,
                Address.of(workspace),
                workspaceBytes,
                n,
                side,
                c1));
    }

    /** As {@link Ops#fuseCosine}; {@code amplifier} may be 0 for none. */
    public static void fuseCosine(
            OpTarget exec,
            ElementType type,
            long decoder,
            float wDecoder,
            long amplifier,
            float wAmplifier,
            long teacher,
            long distance,
            long n,
            long pixels,
            long channels) {
        Status.check(Trd.trd_fuse_cosine(
                exec.struct,
                type.code,
                Address.of(decoder),
                wDecoder,
                Address.of(amplifier),
                wAmplifier,
                Address.of(teacher),
                Address.floats(distance),
                n,
                pixels,
                channels));
    }

    /**
     * As {@link Ops#anomalyMap}.
     *
     * @param mask device address of uint8 [size, size], 0 where a pixel does not count for the scores; 0 = all count
     * @param operators device copy of {@link MapOperators} for these sizes
     * @param maps device address of the three maps [n, size, size]: combined, rgb, second
     */
    public static void anomalyMap(
            OpTarget exec,
            TrdDistances rgb,
            TrdDistances depth,
            TrdCalibration calibration,
            long side,
            long mask,
            long operators,
            long operatorsBytes,
            long maps,
            long scores,
            long n,
            long size) {
        long bytes = n * size * size * Float.BYTES;
        Status.check(Trd.trd_anomaly_map(
                exec.struct,
                rgb,
                depth,
                side,
                side / 2,
                side / 4,
                calibration,
                mask == 0 ? null : Address.bytes(mask, size * size),
                Address.of(operators),
                operatorsBytes,
                Address.floats(maps),
                Address.floats(maps + bytes),
                Address.floats(maps + 2 * bytes),
                Address.floats(scores),
                n,
                size));
    }

    /** Addresses of a branch's distances as the binding takes them; the caller closes it. */
    public static TrdDistances distances(long scale1, long scale2, long scale3) {
        return Retained.of(new TrdDistances())
                .scale_1(Address.floats(scale1))
                .scale_2(Address.floats(scale2))
                .scale_3(Address.floats(scale3));
    }

    /**
     * As {@link Ops#prepareRgb}; {@code workspace} is a device copy of what {@link Ops#planRgb} made for these sizes.
     */
    public static void prepareRgb(
            OpTarget exec,
            long image,
            long width,
            long height,
            long rowStride,
            long out,
            ElementType type,
            long size,
            long workspace,
            long workspaceBytes) {
        Status.check(Trd.trd_prepare_rgb(
                exec.struct,
                new BytePointer(Address.of(image)),
                width,
                height,
                rowStride,
                out,
                type.code,
                size,
                workspace,
                workspaceBytes));
    }

    /** As {@link Ops#prepareDepth}. @param fault address of an int32 for {@link #hasForeground} */
    public static void prepareDepth(
            OpTarget exec,
            long xyz,
            long width,
            long height,
            long rowStride,
            long out,
            ElementType type,
            long size,
            long workspace,
            long workspaceBytes,
            long fault) {
        Status.check(Trd.trd_prepare_depth(
                exec.struct,
                Address.floats(xyz),
                width,
                height,
                rowStride,
                out,
                type.code,
                size,
                0,
                workspace,
                workspaceBytes,
                fault));
    }

    /** As {@link Ops#prepareNormals}. @param fault as for {@link #prepareDepth} */
    public static void prepareNormals(
            OpTarget exec,
            long xyz,
            long width,
            long height,
            long rowStride,
            long out,
            ElementType type,
            long size,
            int kernel,
            long workspace,
            long workspaceBytes,
            long fault) {
        Status.check(Trd.trd_prepare_normals(
                exec.struct,
                Address.floats(xyz),
                width,
                height,
                rowStride,
                out,
                type.code,
                size,
                kernel,
                0,
                workspace,
                workspaceBytes,
                fault));
    }

    /** As {@link Ops#prepareMetric}. @param plane address of its values on the device */
    public static void prepareMetric(
            OpTarget exec,
            long xyz,
            long width,
            long height,
            long rowStride,
            long out,
            ElementType type,
            long size,
            long plane,
            long workspace,
            long workspaceBytes) {
        Status.check(Trd.trd_prepare_metric(
                exec.struct,
                Address.floats(xyz),
                width,
                height,
                rowStride,
                out,
                type.code,
                size,
                plane,
                workspace,
                workspaceBytes));
    }

    /**
     * Whether the fault that {@link #prepareDepth} or {@link #prepareNormals} left says that the cloud has a
     * foreground.
     */
    public static boolean hasForeground(int fault) {
        return fault != Trd.TRD_ERROR_INPUT;
    }

    private static long positive(long bytes, String what) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("libtrd has no CUDA kernels for " + what + " of these sizes");
        }
        return bytes;
    }

    /** The workspace functions answer -1 for what the op itself would refuse, and the op says why. */
    private static long size(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("libtrd refuses these layers or sizes");
        }
        return bytes;
    }
}
