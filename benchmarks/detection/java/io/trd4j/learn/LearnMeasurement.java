package io.trd4j.learn;

import io.trd4j.calibrate.ThresholdPlan;
import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.RgbImage;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.inspect.DeviceChoice;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.AtomicFile;
import io.trd4j.io.InputException;
import io.trd4j.io.Json;
import io.trd4j.io.Progress;
import io.trd4j.model.ModelFile;
import io.trd4j.model.Precision;
import io.trd4j.model.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Learning that parts are OK: a new batch of another shade, harmless updates, and planted bad ones that the gate must
 * refuse. Learns by {@link LearnRun} alone; only weights are spoilt by its hook.
 */
@Command(
        name = "learn",
        mixinStandardHelpOptions = true,
        description = "Measure what learning does to false rejects and known defects.")
final class LearnMeasurement implements Callable<Integer> {
    /**
     * Parts of the new batch that are called OK; those after {@link #MANY} are fresh ones to count false rejects on.
     */
    private static final int FEW = 5;

    private static final int MANY = 60;
    /** A redder, darker shade. */
    private static final double[] SHADE = {0.8, 0.65, 0.55};

    @Option(names = "--model", required = true, paramLabel = "FILE", description = "A model with an NG limit.")
    private Path model;

    @Option(names = "--data", required = true, paramLabel = "CATEGORY", description = "Folder of its category.")
    private Path data;

