package io.trd4j.calibrate;

import io.trd4j.io.OptionException;
import java.util.Objects;

/**
 * How a model is calibrated anew.
 *
 * @param region what counts of the images from now on
 * @param threads CPU threads, 1 or more
 */
public record CalibrationOptions(RoiChoice region, int threads) {
    /** @throws OptionException when the number of threads is not positive */
    public CalibrationOptions {
        Objects.requireNonNull(region, "region");
        OptionException.require(threads > 0, "threads", "must be positive, not " + threads);
    }

    /** Those of {@code trd calibrate}: the model's region of interest stays; one thread per core. */
    public static CalibrationOptions defaults() {
        return new CalibrationOptions(RoiChoice.KEPT, Runtime.getRuntime().availableProcessors());
    }

    /** The same with another region of interest. */
    public CalibrationOptions withRegion(RoiChoice region) {
        return new CalibrationOptions(region, threads);
    }

    /** The same with another number of threads. */
    public CalibrationOptions withThreads(int threads) {
        return new CalibrationOptions(region, threads);
    }
}
