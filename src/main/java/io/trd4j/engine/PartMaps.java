package io.trd4j.engine;

import java.util.Arrays;

/**
 * Scores, calibrated and blurred maps, and stage times of one part: filled by a {@link PartEngine}, anew with every
 * part. Plain fields, since nothing between the engine and its caller may cost anything.
 */
public final class PartMaps {
    /**
     * Combined map, S x S, row by row, in standard deviations of normal parts; of the whole image, whatever counts for
     * the scores.
     */
    public final float[] map;
    /** The rgb branch's map. */
    public final float[] mapRgb;
    /** The second branch's map. */
    public final float[] mapDepth;
    /** Maximum of the combined map over the pixels that count: those of the model's region of interest. */
    public float score;
    /** The same of the rgb branch's map. */
    public float scoreRgb;
    /** The same of the second branch's map. */
    public float scoreDepth;
    /** From the decoded images to the network's inputs; on a GPU, the copies to page-locked memory. */
    public long prepareNanos;
    /** The network; on a GPU, everything from the launch of the part's graph to the results on the host. */
    public long networkNanos;
    /** Calibration, blur and maxima; on a GPU, the copies of the maps into this object. */
    public long anomalyMapNanos;

    public PartMaps(int size) {
        map = new float[size * size];
        mapRgb = new float[size * size];
        mapDepth = new float[size * size];
    }

    /** Forgets maps of an earlier part, where an engine computes scores alone. */
    public void clear() {
        Arrays.fill(map, 0);
        Arrays.fill(mapRgb, 0);
        Arrays.fill(mapDepth, 0);
    }
}
