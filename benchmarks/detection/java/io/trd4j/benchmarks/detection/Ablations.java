package io.trd4j.benchmarks.detection;

import io.trd4j.calibrate.PreparedParts;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.prepare.MetricMeasurement;
import io.trd4j.inspect.DeviceChoice;
import io.trd4j.inspect.TrainingDevice;
import io.trd4j.io.InputException;
import io.trd4j.model.Backbone;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.TeacherWeights;
import io.trd4j.model.network.Teacher;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.train.RandomTeacher;
import io.trd4j.train.TrainingOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Trains, calibrates and evaluates variants of the method on one category, all with the same teacher, parts and seed.
 */
@Command(
        name = "ablations.sh",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Train and evaluate variants of the method on one category.")
final class Ablations implements Callable<Integer> {
    private static final String RANDOM_TEACHER = "random";
    private static final double LEARNING_RATE = 0.005;

    @Option(names = "--data", required = true, paramLabel = "CATEGORY", description = "Folder of one category.")
    private Path data;

    @Option(
            names = "--runs",
            required = true,
            paramLabel = "RUNS",
            description = "Results go to RUNS/TEACHER-VARIANT/MODALITY/CATEGORY/SEED; what is there already is not "
                    + "computed again.")
    private Path runs;

    @Option(names = "--teacher", paramLabel = "embedded|random|imagenet|FILE", defaultValue = RANDOM_TEACHER)
    private String teacher;

    @Option(
            names = "--variants",
            split = ",",
            paramLabel = "LIST",
            defaultValue = "full,no-filter,no-amplifier,independent,fused,rgb-only,second-only")
    private List<String> variants;

    @Option(names = "--backbone", defaultValue = "resnet18")
    private String backbone;

    @Option(names = "--modality", defaultValue = "normals")
    private Modality modality;

    @Option(names = "--normal-kernel", defaultValue = "5")
    private int normalKernel;

    @Option(names = "--size", defaultValue = "128")
    private int size;

    @Option(names = "--batch", defaultValue = "8")
    private int batch;

    @Option(names = "--epochs", defaultValue = "30")
    private int epochs;

    @Option(names = "--seed", defaultValue = "1")
    private long seed;

    @Option(names = "--threads", defaultValue = "0", description = "0 = all cores")
    private int threads;

    @Option(names = "--device", paramLabel = "auto|cpu|cuda|cuda:N", defaultValue = "auto")
    private String device;

    public static void main(String[] args) {
        System.exit(execute(args));
    }

    /** The exit code. */
    static int execute(String... args) {
        CommandLine line = new CommandLine(new Ablations()).setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            if (!(e instanceof InputException)) {
                throw e;
            }
            System.err.println("ablations: " + e.getMessage());
            return 2;
        });
        return line.execute(args);
    }

    @Override
    public Integer call() throws IOException {
        Set<Variant> wanted = EnumSet.noneOf(Variant.class);
        for (String variant : variants) {
            wanted.add(Variant.of(variant.strip()));
        }
        wanted.removeIf(v -> Files.exists(folder(v).resolve("metrics.json")));
        if (wanted.isEmpty()) {
            return 0;
        }
        TrainingOptions options = new TrainingOptions(
                        Backbone.of(backbone),
                        size,
                        modality,
                        normalKernel,
                        epochs,
                        batch,
                        LEARNING_RATE,
                        seed,
                        threads == 0 ? Runtime.getRuntime().availableProcessors() : threads)
                .withDevice(TrainingDevice.of(DeviceChoice.of(device)));
        Dataset dataset = Dataset.open(data);
        Results results = new Results(dataset, size);
        Geometry geometry = new Geometry(
                modality,
                normalKernel,
                modality == Modality.METRIC
                        ? MetricMeasurement.of(dataset.train(), size).geometry()
                        : null);
        try (PreparedParts train = prepare(dataset.train(), geometry);
                PreparedParts validation = prepare(dataset.validation(), geometry);
                PreparedParts test = prepare(dataset.test(), geometry)) {
            List<SafetensorsWriter.Source> weights = teacher(options, train);
            while (!wanted.isEmpty()) {
                Variant trained = wanted.iterator().next().trainedAs();
                run(trained, wanted, weights, options, train, validation, test, results);
                wanted.removeIf(v -> v.trainedAs() == trained);
            }
        }
        return 0;
    }

    /** Trains one variant and writes the results of all wanted ones that its training gives. */
    private void run(
            Variant trained,
            Set<Variant> wanted,
            List<SafetensorsWriter.Source> weights,
            TrainingOptions options,
            PreparedParts train,
            PreparedParts validation,
            PreparedParts test,
            Results results)
            throws IOException {
        long start = System.nanoTime();
        try (Detector detector = detector(trained, weights, options, train)) {
            List<List<Double>> losses = new ArrayList<>();
            while (losses.size() < epochs) {
                losses.add(detector.epoch());
            }
            Detection detection = Detection.of(detector, validation, test, size, options.device());
            double seconds = (System.nanoTime() - start) / 1e9;
            System.err.println(String.format(
                    Locale.ROOT,
                    "%s %s seed %d: %s, loss %s, %.0f s",
                    trained.key(),
                    data.getFileName(),
                    seed,
                    options.backbone().key(),
                    losses.get(epochs - 1),
                    seconds));
            Map<String, Object> training = new LinkedHashMap<>();
            training.put("trained_as", trained.key());
            training.put("backbone", options.backbone().key());
            training.put("size", size);
            training.put("batch", batch);
            training.put("epochs", epochs);
            training.put("training_parts", train.count());
            training.put("trained_parameters", detector.parameters());
            training.put("device", options.device().toString());
            training.put("seconds", seconds);
            training.put("losses", losses);
            for (Variant variant : wanted) {
                if (variant.trainedAs() == trained) {
                    Detection own = variant.onlyBranch() < 0 ? detection : detection.only(variant.onlyBranch());
                    results.write(folder(variant), own, training);
                }
            }
        }
    }

    /** The variant's students, initialised from the options' seed, beside a teacher with these weights. */
    static Detector detector(
            Variant variant, List<SafetensorsWriter.Source> teacher, TrainingOptions options, PreparedParts train) {
        return variant == Variant.FUSED
                ? new FusedDetector(teacher, options, train)
                : new BranchDetector(variant.tuners(), teacher, options, train);
    }

    private List<SafetensorsWriter.Source> teacher(TrainingOptions options, PreparedParts train) throws IOException {
        return teacher.equals(RANDOM_TEACHER)
                ? randomTeacher(options, train)
                : TeacherWeights.load(teacher, options.backbone());
    }

    /** The random teacher that {@code trd train} would have with these options and parts. */
    static List<SafetensorsWriter.Source> randomTeacher(TrainingOptions options, PreparedParts train) {
        try (Teacher random = new Teacher(options.backbone())) {
            RandomTeacher.initialise(random, options.seed(), train, options.threads());
            return random.weights().sources("").stream()
                    .map(tensor -> {
                        ByteBuffer bytes = tensor.data().get();
                        return new SafetensorsWriter.Source(tensor.info(), bytes::duplicate);
                    })
                    .toList();
        }
    }

    private PreparedParts prepare(List<PartFiles> parts, Geometry geometry) throws IOException {
        return new PreparedParts(parts, size, geometry, done -> {});
    }

    private Path folder(Variant variant) {
        String name = Path.of(teacher).getFileName().toString().replaceFirst("\\.(safetensors|pth)$", "");
        return runs.resolve(name + "-" + variant.key())
                .resolve(modality.key())
                .resolve(data.getFileName().toString())
                .resolve(Long.toString(seed));
    }
}
