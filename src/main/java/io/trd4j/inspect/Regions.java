package io.trd4j.inspect;

import io.trd4j.data.Part;
import io.trd4j.inspect.Region.Deciding;
import io.trd4j.inspect.Region.Point;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.model.Thresholds.Limits;
import io.trd4j.outline.Outline;
import io.trd4j.outline.Outliner;
import io.trd4j.outline.SearchAreas;
import io.trd4j.outline.SurfaceArea;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * The defects of a part. Where a map is above its NG limit is where to look: a part has a region that counts exactly
 * when its verdict is NG. How far a defect reaches, which the maps show blurred, is seen in the part's own colours and
 * points, compared with the model's normal parts and with what surrounds it. Not part of {@link Inspector#inspect}:
 * only parts that are looked at pay for it.
 */
public final class Regions {
    private Regions() {}

    /**
     * The regions of a part, the highest peak first.
     *
     * @param inspection with maps, of this part
     * @param part as it was inspected; null = its images are gone: outlines are then those of the maps alone
     * @throws IllegalStateException when the inspection has no maps
     */
    public static List<Region> of(Inspection inspection, Part part) {
        return of(inspection, part, aboveLimit(inspection, Limits::ng));
    }

    /**
     * Those that count with {@link InspectorOptions#minRegion}.
     *
     * @param minRegion mm²; regions whose points tell that they are smaller are left out
     */
    public static List<Region> of(Inspection inspection, Part part, double minRegion) {
        return of(inspection, part).stream()
                .filter(region -> counts(region, minRegion))
                .toList();
    }

    /**
     * 255 within the regions' contours, else 0; S x S, row by row. 0 where the model's region of interest leaves a
     * pixel out.
     *
     * @param inspection whose regions these are
     */
    public static byte[] mask(Inspection inspection, List<Region> regions) {
        int size = inspection.size();
        byte[] mask = new byte[size * size];
        regions.forEach(region -> Contour.fill(region.contour(), mask, size));
        RegionOfInterest roi = inspection.regionOfInterest();
        for (int i = 0; roi != null && i < mask.length; i++) {
            mask[i] = roi.counts(i) ? mask[i] : 0;
        }
        return mask;
    }

    private static boolean counts(Region region, double minRegion) {
        return region.areaSquareMillimetres() == null || region.areaSquareMillimetres() >= minRegion;
    }

    /** The verdict without regions that are too small to count; adds a warning when one was left out. */
    static Verdict verdict(Inspection inspection, Part part, double minRegion) {
        for (Verdict verdict : new Verdict[] {Verdict.NG, Verdict.REVIEW}) {
            Function<Limits, Threshold> limit = verdict == Verdict.NG ? Limits::ng : Limits::review;
            List<Region> regions = of(inspection, part, aboveLimit(inspection, limit));
            if (regions.stream().anyMatch(region -> counts(region, minRegion))) {
                return verdict;
            }
            if (!regions.isEmpty()) {
                inspection.warnings.add(Warning.SMALL_REGIONS_IGNORED);
            }
        }
        return Verdict.OK;
    }

    /**
     * Where the combined, rgb or depth map is above its limit; nowhere without thresholds, and where the model's region
     * of interest excludes a pixel, also when a limit is negative. Of a part that lacks a modality: where its one map
     * is above the limit of such parts.
     */
    private static boolean[] aboveLimit(Inspection inspection, Function<Limits, Threshold> limit) {
        inspection.requireMaps();
        Thresholds thresholds = inspection.thresholds();
        boolean both = inspection.mode() == InspectionMode.BOTH;
        double combined = thresholds.value(inspection.mode().score(), limit);
        double rgb = both ? thresholds.value(ScoreBranch.RGB, limit) : Double.POSITIVE_INFINITY;
        double depth = both ? thresholds.value(ScoreBranch.DEPTH, limit) : Double.POSITIVE_INFINITY;
        RegionOfInterest roi = inspection.regionOfInterest();
        boolean[] mask = new boolean[inspection.map().length];
        for (int i = 0; i < mask.length; i++) {
            boolean above = inspection.map()[i] > combined
                    || inspection.mapRgb()[i] > rgb
                    || inspection.mapDepth()[i] > depth;
            mask[i] = above && (roi == null || roi.counts(i));
        }
        return mask;
    }

