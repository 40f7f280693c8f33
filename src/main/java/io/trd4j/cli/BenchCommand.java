package io.trd4j.cli;

import io.trd4j.align.Locator;
import io.trd4j.cli.options.ComputeOptions;
import io.trd4j.cli.options.ModelChoice;
import io.trd4j.cli.options.PointOptions;
import io.trd4j.data.Part;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.NativeVersions;
import io.trd4j.io.AtomicFile;
import io.trd4j.io.InputException;
import io.trd4j.io.Json;
import io.trd4j.io.ProductVersion;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code trd bench}: latency per part from raw buffers in memory to the verdict. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measure the latency per part, from the raw image and point cloud in memory to the verdict.",
            "Parts follow each other without pause, in one thread; reading files is not part of it."
        })
final class BenchCommand implements Callable<Integer> {
    private static final int MAX_PARTS = 100_000_000;
    /** Parts in memory: about 10 MB each at 800 x 800. */
    private static final int MAX_LOADED = 32;

    private static final double MIB = 1 << 20;

    @Mixin
    private PointOptions points;

    @Mixin
    private ModelChoice choice;

    @Option(
            names = "--modality",
            paramLabel = "depth|normals|metric",
            description = "With --random: what the second branch sees; normals when not given.")
    private Modality modality;

