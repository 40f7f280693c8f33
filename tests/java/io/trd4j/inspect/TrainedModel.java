package io.trd4j.inspect;

import io.trd4j.calibrate.Calibrator;
import io.trd4j.calibrate.PreparedParts;
import io.trd4j.data.Part;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.io.FileTrees;
import io.trd4j.model.Backbone;
import io.trd4j.model.Calibration;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.PrecisionTests;
import io.trd4j.model.network.Network;
import io.trd4j.train.RandomTeacher;
import io.trd4j.train.Trainer;
import io.trd4j.train.TrainingOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A small model that was really trained, calibrated and had its precisions tested, and labelled test parts for it; made
 * once for all tests of this package. At S = 96 the FP32 plan has steps by Winograd; 32 normal and 64 anomalous parts
 * make 2048 pairs, so that one pair in another order moves the image-level AUROC by 0.0005.
 */
public final class TrainedModel {
    static final int SIZE = 96;
    static final int THREADS = 2;
    private static final int VALIDATION = 4;
    private static TrainedModel made;

    final Path folder;
    public final Path file;
    final PrecisionTests precisions;
    final Calibration calibration;
    public final List<Part> parts = new ArrayList<>();
    final boolean[] anomalous;
    final boolean[][] masks;
    private final Dataset dataset;

    private TrainedModel() throws IOException {
        folder = Files.createTempDirectory("trd-trained");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
        Path category = folder.resolve("cookie");
        SyntheticParts.write(category, SyntheticProduct.COOKIE, 12, VALIDATION, 96, SIZE, 7, done -> {});
        dataset = Dataset.open(category);
        file = folder.resolve("model.safetensors");
        TrainingOptions options =
                new TrainingOptions(Backbone.RESNET18, SIZE, Modality.NORMALS, 5, 6, 4, 0.005, 1, THREADS);
        try (Network network = new Network(Backbone.RESNET18)) {
            try (PreparedParts train = prepare(dataset.train())) {
                RandomTeacher.initialise(network.teacher(), options.seed(), train, THREADS);
                try (Trainer trainer = new Trainer(network, options, train)) {
                    for (int epoch = 0; epoch < options.epochs(); epoch++) {
                        trainer.epoch((e, step, steps, rgb, depth, rate) -> {});
                    }
                }
            }
            try (PreparedParts validation = validation()) {
                calibration = Calibrator.calibrate(network, SIZE, validation, null, THREADS, done -> {});
                precisions = PrecisionCalibration.run(
                        network, SIZE, calibration, null, images(validation), THREADS, done -> {});
            }
            ModelFile.write(
                    file,
                    ModelInfo.of(
                                    Backbone.RESNET18,
                                    SIZE,
                                    Geometry.normals(5),
                                    ModelFile.teacherSha256(
                                            network.teacher().weights().sources("")))
                            .withCalibration(calibration)
                            .withPrecisions(precisions),
                    network.sources());
        }
        List<PartFiles> test = dataset.test();
        anomalous = new boolean[test.size()];
        masks = new boolean[test.size()][];
        for (int i = 0; i < test.size(); i++) {
            parts.add(test.get(i).load());
            anomalous[i] = test.get(i).anomalous();
            masks[i] = test.get(i).mask(SIZE);
        }
    }

    public static synchronized TrainedModel get() throws IOException {
        if (made == null) {
            made = new TrainedModel();
        }
        return made;
    }

    /** The normal parts it was calibrated on. */
    PreparedParts validation() throws IOException {
        return prepare(dataset.validation());
    }

    static PrecisionCalibration.Images images(PreparedParts parts) {
        return new PrecisionCalibration.Images() {
            @Override
            public int count() {
                return parts.count();
            }

            @Override
            public FloatPointer image(int part, int branch) {
                return parts.image(part, branch);
            }
        };
    }

    /** The same weights with other metadata. */
    Path write(String name, ModelInfo info) throws IOException {
        try (ModelFile model = ModelFile.open(file);
                Network network = Network.load(model)) {
            ModelFile.write(folder.resolve(name), info, network.sources());
        }
        return folder.resolve(name);
    }

    ModelInfo info() throws IOException {
        return Inspector.describe(file);
    }

    private static PreparedParts prepare(List<PartFiles> parts) throws IOException {
        return new PreparedParts(parts, SIZE, Geometry.normals(5), done -> {});
    }

    private static void delete(Path folder) {
        try {
            FileTrees.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