    private static List<Region> of(Inspection inspection, Part part, boolean[] above) {
        int size = inspection.size();
        List<SearchAreas.Area> areas = SearchAreas.of(above, inspection.map(), size);
        if (areas.isEmpty()) {
            return List.of();
        }
        SurfaceArea surface = part == null || part.xyz() == null ? null : new SurfaceArea(part.xyz(), size);
        Outliner outliner = part == null
                ? null
                : new Outliner(part, size, surface == null ? 0 : surface.pixelMillimetres(), inspection.normalViews);
        List<Region> regions = new ArrayList<>();
        boolean[] taken = new boolean[above.length];
        for (SearchAreas.Area area : areas) {
            boolean first = true;
            for (Outline outline : outlines(inspection, outliner, area)) {
                if (2 * take(outline.pixels(), taken) >= outline.pixels().length) {
                    regions.add(
                            region(inspection, outline, first ? area.peak() : highest(inspection, outline), surface));
                    first = false;
                }
            }
        }
        regions.sort(Comparator.comparing(r -> -r.peak()));
        return regions;
    }

    private static List<Outline> outlines(Inspection inspection, Outliner outliner, SearchAreas.Area area) {
        if (outliner == null) {
            return List.of(new Outline(area.level(inspection.map()), null, Outline.UnknownHeight.NO_POINTS));
        }
        boolean rgb = inspection.mode() != InspectionMode.DEPTH_ONLY;
        boolean depth = inspection.mode() != InspectionMode.RGB_ONLY;
        // Of a part that lacks a modality, the combined map is the other's.
        float[] mapRgb = inspection.mode() == InspectionMode.RGB_ONLY ? inspection.map() : inspection.mapRgb();
        float[] mapDepth = inspection.mode() == InspectionMode.DEPTH_ONLY ? inspection.map() : inspection.mapDepth();
        return outliner.outlines(
                area, inspection.map(), rgb ? mapRgb[area.peak()] : 0, depth ? mapDepth[area.peak()] : 0);
    }

    /** How many of them no region had yet; it has them now. */
    private static int take(int[] pixels, boolean[] taken) {
        int free = 0;
        for (int pixel : pixels) {
            free += taken[pixel] ? 0 : 1;
            taken[pixel] = true;
        }
        return free;
    }

    private static int highest(Inspection inspection, Outline outline) {
        int highest = outline.pixels()[0];
        for (int i : outline.pixels()) {
            highest = inspection.map()[i] > inspection.map()[highest] ? i : highest;
        }
        return highest;
    }

    /** @param peak of the map, which points at the defect */
    private static Region region(Inspection inspection, Outline outline, int peak, SurfaceArea surface) {
        int size = inspection.size();
        int left = size;
        int right = -1;
        int top = size;
        int bottom = -1;
        double sum = 0;
        for (int i : outline.pixels()) {
            left = Math.min(left, i % size);
            right = Math.max(right, i % size);
            top = Math.min(top, i / size);
            bottom = Math.max(bottom, i / size);
            sum += inspection.map()[i];
        }
        int width = right - left + 1;
        int height = bottom - top + 1;
        return new Region(
                left,
                top,
                width,
                height,
                contour(outline.pixels(), left, top, width, height, size),
                outline.pixels().length,
                surface == null ? null : surface.squareMillimetres(outline.pixels()),
                inspection.map()[peak],
                peak % size,
                peak / size,
                (float) (sum / outline.pixels().length),
                Deciding.of(inspection.mapRgb()[peak], inspection.mapDepth()[peak]),
                outline.raised(),
                outline.unknown());
    }

    private static List<Point> contour(int[] region, int left, int top, int width, int height, int size) {
        boolean[] inside = new boolean[width * height];
        for (int i : region) {
            inside[(i / size - top) * width + i % size - left] = true;
        }
        return Contour.around(inside, width, left, top);
    }
}