    @Mixin
    private ComputeOptions inference;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Inspect this folder's parts instead of synthetic ones: its first 32 test parts, else others,"
                    + " read beforehand.")
    private Path data;

    @Option(
            names = "--resolution",
            paramLabel = "PX",
            description =
                    "Width and height of the synthetic parts' images and point clouds, 32 to 1024; 800 when not given.")
    private Integer resolution;

    @Option(
            names = "--parts",
            defaultValue = "200",
            paramLabel = "N",
            description = "Parts to measure; p99.9 says something from some thousand on (default: ${DEFAULT-VALUE}).")
    private int parts;

    @Option(
            names = "--warmup",
            defaultValue = "20",
            paramLabel = "N",
            description = "Parts inspected before, not measured (default: ${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result as JSON too.")
    private Path json;

    @Override
    public Integer call() throws IOException {
        InspectorOptions options = check();
        List<Part> loaded = load();
        try (Inspector inspector = open(options)) {
            BenchRun run = BenchRun.of(inspector, loaded, warmUp, parts);
            Map<String, Object> settings = settings(inspector, options, loaded);
            print(run, settings);
            if (json != null) {
                AtomicFile.write(json, Json.of(json(run, settings)));
            }
        }
        return 0;
    }

    private Inspector open(InspectorOptions options) throws IOException {
        return choice.model() != null
                ? Inspector.open(choice.model(), options)
                : Inspector.random(
                        choice.backbone(),
                        choice.size(),
                        Geometry.unmeasured(modality == null ? Modality.NORMALS : modality, choice.size()),
                        options);
    }

    private InspectorOptions check() throws IOException {
        choice.check();
        if (choice.model() != null && modality != null) {
            throw new InputException("--modality belongs to --random: a model file has its own");
        }
        InspectorOptions options = inference.options();
        if (parts < 1 || parts > MAX_PARTS) {
            throw new InputException("--parts must be 1 to " + MAX_PARTS + ", not " + parts);
        }
        if (warmUp < 0 || warmUp > MAX_PARTS) {
            throw new InputException("--warmup must be 0 to " + MAX_PARTS + ", not " + warmUp);
        }
        if (data != null && resolution != null) {
            throw new InputException("--resolution belongs to synthetic parts: those of --data have their own");
        }
        if (resolution() < SyntheticParts.MIN_SIZE || resolution() > SyntheticParts.MAX_SIZE) {
            throw new InputException("--resolution must be " + SyntheticParts.MIN_SIZE + " to "
                    + SyntheticParts.MAX_SIZE + ", not " + resolution());
        }
        choice.requireReport(json);
        if (choice.model() != null) {
            // A file that is no model is refused before parts are drawn or read.
            Inspector.describe(choice.model());
        }
        return options;
    }

    private int resolution() {
        return resolution == null ? 800 : resolution;
    }

    private List<Part> load() throws IOException {
        List<Part> loaded = new ArrayList<>();
        if (data == null && choice.model() != null) {
            try (ModelFile file = ModelFile.open(choice.model())) {
                if (file.alignment() != null) {
                    // Other products would not be found.
                    return List.of(Locator.meanPart(file.alignment()));
                }
            }
        }
        if (data == null) {
            for (SyntheticProduct shape : SyntheticProduct.values()) {
                loaded.add(SyntheticParts.part(shape, resolution(), 1));
            }
            return loaded;
        }
        Dataset dataset = points.open(data);
        List<PartFiles> files = !dataset.test().isEmpty()
                ? dataset.test()
                : !dataset.validation().isEmpty() ? dataset.validation() : dataset.train();
        for (PartFiles file : files.subList(0, Math.min(files.size(), MAX_LOADED))) {
            loaded.add(file.load());
        }
        return loaded;
    }

    private Map<String, Object> settings(Inspector inspector, InspectorOptions options, List<Part> loaded) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("version", ProductVersion.number());
        settings.put("model", choice.model() == null ? null : choice.model().toString());
        settings.put("random", choice.model() == null);
        settings.put("backbone", inspector.model().backbone().key());
        settings.put("size", inspector.model().size());
        settings.put("modality", inspector.model().modality().key());
        settings.put("data", data == null ? "synthetic" : data.toString());
        settings.put("different_parts", loaded.size());
        settings.put("part_width", loaded.get(0).rgb().width());
        settings.put("part_height", loaded.get(0).rgb().height());
        settings.put("parts", parts);
        settings.put("warmup", warmUp);
        settings.put("device", inspector.device());
        settings.put("precision_asked", options.precision().key());
        settings.put("precision", inspector.precision().key());
        settings.put("threads", inspector.threads());
        settings.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        settings.put("natives", NativeVersions.describe());
        return settings;
    }

    private void print(BenchRun run, Map<String, Object> settings) {
        if (choice.model() == null) {
            System.out.println(ModelChoice.MEANINGLESS);
        }
        line(
                "%s, size %s, rgb and %s; precision %s (asked for: %s), %s threads",
                settings.get("backbone"),
                settings.get("size"),
                settings.get("modality"),
                settings.get("precision"),
                settings.get("precision_asked"),
                settings.get("threads"));
        line(
                "%s parts of %s x %s (%s), after %s to warm up",
                parts, settings.get("part_width"), settings.get("part_height"), settings.get("data"), warmUp);
        if (!settings.get("device").equals("cpu")) {
            line(
                    "%s: prepare = copies to page-locked memory, network = all that the GPU does, anomaly_map = "
                            + "results to Java arrays",
                    settings.get("device"));
        }
        line(
                "trd4j %s, %s, %s",
                settings.get("version"), settings.get("java"), String.join(", ", NativeVersions.describe()));
        System.out.println();
        line("%-12s %9s %9s %9s %9s %9s %9s", "ms", "p50", "p90", "p99", "p99.9", "max", "mean");
        row("part", run.part);
        row("prepare", run.prepare);
        row("network", run.network);
        row("anomaly_map", run.anomalyMap);
        System.out.println();
        line("throughput %.2f parts/s", run.partsPerSecond());
        line(
                "memory: peak %s, resident %s after the warm-up and %s at the end",
                mebibytes(run.peakBytes), mebibytes(run.residentAfterWarmUp), mebibytes(run.residentAtEnd));
        line("Java heap: %.1f bytes allocated per part", run.allocatedBytesPerPart());
    }

    private static void row(String name, Histogram h) {
        Map<String, Double> ms = milliseconds(h);
        line(
                "%-12s %9.3f %9.3f %9.3f %9.3f %9.3f %9.3f",
                name, ms.get("p50"), ms.get("p90"), ms.get("p99"), ms.get("p99.9"), ms.get("max"), ms.get("mean"));
    }

    private static void line(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    private static String mebibytes(Long bytes) {
        return bytes == null ? "unknown" : String.format(Locale.ROOT, "%.1f MiB", bytes / MIB);
    }

    private static Map<String, Double> milliseconds(Histogram h) {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("p50", h.getValueAtPercentile(50) / 1e6);
        values.put("p90", h.getValueAtPercentile(90) / 1e6);
        values.put("p99", h.getValueAtPercentile(99) / 1e6);
        values.put("p99.9", h.getValueAtPercentile(99.9) / 1e6);
        values.put("max", h.getMaxValue() / 1e6);
        values.put("mean", h.getMean() / 1e6);
        return values;
    }

    private static Map<String, Object> json(BenchRun run, Map<String, Object> settings) {
        Map<String, Object> stages = new LinkedHashMap<>();
        stages.put("prepare", milliseconds(run.prepare));
        stages.put("network", milliseconds(run.network));
        stages.put("anomaly_map", milliseconds(run.anomalyMap));
        Map<String, Object> resident = new LinkedHashMap<>();
        resident.put("after_warmup", run.residentAfterWarmUp);
        resident.put("end", run.residentAtEnd);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("latency_ms", milliseconds(run.part));
        all.put("stages_ms", stages);
        all.put("throughput_parts_per_s", run.partsPerSecond());
        all.put("peak_memory_bytes", run.peakBytes);
        all.put("rss_bytes", resident);
        all.put("allocated_bytes_per_part", run.allocatedBytesPerPart());
        all.put("settings", settings);
        return all;
    }
}