    @Option(
            names = "--batch",
            required = true,
            paramLabel = "CATEGORY",
            description = "The same product with other seeds: validation parts and test defects.")
    private Path batch;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "JSON to write.")
    private Path out;

    @Option(
            names = "--kind",
            required = true,
            paramLabel = "KIND",
            description = "new-batch: parts of another shade; harmless: further parts of the old one; planted: bad "
                    + "updates.")
    private String kind;

    @Option(
            names = "--steps",
            defaultValue = "50",
            paramLabel = "N",
            description = "Steps on the new batch (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--threads",
            defaultValue = "2",
            paramLabel = "N",
            description = "CPU threads (default: ${DEFAULT-VALUE}).")
    private int threads;

    private final List<Map<String, Object>> cases = new ArrayList<>();
    private Dataset category;
    private List<PartSource> fresh;
    private List<PartSource> shadedDefects;
    private LearnOptions limits;

    public static void main(String... args) {
        System.exit(new CommandLine(new LearnMeasurement()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        InspectorOptions inspection = new InspectorOptions(threads, Precision.FP32).withDevice(DeviceChoice.CPU);
        limits = LearnOptions.defaults().withInspection(inspection).withThreads(threads);
        category = Dataset.open(data);
        Dataset other = Dataset.open(batch);
        List<PartSource> shaded = new ArrayList<>();
        for (PartFiles part : other.validation()) {
            shaded.add(shaded(part));
        }
        List<PartFiles> defects =
                other.test().stream().filter(PartFiles::anomalous).toList();
        shadedDefects = new ArrayList<>();
        for (PartFiles part : defects) {
            shadedDefects.add(shaded(part));
        }
        fresh = shaded.subList(MANY, shaded.size());
        switch (kind) {
            case "new-batch" -> newBatch(shaded);
            case "harmless" -> harmless(other.validation());
            case "planted" -> planted(shaded.subList(0, FEW), defects);
            default -> throw new InputException("--kind is new-batch, harmless or planted, not " + kind);
        }
        return 0;
    }

    private void newBatch(List<PartSource> shaded) throws IOException {
        List<PartSource> few = shaded.subList(0, FEW);
        List<PartSource> many = shaded.subList(0, MANY);
        learn("limits, 5 OK", few, limits, network -> {});
        learn("limits, 60 OK", many, limits, network -> {});
        learn(steps + " steps, 5 OK", few, limits.withSteps(steps), network -> {});
        learn(steps + " steps, 60 OK", many, limits.withSteps(steps), network -> {});
    }

    private void harmless(List<PartFiles> normal) throws IOException {
        for (int i = 0; i < 4; i++) {
            List<PartFiles> same = normal.subList(FEW * i, FEW * i + FEW);
            learn("limits, 5 OK of the old shade, no. " + i, same, limits, network -> {});
            learn(
                    "6 steps, 5 OK of the old shade, no. " + i,
                    same,
                    limits.withSteps(6).withSeed(i),
                    network -> {});
        }
    }

    private void planted(List<PartSource> few, List<PartFiles> defects) throws IOException {
        // Nobody calls a part OK that is OK: the first of each list is rejected.
        List<PartFiles> rejected = new ArrayList<>();
        for (PartFiles part : defects) {
            if (ng(model, List.of(part)) > 0) {
                rejected.add(part);
            }
        }
        for (int i = 0; i < 8; i++) {
            List<PartFiles> called = new ArrayList<>(List.of(rejected.get(i % rejected.size())));
            for (int j = 1; j < FEW; j++) {
                called.add(defects.get((FEW * i + 7 * j) % defects.size()));
            }
            learn("5 defects called OK, no. " + i, called.stream().distinct().toList(), limits, network -> {});
        }
        for (int i = 0; i < 2; i++) {
            int seed = i;
            Consumer<Network> rgb = network -> network.studentRgb().weights().initialise(seed);
            Consumer<Network> depth =
                    network -> network.studentDepth().weights().initialise(10 + seed);
            learn("rgb student forgotten, no. " + i, few, limits.withSteps(1), rgb);
            learn("depth student forgotten, no. " + i, few, limits.withSteps(1), depth);
            learn("both students forgotten, no. " + i, few, limits.withSteps(1), rgb.andThen(depth));
        }
        for (double rate : new double[] {0.2, 0.5, 1, 2, 5, 10}) {
            learn("learning rate " + rate, few, limits.withSteps(6).withLearningRate(rate), network -> {});
        }
    }

    /** All that is measured so far. */
    private void write() throws IOException {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("category", category.category());
        all.put("size", ModelFile.readInfo(model).size());
        all.put("threads", threads);
        all.put("rate", ModelFile.readInfo(model).thresholds().combined().ng().rate());
        all.put("confidence", ThresholdPlan.CONFIDENCE.value());
        all.put("cases", cases);
        AtomicFile.write(out, Json.of(all));
    }

    private static PartSource shaded(PartFiles files) throws IOException {
        Part part = files.load();
        byte[] rgb = part.rgb().rgb().clone();
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) Math.round((rgb[i] & 0xff) * SHADE[i % 3]);
        }
        return PartSource.inMemory(List.of(Part.of(
                        "shaded/" + files.id(),
                        new RgbImage(part.rgb().width(), part.rgb().height(), rgb),
                        part.xyz())))
                .get(0);
    }

    private void learn(String name, List<? extends PartSource> ok, LearnOptions options, Consumer<Network> spoilt)
            throws IOException {
        Path learnt = Files.createTempDirectory("learn").resolve("learnt.safetensors");
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("kind", kind);
        row.put("name", name);
        row.put("ok_parts", ok.size());
        long start = System.nanoTime();
        try {
            LearnRun.Result result =
                    LearnRun.run(model, LearnParts.of(category, ok, List.of()), learnt, options, spoilt, Progress.NONE);
            row.put("seconds", Math.round((System.nanoTime() - start) / 1e8) / 10.0);
            row.put("accepted", result.accepted());
            row.put("refused", result.refused());
            row.put("steps", result.steps());
            row.put("limit_before", result.before().thresholds().combined().ng().value());
            row.put("limit_after", result.after().thresholds().combined().ng().value());
            row.put("gate", result.gate());
            row.put(
                    "ok_parts_ok_after",
                    result.parts().stream()
                            .filter(part -> part.role() == PartRole.OK && part.verdictAfter() == Verdict.OK)
                            .count());
            if (kind.equals("new-batch")) {
                row.put("fresh_parts", fresh.size());
                row.put("fresh_false_rejects_before", ng(model, fresh));
                row.put("fresh_defects", shadedDefects.size());
                row.put("fresh_defects_found_before", ng(model, shadedDefects));
                if (result.accepted()) {
                    row.put("fresh_false_rejects_after", ng(learnt, fresh));
                    row.put("fresh_defects_found_after", ng(learnt, shadedDefects));
                }
            }
        } catch (InputException e) {
            row.put("seconds", Math.round((System.nanoTime() - start) / 1e8) / 10.0);
            row.put("accepted", false);
            row.put("refused", e.getMessage());
        }
        Files.deleteIfExists(learnt);
        Files.deleteIfExists(learnt.getParent());
        cases.add(row);
        System.err.println(Json.text(row));
        write();
    }

    private int ng(Path by, List<? extends PartSource> parts) throws IOException {
        int count = 0;
        try (Inspector inspector = Inspector.open(by, limits.inspection())) {
            Inspection inspection = inspector.newInspection();
            for (PartSource part : parts) {
                inspector.inspect(part.load(), inspection);
                count += inspection.verdict() == Verdict.NG ? 1 : 0;
            }
        }
        return count;
    }
}
