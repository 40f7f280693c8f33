package io.trd4j.results;

import io.trd4j.data.InputQuality;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.Region;
import io.trd4j.inspect.Verdict;
import io.trd4j.model.InspectionMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An inspection's result as result.json has it. */
final class InspectionJson {
    private InspectionJson() {}

    /** @param checksums of the files there are, the colour image's first */
    static Map<String, Object> of(
            ModelInUse model,
            PartFiles files,
            List<String> checksums,
            Inspection inspection,
            List<Region> regions,
            long readNanos)
            throws IOException {
        Inspector inspector = model.inspector();
        InspectionMode mode = inspection.mode();
        int peak = inspection.peak();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", files.id());
        json.put(
                "verdict",
                inspection.verdict() == Verdict.NONE
                        ? null
                        : inspection.verdict().name());
        json.put("mode", mode.key());
        json.put("warnings", inspection.warnings());
        json.put("score", inspection.score());
        json.put("score_rgb", mode == InspectionMode.DEPTH_ONLY ? null : inspection.scoreRgb());
        json.put("score_depth", mode == InspectionMode.RGB_ONLY ? null : inspection.scoreDepth());
        json.put("peak_at", List.of(peak % inspection.size(), peak / inspection.size()));
        json.put("deciding", inspection.deciding().name().toLowerCase(Locale.ROOT));
        json.put("thresholds", inspection.thresholds().values());
        json.put("regions", regions.stream().map(RegionJson::of).toList());
        json.put("quality", quality(inspection.quality()));
        json.put("precision", inspector.precision().key());
        json.put("device", inspector.device());
        json.put("calibration_sha256", inspection.calibrationSha256());
        Map<String, Object> timings = new LinkedHashMap<>();
        timings.put("read", readNanos / 1e6);
        timings.put("prepare", inspection.prepareNanos() / 1e6);
        timings.put("network", inspection.networkNanos() / 1e6);
        timings.put("anomaly_map", inspection.anomalyMapNanos() / 1e6);
        json.put("timings_ms", timings);
        json.putAll(sources(model, files, checksums));
        return json;
    }

    /**
     * The model and the part's files, each with its checksum.
     *
     * @param checksums of the files there are, the colour image's first
     */
    static Map<String, Object> sources(ModelInUse model, PartFiles files, List<String> checksums) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model", file(model.file(), model.sha256()));
        json.put("inputs", inputs(files, checksums));
        return json;
    }

    private static Map<String, Object> inputs(PartFiles files, List<String> checksums) {
        Iterator<String> next = checksums.iterator();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("rgb", files.rgb() == null ? null : file(files.rgb(), next.next()));
        json.put("xyz", files.second() == null ? null : file(files.second(), next.next()));
        return json;
    }

    private static Map<String, String> file(Path path, String sha256) {
        Map<String, String> json = new LinkedHashMap<>();
        json.put("file", path.toString());
        json.put("sha256", sha256);
        return json;
    }

    /** Measures of the images there are, unusable ones too: these are the parts that people ask about. */
    private static Map<String, Object> quality(InputQuality q) {
        boolean rgb = q.rgbWidth() > 0;
        boolean second = q.secondWidth() > 0;
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("rgb_size", rgb ? List.of(q.rgbWidth(), q.rgbHeight()) : null);
        json.put("second_size", second ? List.of(q.secondWidth(), q.secondHeight()) : null);
        json.put("mean_rgb", rgb ? List.of(q.red(), q.green(), q.blue()) : null);
        json.put("saturated_share", rgb ? q.saturatedShare() : null);
        json.put("dark_share", rgb ? q.darkShare() : null);
        json.put("sharpness", rgb ? q.sharpness() : null);
        json.put("valid_depth_share", second ? q.validDepthShare() : null);
        json.put("mean_depth_m", second ? q.meanDepth() : null);
        json.put("tilt_deg", second ? List.of(q.tiltX(), q.tiltY()) : null);
        return json;
    }
}
