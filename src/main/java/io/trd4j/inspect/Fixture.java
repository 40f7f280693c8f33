package io.trd4j.inspect;

import io.trd4j.align.FramedRegion;
import io.trd4j.align.Locator;
import io.trd4j.align.PositionScores;
import io.trd4j.data.Part;
import io.trd4j.engine.PartMaps;
import io.trd4j.model.Alignment;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.RegionOfInterest;
import java.util.Arrays;

/**
 * Lays parts into a model's frame before the network sees them, scores every position of the frame, and brings the maps
 * back onto the part's image. Used by one thread at a time.
 */
final class Fixture implements AutoCloseable {
    /** Of the region of interest, against the mean part: less is another place. */
    private static final double LEAST_SEEN = 0.5;

    private final Alignment alignment;
    private final Locator locator;
    /** Null before positions are measured. */
    private final PositionScores scores;

    private final float[] scratch;
    private final boolean[] counts;
    /** Share of the region of interest that is in the frame around the mean part; 0 = everything counts. */
    private final double usuallySeen;

    /** @param roi that counts in images as they lie; null = everything */
    Fixture(Alignment alignment, RegionOfInterest roi) {
        this.alignment = alignment;
        locator = new Locator(alignment);
        scores = alignment.positions() == null ? null : new PositionScores(alignment);
        scratch = new float[alignment.size() * alignment.size()];
        counts = new boolean[scratch.length];
        Arrays.fill(counts, true);
        usuallySeen = FramedRegion.inside(alignment, roi);
        if (roi != null) {
            byte[] mask = roi.maskBytes();
            for (int i = 0; i < counts.length; i++) {
                counts[i] = mask[i] != 0;
            }
        }
    }

    /** @throws io.trd4j.data.PartNotFoundException when the part cannot be found */
    Part locate(Part part) {
        return locator.locate(part);
    }

    /** Whether the region of interest lies where the part that was located last was looked at. */
    boolean seesRegion() {
        return usuallySeen == 0 || locator.framed(counts) >= LEAST_SEEN * usuallySeen;
    }

    /**
     * From maps of the frame to maps and scores of the part's image.
     *
     * @param result with maps; of one modality, calibrated for that
     * @param withMaps whether the caller wants them; if not, they are 0 afterwards
     */
    void finish(PartMaps result, InspectionMode mode, boolean withMaps) {
        long start = System.nanoTime();
        if (mode == InspectionMode.BOTH && scores != null) {
            scores.apply(locator, result.map, result.mapRgb, result.mapDepth);
        }
        if (mode != InspectionMode.DEPTH_ONLY) {
            locator.toImage(result.mapRgb, scratch);
        }
        if (mode != InspectionMode.RGB_ONLY) {
            locator.toImage(result.mapDepth, scratch);
        }
        if (mode == InspectionMode.BOTH) {
            locator.toImage(result.map, scratch);
        } else {
            float[] own = mode == InspectionMode.RGB_ONLY ? result.mapRgb : result.mapDepth;
            System.arraycopy(own, 0, result.map, 0, own.length);
        }
        result.score = highest(result.map);
        result.scoreRgb = mode == InspectionMode.DEPTH_ONLY ? 0 : highest(result.mapRgb);
        result.scoreDepth = mode == InspectionMode.RGB_ONLY ? 0 : highest(result.mapDepth);
        if (!withMaps) {
            Arrays.fill(result.map, 0);
            Arrays.fill(result.mapRgb, 0);
            Arrays.fill(result.mapDepth, 0);
        }
        result.anomalyMapNanos += System.nanoTime() - start;
    }

    private float highest(float[] map) {
        float highest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < map.length; i++) {
            // Not a comparison alone: NaN must not be lost.
            if (counts[i] && !(map[i] <= highest)) {
                highest = map[i];
            }
        }
        return highest;
    }

    /** For another thread. */
    Fixture duplicate(RegionOfInterest roi) {
        return new Fixture(alignment, roi);
    }

    @Override
    public void close() {
        if (scores != null) {
            scores.close();
        }
    }
}
