package io.trd4j.audit;

import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.NativeVersions;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.ProductVersion;
import io.trd4j.model.InspectionMode;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The content of a line, without its link to the line before. */
final class AuditLine {
    private AuditLine() {}

    static Map<String, Object> inspected(
            Instant time, String part, InputHashes inputs, Inspector inspector, Inspection result) throws IOException {
        InspectionMode mode = result.mode();
        Map<String, Object> line = begin(time, part);
        line.put(
                "verdict",
                result.verdict() == Verdict.NONE ? null : result.verdict().name());
        Map<String, Object> scores = new LinkedHashMap<>();
        scores.put("combined", number(result.score()));
        scores.put("rgb", mode == InspectionMode.DEPTH_ONLY ? null : number(result.scoreRgb()));
        scores.put("depth", mode == InspectionMode.RGB_ONLY ? null : number(result.scoreDepth()));
        line.put("scores", scores);
        line.put("deciding", result.hasMaps() ? result.deciding().name().toLowerCase(Locale.ROOT) : null);
        line.put("thresholds", result.thresholds().values());
        line.put("mode", mode.key());
        line.put("warnings", result.warnings());
        Map<String, Object> nanos = new LinkedHashMap<>();
        nanos.put("prepare", result.prepareNanos());
        nanos.put("network", result.networkNanos());
        nanos.put("anomaly_map", result.anomalyMapNanos());
        line.put("nanoseconds", nanos);
        return end(line, inputs, inspector, result.calibrationSha256());
    }

    static Map<String, Object> refused(Instant time, String part, InputHashes inputs, Inspector inspector, String why)
            throws IOException {
        Map<String, Object> line = begin(time, part);
        line.put("verdict", null);
        line.put("refused", why);
        return end(line, inputs, inspector, inspector.model().calibrationSha256());
    }

    private static Map<String, Object> begin(Instant time, String part) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("format", "trd4j-audit");
        line.put("version", 1);
        line.put("time", time.truncatedTo(ChronoUnit.MICROS).toString());
        line.put("part", part);
        return line;
    }

    private static Map<String, Object> end(
            Map<String, Object> line, InputHashes inputs, Inspector inspector, String calibration) throws IOException {
        Map<String, Object> images = new LinkedHashMap<>();
        images.put("rgb", inputs.rgb());
        images.put("xyz", inputs.xyz());
        line.put("inputs", images);
        line.put("model_sha256", inspector.modelSha256());
        line.put("calibration_sha256", calibration);
        line.put("signed_by", inspector.signedBy());
        line.put("precision", inspector.precision().key());
        line.put("device", inspector.device());
        line.put("trd4j", ProductVersion.number());
        line.put("libtrd", NativeVersions.libtrd());
        line.put("onednn", NativeVersions.oneDnn());
        return line;
    }

    /** JSON has no other numbers. */
    private static Float number(float score) {
        return Float.isFinite(score) ? score : null;
    }
}
