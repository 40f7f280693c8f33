package io.trd4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.trd4j.calibrate.PreparedParts;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.io.AtomicFile;
import io.trd4j.model.Backbone;
import io.trd4j.model.EpochLoss;
import io.trd4j.model.Modality;
import io.trd4j.model.Precision;
import io.trd4j.model.network.Network;
import io.trd4j.train.RandomTeacher;
import io.trd4j.train.Trainer;
import io.trd4j.train.TrainingOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * Times whole epochs of resnet18 on a category's parts, from a random teacher: what a user waits for, without
 * validation. The teacher's features are computed in the first epoch and kept from then on.
 */
public final class TrainingSteps {
    private TrainingSteps() {}

    /** Arguments: category, size, batch, epochs, threads, fp32 or bf16, JSON file to write. */
    public static void main(String[] args) throws IOException {
        Path category = Path.of(args[0]);
        int size = Integer.parseInt(args[1]);
        int batch = Integer.parseInt(args[2]);
        int epochs = Integer.parseInt(args[3]);
        int threads = Integer.parseInt(args[4]);
        TrainingOptions options = new TrainingOptions(
                        Backbone.RESNET18, size, Modality.NORMALS, 5, epochs, batch, 0.005, 1, threads)
                .withPrecision(Precision.of(args[5]));
        Map<String, Object> json = new LinkedHashMap<>();
        try (PreparedParts parts = new PreparedParts(
                        PreparedParts.normal(Dataset.open(category).train()), size, Modality.NORMALS, 5, done -> {});
                Network network = new Network(Backbone.RESNET18)) {
            RandomTeacher.initialise(network.teacher(), options.seed(), parts, threads);
            try (Trainer trainer = new Trainer(network, options, parts)) {
                int steps = Trainer.stepsPerEpoch(parts.count(), options);
                double[] seconds = new double[epochs];
                double[] others = new double[epochs];
                for (int epoch = 0; epoch < epochs; epoch++) {
                    MachineLoad load = new MachineLoad();
                    long start = System.nanoTime();
                    trainer.epoch((e, step, all, rgb, depth, rate) -> {});
                    seconds[epoch] = (System.nanoTime() - start) / 1e9 / steps;
                    others[epoch] = load.others();
                }
                json.put("version", "LibTorch " + Loader.getVersion("org.bytedeco", "pytorch"));
                json.put("parts", parts.count());
                json.put("size", size);
                json.put("batch", batch);
                json.put("steps_per_epoch", steps);
                json.put("threads", torch.get_num_threads());
                json.put("precision", options.precision().key());
                json.put("seconds_per_step", seconds);
                json.put("others_share", others);
                List<EpochLoss> history = trainer.history();
                json.put("loss_rgb", history.stream().map(EpochLoss::rgb).toList());
                json.put("loss_depth", history.stream().map(EpochLoss::depth).toList());
            }
        }
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        AtomicFile.write(Path.of(args[6]), mapper.writeValueAsString(json) + "\n");
    }
}
