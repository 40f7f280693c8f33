package io.trd4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.sun.management.OperatingSystemMXBean;
import io.trd4j.calibrate.PreparedParts;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.io.AtomicFile;
import io.trd4j.model.Backbone;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.Precision;
import io.trd4j.model.network.Network;
import io.trd4j.train.RandomTeacher;
import io.trd4j.train.Trainer;
import io.trd4j.train.TrainingOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;

/**
 * Times epochs of resnet18 on a category's parts, from a random teacher and without validation, in three ways that take
 * turns epoch by epoch: the teacher computed for every batch, in float32; its features kept, in float32; its features
 * kept, in bfloat16. CPU seconds are those of all threads: beside other processes they say more than the clock does.
 */
public final class TrainingSteps {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private TrainingSteps() {}

    /** One way to train, and what its epochs took per step. */
    private static final class Side {
        private final String name;
        private final Runnable epoch;
        private final List<Double> seconds = new ArrayList<>();
        private final List<Double> cpuSeconds = new ArrayList<>();
        private final List<Double> others = new ArrayList<>();

        Side(String name, Runnable epoch) {
            this.name = name;
            this.epoch = epoch;
        }

        void run(int steps) throws IOException {
            MachineLoad load = new MachineLoad();
            long start = System.nanoTime();
            long cpu = PROCESS.getProcessCpuTime();
            epoch.run();
            seconds.add((System.nanoTime() - start) / 1e9 / steps);
            cpuSeconds.add((PROCESS.getProcessCpuTime() - cpu) / 1e9 / steps);
            others.add(load.others());
        }

        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("seconds_per_step", seconds);
            json.put("cpu_seconds_per_step", cpuSeconds);
            json.put("others_share", others);
            return json;
        }
    }

    /** Arguments: category, size, batch, timed epochs after a first one, threads, JSON file to write. */
    public static void main(String[] args) throws IOException {
        int size = Integer.parseInt(args[1]);
        int batch = Integer.parseInt(args[2]);
        int epochs = Integer.parseInt(args[3]);
        int threads = Integer.parseInt(args[4]);
        TrainingOptions options =
                new TrainingOptions(Backbone.RESNET18, size, Modality.NORMALS, 5, epochs + 1, batch, 0.005, 1, threads);
        Map<String, Object> json = new LinkedHashMap<>();
        try (PreparedParts parts = new PreparedParts(
                        PreparedParts.normal(Dataset.open(Path.of(args[0])).train()),
                        size,
                        Geometry.normals(5),
                        done -> {});
                Network perBatch = network(options, parts);
                Network fp32 = network(options, parts);
                Network bf16 = network(options, parts);
                Trainer perBatchTrainer = new Trainer(perBatch, options, parts);
                Trainer fp32Trainer = new Trainer(fp32, options, parts);
                Trainer bf16Trainer = new Trainer(bf16, options.withPrecision(Precision.BF16), parts)) {
            int steps = Trainer.stepsPerEpoch(parts.count(), options);
            List<Side> sides = List.of(
                    new Side("teacher_per_batch_fp32", () -> stepThrough(perBatchTrainer, parts, options)),
                    new Side("kept_fp32", () -> fp32Trainer.epoch((e, step, all, rgb, depth, rate) -> {})),
                    new Side("kept_bf16", () -> bf16Trainer.epoch((e, step, all, rgb, depth, rate) -> {})));
            for (int epoch = 0; epoch <= epochs; epoch++) {
                for (Side side : sides) {
                    side.run(steps);
                }
            }
            json.put("version", "LibTorch " + Loader.getVersion("org.bytedeco", "pytorch"));
            json.put("parts", parts.count());
            json.put("size", size);
            json.put("batch", batch);
            json.put("steps_per_epoch", steps);
            json.put("threads", torch.get_num_threads());
            sides.forEach(side -> json.put(side.name, side.json()));
            json.put("losses_fp32", fp32Trainer.history());
            json.put("losses_bf16", bf16Trainer.history());
        }
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        AtomicFile.write(Path.of(args[5]), mapper.writeValueAsString(json) + "\n");
    }

    private static Network network(TrainingOptions options, PreparedParts parts) {
        Network network = new Network(options.backbone());
        RandomTeacher.initialise(network.teacher(), options.seed(), parts, options.threads());
        return network;
    }

    private static void stepThrough(Trainer trainer, PreparedParts parts, TrainingOptions options) {
        int[] order = Trainer.shuffled(parts.count(), options.seed(), 0);
        int[] starts = Trainer.starts(parts.count(), options.batch(), options.size());
        for (int step = 0; step + 1 < starts.length; step++) {
            try (PointerScope scope = new PointerScope()) {
                trainer.step(parts.batch(order, starts[step], starts[step + 1]), options.learningRate());
            }
        }
    }
}
