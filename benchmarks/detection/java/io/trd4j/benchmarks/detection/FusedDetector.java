package io.trd4j.benchmarks.detection;

import io.trd4j.calibrate.PreparedParts;
import io.trd4j.model.network.Features;
import io.trd4j.model.network.FusedStudent;
import io.trd4j.model.network.Teacher;
import io.trd4j.model.network.Weights;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.train.Adam;
import io.trd4j.train.DistillationLoss;
import io.trd4j.train.Trainer;
import io.trd4j.train.TrainingOptions;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * One student over both modalities. Its features are the two modalities' teacher features side by side, one vector of
 * 2C channels per position, in the loss as in the map. Visiting order, optimizer and learning rates are the trainer's.
 */
final class FusedDetector implements Detector {
    private final TrainingOptions options;
    private final PreparedParts train;
    private final Teacher teacher;
    private final FusedStudent student;
    private final Adam adam;
    private int epochs;

    FusedDetector(List<SafetensorsWriter.Source> teacherWeights, TrainingOptions options, PreparedParts train) {
        this.options = options;
        this.train = train;
        teacher = new Teacher(options.backbone());
        teacher.weights().load(teacherWeights);
        student = new FusedStudent(options.backbone());
        student.weights().initialise(options.seed());
        options.device().prepare();
        teacher.weights().moveTo(options.device());
        student.weights().moveTo(options.device());
        adam = new Adam(student.weights());
        student.weights().requireGradients(true);
    }

    @Override
    public List<Double> epoch() {
        int[] order = Trainer.shuffled(train.count(), options.seed(), epochs);
        int[] starts = Trainer.starts(train.count(), options.batch(), options.size());
        double sum = 0;
        for (int step = 0; step < starts.length - 1; step++) {
            try (PointerScope scope = new PointerScope()) {
                Tensor images = options.device().place(train.batch(order, starts[step], starts[step + 1]));
                sum += step(images, options.schedule().rate(epochs, 0, 1));
            }
        }
        epochs++;
        return List.of(sum / (starts.length - 1));
    }

    /** @param images [2n, 3, S, S]: the RGB images, then the same parts' second modality */
    private double step(Tensor images, double learningRate) {
        long n = images.size(0) / 2;
        Features both;
        try (NoGradGuard guard = new NoGradGuard()) {
            both = teacher.apply(images);
        }
        Features rgb = both.images(0, n);
        Features second = both.images(n, 2 * n);
        Tensor loss = DistillationLoss.distance(student.train(rgb, second), rgb.channels(second));
        loss.backward();
        adam.step(learningRate);
        double value = loss.item_double();
        if (!Double.isFinite(value)) {
            throw new IllegalStateException("the training of the fused student diverged: loss " + value);
        }
        return value;
    }

    @Override
    public long parameters() {
        return student.weights().trained().stream()
                .mapToLong(Weights.Entry::elements)
                .sum();
    }

    @Override
    public List<Tensor> rawMaps(Tensor rgb, Tensor second) {
        long n = rgb.size(0);
        Features both = teacher.apply(torch.cat(new TensorVector(rgb, second), 0));
        Features ownRgb = both.images(0, n);
        Features ownSecond = both.images(n, 2 * n);
        return List.of(PlainMaps.raw(student.apply(ownRgb, ownSecond), ownRgb.channels(ownSecond), options.size()));
    }

    @Override
    public void close() {
        student.weights().requireGradients(false);
        adam.close();
        student.close();
        teacher.close();
    }
}
