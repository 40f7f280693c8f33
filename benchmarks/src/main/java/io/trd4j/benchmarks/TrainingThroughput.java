package io.trd4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.trd4j.Golden;
import io.trd4j.calibrate.PreparedParts;
import io.trd4j.io.AtomicFile;
import io.trd4j.model.Backbone;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.network.Network;
import io.trd4j.train.Trainer;
import io.trd4j.train.TrainingOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Times training steps on generated weights and inputs: the Java side of {@code reference/training.sh}, whose PyTorch
 * side is {@code reference/training.py}. Writes the losses of the first step and the time of each step as JSON.
 */
public final class TrainingThroughput {
    private static final double LEARNING_RATE = 0.005;
    private static final int NORMAL_KERNEL = 5;

    private TrainingThroughput() {}

    /** Arguments: backbone, size, batch, threads, warm-up steps, timed steps, JSON file to write. */
    public static void main(String[] args) throws IOException {
        Backbone backbone = Backbone.of(args[0]);
        int size = Integer.parseInt(args[1]);
        int batch = Integer.parseInt(args[2]);
        int threads = Integer.parseInt(args[3]);
        int warmUp = Integer.parseInt(args[4]);
        int timed = Integer.parseInt(args[5]);
        if (warmUp < 1 || timed < 1) {
            throw new IllegalArgumentException("give at least one warm-up step and one timed step");
        }
        TrainingOptions options = new TrainingOptions(
                backbone, size, Modality.NORMALS, NORMAL_KERNEL, 1, batch, LEARNING_RATE, 1, threads);
        double[][] first = null;
        double[] millis = new double[timed];
        MachineLoad load = new MachineLoad();
        double others;
        // The trainer wants parts; the steps below bring their own images.
        try (TestParts files = new TestParts(2, 64);
                PreparedParts parts =
                        new PreparedParts(files.all(), size, Geometry.normals(NORMAL_KERNEL), done -> {});
                Network network = new Network(backbone);
                Trainer trainer = new Trainer(network, options, parts);
                PointerScope scope = new PointerScope()) {
            network.weights().forEach((prefix, weights) -> Golden.fill(weights, prefix));
            Tensor images = torch.cat(
                    new TensorVector(
                            Golden.input("train.rgb.0", batch, size), Golden.input("train.depth.0", batch, size)),
                    0);
            for (int step = -warmUp; step < timed; step++) {
                if (step == 0) {
                    load = new MachineLoad();
                }
                long start = System.nanoTime();
                double[][] losses = trainer.step(images, LEARNING_RATE);
                long nanos = System.nanoTime() - start;
                first = first == null ? losses : first;
                if (step >= 0) {
                    millis[step] = nanos / 1e6;
                }
            }
            others = load.others();
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("side", "trd4j");
        json.put("version", "LibTorch " + Loader.getVersion("org.bytedeco", "pytorch") + ", JDK " + Runtime.version());
        json.put("setting", "channels-last, fused Adam");
        json.put("backbone", backbone.key());
        json.put("size", size);
        json.put("batch", batch);
        json.put("threads", torch.get_num_threads());
        json.put("others_share", others);
        json.put("first_losses", first);
        json.put("step_ms", millis);
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        AtomicFile.write(Path.of(args[6]), mapper.writeValueAsString(json) + "\n");
    }
}
