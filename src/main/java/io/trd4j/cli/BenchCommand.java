package io.trd4j.cli;

import io.trd4j.align.Locator;
import io.trd4j.bench.BenchOptions;
import io.trd4j.bench.BenchResult;
import io.trd4j.bench.BenchRun;
import io.trd4j.bench.Latency;
import io.trd4j.cli.options.ComputeOptions;
import io.trd4j.cli.options.ModelChoice;
import io.trd4j.cli.options.PointOptions;
import io.trd4j.cli.options.Refused;
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
import io.trd4j.io.OptionException;
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
        BenchOptions counts = counts();
        List<Part> loaded = load();
        try (Inspector inspector = open(options)) {
            BenchResult result = BenchRun.run(
                    inspector, loaded, counts, nanos -> sayMeasuring(parts, nanos), ConsoleProgress.STDERR);
            Map<String, Object> settings = settings(inspector, options, loaded);
            print(result, settings);
            if (json != null) {
                Map<String, Object> all = result.toMap();
                all.put("settings", settings);
                AtomicFile.write(json, Json.of(all));
            }
        }
        return 0;
    }

    private static void sayMeasuring(int parts, long expectedNanos) {
        System.err.println("Measuring 0/" + parts + ", "
                + (expectedNanos == 0
                        ? "nothing more is printed until the end"
                        : String.format(Locale.ROOT, "about %.0f s", expectedNanos / 1e9)));
    }

    private BenchOptions counts() {
        try {
            return new BenchOptions(parts, warmUp);
        } catch (OptionException e) {
            throw Refused.of(e);
        }
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

    private void print(BenchResult run, Map<String, Object> settings) {
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
        row("part", run.part());
        row("prepare", run.prepare());
        row("network", run.network());
        row("anomaly_map", run.anomalyMap());
        System.out.println();
        line("throughput %.2f parts/s", run.partsPerSecond());
        line(
                "memory: peak %s, resident %s after the warm-up and %s at the end",
                mebibytes(run.peakBytes()), mebibytes(run.residentAfterWarmUp()), mebibytes(run.residentAtEnd()));
        line("Java heap: %.1f bytes allocated per part", run.allocatedBytesPerPart());
    }

    private static void row(String name, Latency ms) {
        line(
                "%-12s %9.3f %9.3f %9.3f %9.3f %9.3f %9.3f",
                name, ms.p50(), ms.p90(), ms.p99(), ms.p999(), ms.max(), ms.mean());
    }

    private static void line(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    private static String mebibytes(Long bytes) {
        return bytes == null ? "unknown" : String.format(Locale.ROOT, "%.1f MiB", bytes / MIB);
    }
}
