package io.trd4j.results;

import io.trd4j.inspect.Region;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A region as result.json has it. */
final class RegionJson {
    private RegionJson() {}

    static Map<String, Object> of(Region region) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("box", List.of(region.x(), region.y(), region.width(), region.height()));
        json.put("area_px", region.area());
        json.put("area_mm2", region.areaSquareMillimetres());
        json.put("peak", region.peak());
        json.put("peak_at", List.of(region.peakX(), region.peakY()));
        json.put("mean", region.mean());
        json.put("deciding", region.deciding().name().toLowerCase(Locale.ROOT));
        json.put("raised_mm", region.raisedMillimetres());
        json.put(
                "raised_unknown",
                region.unknownHeight() == null
                        ? null
                        : region.unknownHeight().name().toLowerCase(Locale.ROOT));
        json.put(
                "contour",
                region.contour().stream().map(p -> List.of(p.x(), p.y())).toList());
        return json;
    }
}
