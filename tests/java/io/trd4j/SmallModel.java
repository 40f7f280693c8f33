package io.trd4j;

import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.model.Backbone;
import io.trd4j.model.Calibration;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.model.network.Network;
import java.io.IOException;
import java.nio.file.Path;

/** A real, small model file with generated weights, and a small synthetic category, for tests that need one of each. */
public final class SmallModel {
    public static final int SIZE = 64;

    private SmallModel() {}

    /** resnet18 at S = 64 with the golden generator's weights; not trained, but everything in it is in range. */
    public static Path write(Path file, Modality modality, Double threshold) throws IOException {
        return write(file, SIZE, modality, threshold);
    }

    /** The same at another size. */
    public static Path write(Path file, int size, Modality modality, Double threshold) throws IOException {
        try (Network network = new Network(Backbone.RESNET18)) {
            network.weights().forEach((prefix, weights) -> Golden.fill(weights, prefix));
            ModelInfo info = ModelInfo.of(
                            Backbone.RESNET18,
                            size,
                            Geometry.unmeasured(modality, size),
                            ModelFile.teacherSha256(network.teacher().weights().sources("")))
                    .withCalibration(new Calibration(0.9, 0.2, 1.1, 0.3, new Calibration.Alone(0.8, 0.25, 1.2, 0.35)))
                    .withThresholds(
                            threshold == null
                                    ? Thresholds.NONE
                                    : Thresholds.NONE.with(
                                            ScoreBranch.COMBINED,
                                            new Thresholds.Limits(Threshold.byHand(threshold), null)));
            ModelFile.write(file, info, network.sources());
        }
        return file;
    }

    public static Dataset category(Path folder, int train, int validation, int test) throws IOException {
        SyntheticParts.write(folder, SyntheticProduct.COOKIE, train, validation, test, SIZE, 7, done -> {});
        return Dataset.open(folder);
    }
}
