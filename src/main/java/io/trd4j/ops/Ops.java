package io.trd4j.ops;

import io.trd4j.jni.Status;
import io.trd4j.jni.Trd;
import io.trd4j.jni.TrdCalibration;
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

    /** {@code out[n, pixels] = 1 - cos(a, b)} over the channels of {@code a, b [n, pixels, channels]} (SPEC section 4). */
    public static void cosineDistance(Exec exec, FloatPointer a, FloatPointer b, FloatPointer out,
                                      long n, long pixels, long channels) {
        Status.check(Trd.trd_cosine_distance(exec.struct, a, b, out, n, pixels, channels));
    }

    /** {@code map[n, size, size]} = sum of the three upsampled {@code distance_i [n, side_i, side_i]} (SPEC section 4). */
    public static void branchMap(Exec exec, FloatPointer distance1, long side1, FloatPointer distance2, long side2,
                                 FloatPointer distance3, long side3, FloatPointer map, long n, long size) {
        Status.check(Trd.trd_branch_map(exec.struct, distance1, side1, distance2, side2, distance3, side3, map, n, size));
    }

    /** Bytes of scratch for {@link #anomalyMap}, which wants it 64-byte aligned. */
    public static long anomalyMapWorkspaceBytes(long size) {
        return Trd.trd_anomaly_map_workspace_bytes(size);
    }

    /**
     * Calibrated, blurred maps [n, size, size] of both branches and their sum, and scores [n, 3] = maxima of the sum,
     * the rgb map and the depth map (SPEC section 4). {@code calibration} = mean and standard deviation of rgb, then depth.
     */
    public static void anomalyMap(Exec exec, FloatPointer rawRgb, FloatPointer rawDepth, TrdCalibration calibration,
                                  FloatPointer map, FloatPointer mapRgb, FloatPointer mapDepth, FloatPointer scores,
                                  Pointer workspace, long workspaceBytes, long n, long size) {
        Status.check(Trd.trd_anomaly_map(exec.struct, rawRgb, rawDepth, calibration, map, mapRgb, mapDepth, scores,
                workspace, workspaceBytes, n, size));
    }
}
