package io.trd4j.benchmarks.detection;

import io.trd4j.calibrate.PreparedParts;
import io.trd4j.model.EpochLoss;
import io.trd4j.model.network.Features;
import io.trd4j.model.network.Network;
import io.trd4j.model.network.Tuners;
import io.trd4j.model.network.Weights;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.train.Trainer;
import io.trd4j.train.TrainingOptions;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** A student per modality, with the tuners that a variant has, trained by the product's trainer. */
final class BranchDetector implements Detector {
    private static final Trainer.StepListener SILENT = (epoch, step, steps, rgb, depth, rate) -> {};

    private final Network network;
    private final Trainer trainer;
    private final int size;

    BranchDetector(
            Tuners tuners, List<SafetensorsWriter.Source> teacher, TrainingOptions options, PreparedParts train) {
        size = options.size();
        network = new Network(options.backbone(), tuners);
        try {
            network.teacher().weights().load(teacher);
            trainer = new Trainer(network, options, train);
        } catch (RuntimeException | Error e) {
            network.close();
            throw e;
        }
    }

    @Override
    public List<Double> epoch() {
        EpochLoss loss = trainer.epoch(SILENT);
        return List.of(loss.rgb(), loss.depth());
    }

    @Override
    public long parameters() {
        return List.of(network.studentRgb(), network.studentDepth()).stream()
                .flatMap(s -> s.weights().trained().stream())
                .mapToLong(Weights.Entry::elements)
                .sum();
    }

    @Override
    public List<Tensor> rawMaps(Tensor rgb, Tensor second) {
        long n = rgb.size(0);
        Features both = network.teacher().apply(torch.cat(new TensorVector(rgb, second), 0));
        Features ownRgb = both.images(0, n);
        Features ownSecond = both.images(n, 2 * n);
        return List.of(
                PlainMaps.raw(network.studentRgb().apply(ownRgb, ownSecond).fused(), ownRgb, size),
                PlainMaps.raw(network.studentDepth().apply(ownSecond, ownRgb).fused(), ownSecond, size));
    }

    Network network() {
        return network;
    }

    @Override
    public void close() {
        trainer.close();
        network.close();
    }
}
