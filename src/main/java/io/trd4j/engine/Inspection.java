package io.trd4j.engine;

import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.Thresholds;

/**
 * The result of inspecting one part. Made once by {@link Inspector#newInspection()} and filled again by every
 * {@link Inspector#inspect}; the arrays it returns are its own and change with the next part.
 */
public final class Inspection {
    final float[] map;
    final float[] mapRgb;
    final float[] mapDepth;
    private final int size;
    float score;
    float scoreRgb;
    float scoreDepth;
    Verdict verdict = Verdict.NONE;
    Thresholds thresholds = Thresholds.NONE;
    RegionOfInterest regionOfInterest;
    long prepareNanos;
    long networkNanos;
    long anomalyMapNanos;

    Inspection(int size) {
        this.size = size;
        map = new float[size * size];
        mapRgb = new float[size * size];
        mapDepth = new float[size * size];
    }

    /** S: the maps are S x S, row by row. */
    public int size() {
        return size;
    }

    /**
     * Combined anomaly map, calibrated (0 = as on normal parts, 1 = one standard deviation above) and blurred. 0 where the model's
     * region of interest excludes a pixel.
     */
    public float[] map() {
        return map;
    }

    /** The rgb branch's map alone, calibrated and blurred. */
    public float[] mapRgb() {
        return mapRgb;
    }

    /** The second branch's map alone, calibrated and blurred. */
    public float[] mapDepth() {
        return mapDepth;
    }

    /** Maximum of the combined map, over the pixels that count. */
    public float score() {
        return score;
    }

    public float scoreRgb() {
        return scoreRgb;
    }

    public float scoreDepth() {
        return scoreDepth;
    }

    public Verdict verdict() {
        return verdict;
    }

    /** The model's thresholds, which made the verdict of the three scores. */
    public Thresholds thresholds() {
        return thresholds;
    }

    /** What counts of the maps, the model's; null = everything. */
    public RegionOfInterest regionOfInterest() {
        return regionOfInterest;
    }

    /** From the decoded images to the network's inputs; on a GPU the copies to page-locked memory, the rest is the network's. */
    public long prepareNanos() {
        return prepareNanos;
    }

    /**
     * Teacher, both students, and the raw maps. On a GPU everything from the launch of the part's graph to the results on the host:
     * copies, preparation, network, maps; what one graph does cannot be told apart.
     */
    public long networkNanos() {
        return networkNanos;
    }

    /** Calibration, blur and maxima; on a GPU the copies of the results to this object. */
    public long anomalyMapNanos() {
        return anomalyMapNanos;
    }

    public long elapsedNanos() {
        return prepareNanos + networkNanos + anomalyMapNanos;
    }
}
