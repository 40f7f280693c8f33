package io.trd4j.inspect;

import io.trd4j.data.InputQuality;
import io.trd4j.engine.PartMaps;
import io.trd4j.inspect.Region.Deciding;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.Thresholds;
import io.trd4j.outline.NormalViews;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * The result of inspecting one part. Made once by {@link Inspector#newInspection()} and filled again by every
 * {@link Inspector#inspect}; the arrays it returns are its own and change with the next part.
 */
public final class Inspection {
    final PartMaps maps;
    private final int size;
    final InputQuality quality = new InputQuality();
    final Set<Warning> warnings = EnumSet.noneOf(Warning.class);
    private final Set<Warning> warningsView = Collections.unmodifiableSet(warnings);
    /** In which ways the part is unlike the model's normal ones. */
    final Set<Warning> unlike = EnumSet.noneOf(Warning.class);

    InspectionMode mode = InspectionMode.BOTH;
    Verdict verdict = Verdict.NONE;
    Thresholds thresholds = Thresholds.NONE;
    /** With these thresholds; null before the first part. */
    ModelInfo judgedBy;

    RegionOfInterest regionOfInterest;
    /** The model's normal parts, for {@link Regions}. */
    NormalViews normalViews = NormalViews.NONE;

    boolean hasMaps = true;

    Inspection(int size) {
        this.size = size;
        maps = new PartMaps(size);
    }

    /**
     * Zeroes in the maps what does not count: after the blur, which sees it all the same. The scores know it from the
     * kernel.
     *
     * @param roi the model's; null = everything counts
     */
    void leaveOut(RegionOfInterest roi, boolean withMaps) {
        regionOfInterest = roi;
        if (roi != null && withMaps) {
            long start = System.nanoTime();
            roi.keep(maps.map);
            roi.keep(maps.mapRgb);
            roi.keep(maps.mapDepth);
            maps.anomalyMapNanos += System.nanoTime() - start;
        }
    }

    /** S: the maps are S x S, row by row. */
    public int size() {
        return size;
    }

    /**
     * Combined anomaly map, calibrated (0 = as on normal parts, 1 = one standard deviation above) and blurred: the sum
     * of both branches', raised where one alone is higher than on normal parts (specification, section 4). 0 where the
     * model's region of interest excludes a pixel. Without {@link InspectorOptions#maps}, no map is filled: each is 0
     * everywhere.
     */
    public float[] map() {
        return maps.map;
    }

    /** Whether the last part's maps were filled: the inspector's {@link InspectorOptions#maps}. */
    public boolean hasMaps() {
        return hasMaps;
    }

    /**
     * For what reads the maps: of zeros it would say that there is nothing.
     *
     * @throws IllegalStateException when they were not filled
     */
    void requireMaps() {
        if (!hasMaps) {
            throw new IllegalStateException("this inspection has scores and no maps: open the inspector with "
                    + "InspectorOptions.withMaps(true) for regions, masks and peaks");
        }
    }

    /** The rgb branch's map alone, calibrated and blurred. */
    public float[] mapRgb() {
        return maps.mapRgb;
    }

    /** The second branch's map alone, calibrated and blurred. */
    public float[] mapDepth() {
        return maps.mapDepth;
    }

    /** Maximum of the combined map, over the pixels that count. */
    public float score() {
        return maps.score;
    }

    /** Maximum of the rgb map; 0 when the part was inspected without colour. */
    public float scoreRgb() {
        return maps.scoreRgb;
    }

    /** Maximum of the second branch's map; 0 when the part was inspected without its second modality. */
    public float scoreDepth() {
        return maps.scoreDepth;
    }

    /**
     * Which modalities could be used. With one alone, the combined map and score are that branch's, calibrated by
     * normal parts inspected in the same way, and the other branch's map and score are 0.
     */
    public InspectionMode mode() {
        return mode;
    }

    /** By the model's thresholds; {@link Verdict#NONE} when it has none. */
    public Verdict verdict() {
        return verdict;
    }

    /** Warnings to a reader of the verdict; empty as a rule. Not modifiable; changes with the next part. */
    public Set<Warning> warnings() {
        return warningsView;
    }

    /** Measures of the part's raw images; changes with the next part. */
    public InputQuality quality() {
        return quality;
    }

    /**
     * Where the combined map has its maximum: {@code y * size + x}, the first of several. Searches the map.
     *
     * @throws IllegalStateException when there are no maps
     */
    public int peak() {
        requireMaps();
        float[] map = maps.map;
        int peak = 0;
        for (int i = 1; i < map.length; i++) {
            peak = map[i] > map[peak] ? i : peak;
        }
        return peak;
    }

    /** Which branch's map is high at the {@link #peak}. @throws IllegalStateException when there are no maps */
    public Deciding deciding() {
        int peak = peak();
        return Deciding.of(maps.mapRgb[peak], maps.mapDepth[peak]);
    }

    /** The thresholds with which the verdict was made; none before the first part. */
    public Thresholds thresholds() {
        return thresholds;
    }

    /**
     * Identity of what made this verdict: {@link ModelInfo#calibrationSha256} with the thresholds that decided.
     * Computed when it is called, in about a millisecond.
     *
     * @throws IllegalStateException before the first part
     */
    public String calibrationSha256() {
        if (judgedBy == null) {
            throw new IllegalStateException("no part has been inspected yet");
        }
        return judgedBy.calibrationSha256();
    }

    /** The model's region of interest in the maps; null = everything counts. */
    public RegionOfInterest regionOfInterest() {
        return regionOfInterest;
    }

    /**
     * From the decoded images to the network's inputs, with the conversion of other layouts and the measures of
     * {@link #quality}; on a GPU these and the copies to page-locked memory, the rest is the network's.
     */
    public long prepareNanos() {
        return maps.prepareNanos;
    }

    /**
     * Teacher, both students, and the raw maps. On a GPU everything from the launch of the part's graph to the results
     * on the host: copies, preparation, network, maps; what one graph does cannot be told apart.
     */
    public long networkNanos() {
        return maps.networkNanos;
    }

    /** Calibration, blur and maxima; on a GPU the copies of the results to this object. */
    public long anomalyMapNanos() {
        return maps.anomalyMapNanos;
    }

    /** Preparation, network and maps together: everything except the verdict. */
    public long elapsedNanos() {
        return maps.prepareNanos + maps.networkNanos + maps.anomalyMapNanos;
    }
}
