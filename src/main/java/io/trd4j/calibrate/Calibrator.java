package io.trd4j.calibrate;

import io.trd4j.io.InputException;
import io.trd4j.model.Calibration;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.network.BranchMaps;
import io.trd4j.model.network.LibTorch;
import io.trd4j.model.network.Network;
import java.util.List;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * Calibration: mean and population standard deviation of all validation maps' pixels that count, per branch (SPEC
 * section 4).
 */
public final class Calibrator {
    private Calibrator() {}

    /**
     * Of both branches together, and of each without the other modality.
     *
     * @param roi what counts of the maps, of the same size; null = everything
     * @param progress called with the number of parts done so far
     */
    public static Calibration calibrate(
            Network network,
            int size,
            PreparedParts validation,
            RegionOfInterest roi,
            int threads,
            IntConsumer progress) {
        LibTorch.setThreads(threads);
        if (validation.count() == 0) {
            throw new InputException("calibration needs normal parts; put some under validation/good");
        }
        Moments rgb = new Moments();
        Moments depth = new Moments();
        Moments rgbAlone = new Moments();
        Moments depthAlone = new Moments();
        float[] map = new float[size * size];
        try (BranchMaps maps = new BranchMaps(network, size)) {
            for (int i = 0; i < validation.count(); i++) {
                try (PointerScope scope = new PointerScope()) {
                    maps.compute(validation.rgb(i), validation.second(i));
                    rgb.add(counted(maps.rgb(), map, roi));
                    depth.add(counted(maps.depth(), map, roi));
                    maps.compute(validation.rgb(i), validation.black());
                    rgbAlone.add(counted(maps.rgb(), map, roi));
                    maps.compute(validation.black(), validation.second(i));
                    depthAlone.add(counted(maps.depth(), map, roi));
                }
                progress.accept(i + 1);
            }
        }
        for (Moments moments : List.of(rgb, depth, rgbAlone, depthAlone)) {
            if (!(moments.std() > 0 && Double.isFinite(moments.mean + moments.std()))) {
                throw new InputException(
                        "the validation maps have no spread (rgb " + rgb.std() + ", depth " + depth.std()
                                + "; each without the other modality " + rgbAlone.std() + ", " + depthAlone.std()
                                + "); check the model's training and the validation parts");
            }
        }
        return new Calibration(
                rgb.mean,
                rgb.std(),
                depth.mean,
                depth.std(),
                new Calibration.Alone(rgbAlone.mean, rgbAlone.std(), depthAlone.mean, depthAlone.std()));
    }

    private static float[] counted(FloatPointer values, float[] map, RegionOfInterest roi) {
        values.get(map);
        return roi == null ? map : roi.counted(map);
    }

    /** Mean and sum of squared deviations, merged map by map: exact enough for any number of pixels. */
    private static final class Moments {
        private long count;
        private double mean;
        private double squares;

        void add(float[] map) {
            double sum = 0;
            for (float v : map) {
                sum += v;
            }
            double mapMean = sum / map.length;
            double mapSquares = 0;
            for (float v : map) {
                mapSquares += (v - mapMean) * (v - mapMean);
            }
            double delta = mapMean - mean;
            long total = count + map.length;
            squares += mapSquares + delta * delta * count * map.length / total;
            mean += delta * map.length / total;
            count = total;
        }

        double std() {
            return Math.sqrt(squares / count);
        }
    }
}
