package io.trd4j.ops;

import io.trd4j.jni.Status;
import io.trd4j.jni.Trd;
import io.trd4j.jni.TrdCalibration;
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
     * {@code distance[n, pixels] = 1 - cos(wDecoder decoder + wAmplifier amplifier, teacher)} over the channels of the
     * features [n, pixels, channels], all of one type (SPEC sections 2 and 4). Without an amplifier (null) the decoder
     * stands alone.
     */
    public static void fuseCosine(Exec exec, ElementType type, Pointer decoder, float wDecoder, Pointer amplifier,
                                  float wAmplifier, Pointer teacher, FloatPointer distance, long n, long pixels,
                                  long channels) {
        Status.check(Trd.trd_fuse_cosine(exec.struct, type.code, decoder, wDecoder, amplifier, wAmplifier, teacher, distance,
                n, pixels, channels));
    }

    /** {@code map[n, size, size]} = sum of the three upsampled distances (SPEC section 4). */
    public static void branchMap(Exec exec, Distances d, FloatPointer map, long n, long size) {
        Status.check(Trd.trd_branch_map(exec.struct, d.scale(0), d.side(0), d.scale(1), d.side(1), d.scale(2), d.side(2), map, n,
                size));
    }

    /**
     * Calibrated, blurred maps [n, size, size] of both branches and their sum, and scores [n, 3] = maxima of the sum,
     * the rgb map and the depth map, from the branches' distances, whose sides are the same (SPEC section 4).
     *
     * @param calibration mean and standard deviation of rgb, then depth
     * @param mask [size, size]: pixels where it is 0 do not count for the scores; null = all count
     */
    public static void anomalyMap(Exec exec, Distances rgb, Distances depth, TrdCalibration calibration, BytePointer mask,
                                  MapOperators operators, FloatPointer map, FloatPointer mapRgb, FloatPointer mapDepth,
                                  FloatPointer scores, long n) {
        for (int scale = 0; scale < 3; scale++) {
            if (rgb.side(scale) != depth.side(scale)) {
                throw new IllegalArgumentException("the branches' distances have different sides: " + rgb.side(scale) + " and "
                        + depth.side(scale));
            }
        }
        Status.check(Trd.trd_anomaly_map(exec.struct, rgb.struct, depth.struct, rgb.side(0), rgb.side(1), rgb.side(2), calibration,
                mask, operators.address, operators.bytes, map, mapRgb, mapDepth, scores, n, operators.size));
    }
}
