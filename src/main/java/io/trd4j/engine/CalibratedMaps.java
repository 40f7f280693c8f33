package io.trd4j.engine;

import io.trd4j.jni.TrdCalibration;
import io.trd4j.model.Calibration;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.ops.Distances;
import io.trd4j.ops.MapOperators;
import io.trd4j.ops.OpTarget;
import io.trd4j.ops.Ops;
import io.trd4j.ops.Retained;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/** From both branches' distances to calibrated, blurred maps and scores (SPEC section 4), in buffers of its own. */
public final class CalibratedMaps implements AutoCloseable {
    private final OpTarget exec = OpTarget.cpu();
    private final MapOperators operators;
    private final TrdCalibration calibration = Retained.of(new TrdCalibration());
    /** Null = every pixel counts. */
    private final BytePointer mask;

    private final FloatPointer map;
    private final FloatPointer mapRgb;
    private final FloatPointer mapDepth;
    private final FloatPointer scores = Retained.of(new FloatPointer(3L));

    /**
     * @param size S, pixels
     * @param roi what counts for the scores; null = everything
     */
    public CalibratedMaps(int size, Calibration c, RegionOfInterest roi) {
        long pixels = (long) size * size;
        operators = new MapOperators(exec, size, size / 4, size / 8, size / 16);
        calibration
                .mean_rgb(c.meanRgb())
                .std_rgb(c.stdRgb())
                .mean_depth(c.meanDepth())
                .std_depth(c.stdDepth());
        mask = roi == null ? null : Retained.of(new BytePointer(roi.maskBytes()));
        map = Retained.of(new FloatPointer(pixels));
        mapRgb = Retained.of(new FloatPointer(pixels));
        mapDepth = Retained.of(new FloatPointer(pixels));
    }

    /**
     * Maps of the whole image, and scores of the pixels that count, from both branches' distances at the three scales.
     */
    public void compute(Distances rgb, Distances depth) {
        Ops.anomalyMap(exec, rgb, depth, calibration, mask, operators, map, mapRgb, mapDepth, scores, 1);
    }

    /** Combined map, S x S, of the last call. */
    public FloatPointer map() {
        return map;
    }

    FloatPointer mapRgb() {
        return mapRgb;
    }

    FloatPointer mapDepth() {
        return mapDepth;
    }

    /** Maximum over the pixels that count of the combined map (0), the rgb map (1), the second branch's map (2). */
    public float score(int index) {
        return scores.get(index);
    }

    @Override
    public void close() {
        map.close();
        mapRgb.close();
        mapDepth.close();
        scores.close();
        if (mask != null) {
            mask.close();
        }
        calibration.close();
        operators.close();
        exec.close();
    }
}
