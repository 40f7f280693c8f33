package io.trd4j.learn;

import io.trd4j.align.FoundParts;
import io.trd4j.calibrate.CalibrationRun;
import io.trd4j.calibrate.PreparedParts;
import io.trd4j.data.PartSource;
import io.trd4j.io.InputException;
import io.trd4j.io.OptionalLibrary;
import io.trd4j.io.Progress;
import io.trd4j.io.Stop;
import io.trd4j.model.Alignment;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.ParameterNames;
import io.trd4j.model.Precision;
import io.trd4j.model.network.Network;
import io.trd4j.model.network.TorchDevice;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.train.Schedule;
import io.trd4j.train.Trainer;
import io.trd4j.train.TrainingLength;
import io.trd4j.train.TrainingOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A few steps of a model's students from the weights they have, on the parts it was trained on and new ones, by the
 * same loss, order and batch statistics as training; then its calibration anew. The teacher stays as it is.
 */
final class StudentSteps {
    /** Of what the students see, the least share of new parts: a few among many would be one gradient in a hundred. */
    private static final int ONE_IN = 4;
    /** Of imported models. */
    private static final int BATCH = 16;

    private StudentSteps() {}

    /**
     * Replaces the weights and the calibration of a model file; its thresholds are dropped.
     *
     * @param trained parts that the model was trained on; those that it does not find are passed over
     * @param fresh new parts to learn
     * @param calibrated normal parts that are not learnt
     * @param afterwards given the network when the steps are done, before anything is measured
     * @return steps that each student took
     */
    static int take(
            Path model,
            List<PartSource> trained,
            List<PartSource> fresh,
            List<PartSource> calibrated,
            LearnOptions options,
            Consumer<Network> afterwards,
            Progress progress)
            throws IOException {
        OptionalLibrary.LIBTORCH.require();
        Alignment alignment;
        List<PartSource> parts;
        int steps;
        try (ModelFile file = ModelFile.open(model);
                Network network = Network.load(file)) {
            ModelInfo info = file.info();
            alignment = file.alignment();
            List<PartSource> known = PartSource.withColorBits(trained, info.colorBits());
            List<PartSource> added = PartSource.withColorBits(fresh, info.colorBits());
            parts = new ArrayList<>(FoundParts.of(alignment, known, List.of(), (part, why) -> {}, progress));
            if (parts.isEmpty()) {
                throw new InputException("student steps need the parts that the model was trained on, or it forgets"
                        + " them; put them under train/good, or leave --steps away");
            }
            List<PartSource> seen = new ArrayList<>(parts);
            int repeats = Math.max(1, parts.size() / ((ONE_IN - 1) * fresh.size()));
            for (int i = 0; i < repeats; i++) {
                seen.addAll(added);
            }
            parts.addAll(added);
            TrainingOptions training = training(info, options, seen.size());
            try (PreparedParts prepared = PreparedParts.of(seen, info.size(), info.geometry(), alignment, progress)) {
                steps = train(network, training, prepared, progress);
            }
            afterwards.accept(network);
            ModelFile.write(model, info, tensors(file, network));
        }
        CalibrationRun.run(model, calibrated, options.threads(), progress);
        if (alignment != null && !alignment.crops()) {
            // Students that see otherwise make other maps: what is usual at a position is learnt again.
            CalibrationRun.positions(model, null, parts, calibrated, options.threads(), progress);
        }
        return steps;
    }

    private static TrainingOptions training(ModelInfo info, LearnOptions options, int parts) {
        TrainingOptions training = new TrainingOptions(
                info.backbone(),
                info.size(),
                info.modality(),
                Math.max(3, info.geometry().normalKernel()),
                new Schedule(Schedule.Kind.STEPS, 1, options.learningRate()),
                info.training() == null ? BATCH : Math.max(2, info.training().batch()),
                options.seed(),
                options.threads(),
                TorchDevice.CPU,
                Precision.FP32);
        return TrainingLength.ofSteps(training, options.steps(), parts);
    }

    private static int train(Network network, TrainingOptions options, PreparedParts parts, Progress progress)
            throws IOException {
        int steps = options.epochs() * Trainer.stepsPerEpoch(parts.count(), options);
        try (Trainer trainer = Trainer.from(network, options, parts);
                Progress.Task task = Stop.task(progress, "Learning", steps)) {
            while (trainer.epochsDone() < options.epochs()) {
                trainer.epoch((epoch, step, all, rgb, depth, rate) -> task.at(
                        step, String.format(Locale.ROOT, "loss rgb %.3f depth %.3f, lr %.2g", rgb, depth, rate)));
            }
        }
        return steps;
    }

    /** The network as it is now, and all else that the file holds. */
    private static List<SafetensorsWriter.Source> tensors(ModelFile file, Network network) {
        List<SafetensorsWriter.Source> tensors = new ArrayList<>(network.sources());
        file.tensors().tensors().stream()
                .map(tensor -> tensor.name())
                .filter(name -> Stream.of(
                                ParameterNames.STUDENT_RGB, ParameterNames.STUDENT_DEPTH, ParameterNames.TEACHER)
                        .noneMatch(name::startsWith))
                .forEach(name -> tensors.add(file.tensors().source(name)));
        return tensors;
    }
}
