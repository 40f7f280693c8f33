package io.trd4j.benchmarks.detection;

import io.trd4j.io.InputException;
import java.util.List;

/** Mean and population standard deviation of all pixels of a branch's validation maps (SPEC section 4). */
record Moments(double mean, double std) {
    static Moments of(List<float[]> maps) {
        long count = 0;
        double sum = 0;
        for (float[] map : maps) {
            for (float v : map) {
                sum += v;
            }
            count += map.length;
        }
        double mean = sum / count;
        double squares = 0;
        for (float[] map : maps) {
            for (float v : map) {
                squares += (v - mean) * (v - mean);
            }
        }
        double std = Math.sqrt(squares / count);
        if (!(std > 0 && Double.isFinite(mean + std))) {
            throw new InputException(
                    "the validation maps have no spread (" + std + "); check the training and the validation parts");
        }
        return new Moments(mean, std);
    }
}
