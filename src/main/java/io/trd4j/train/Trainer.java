package io.trd4j.train;

import io.trd4j.calibrate.PreparedParts;
import io.trd4j.io.InputException;
import io.trd4j.io.Stop;
import io.trd4j.model.EpochLoss;
import io.trd4j.model.ModelFile;
import io.trd4j.model.Precision;
import io.trd4j.model.network.Features;
import io.trd4j.model.network.LibTorch;
import io.trd4j.model.network.Network;
import io.trd4j.model.network.Student;
import io.trd4j.model.network.TorchDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Trains both students of a network on prepared normal parts (SPEC section 3). The teacher stays as it is. Used by one
 * thread; everything that the run depends on is in the options, the parts and the teacher, so that two runs on the same
 * machine end with the same bits, also when one was interrupted and resumed from its state file.
 */
public final class Trainer implements Resumable, AutoCloseable {
    /** Told after every step. */
    @FunctionalInterface
    public interface StepListener {
        /** @param epoch from 0; {@code step} of {@code steps} in the whole run, from 1 */
        void step(int epoch, int step, int steps, double lossRgb, double lossDepth, double learningRate);
    }

    private static final String NO_PARTS = "none";
    /** Of the device's memory, what the teacher's features may take: a quarter. */
    private static final int MEMORY_SHARE = 4;

    private final Network network;
    private final TrainingOptions options;
    /** That students compute in; the teacher's features and the losses are float32. */
    private final torch.ScalarType type;

    private final Align align;
    private final PreparedParts parts;
    private final PreparedParts validation;
    private final TeacherFeatures features;
    private final TeacherFeatures validationFeatures;
    private final Adam adamRgb;
    private final Adam adamDepth;
    private final List<EpochLoss> history = new ArrayList<>();
    /** Of the epoch after {@link #history}. */
    private int stepsBegun;

    private double sumRgb;
    private double sumDepth;
    private boolean ended;
    private boolean closed;

    /** Without validation parts. */
    public Trainer(Network network, TrainingOptions options, PreparedParts parts) {
        this(network, options, parts, null, Align.NONE);
    }

    /**
     * Initialises both students from the options' seed and moves the network to the options' device, until
     * {@link #close}. The network and the parts stay the caller's.
     *
     * @param validation normal parts whose loss is computed after every epoch, without any effect on the weights; null
     *     = none
     * @param align as it was asked for when the parts were prepared: a state file of another one is refused
     */
    public Trainer(
            Network network, TrainingOptions options, PreparedParts parts, PreparedParts validation, Align align) {
        this(network, options, parts, validation, align, options.device().memory() / MEMORY_SHARE);
    }

    /** Goes on from the weights that both students have, with optimisers that begin anew; without validation parts. */
    public static Trainer from(Network network, TrainingOptions options, PreparedParts parts) {
        return new Trainer(
                network, options, parts, null, Align.NONE, options.device().memory() / MEMORY_SHARE, false);
    }

    /** @param budget bytes on the device that the teacher's features may take */
    Trainer(
            Network network,
            TrainingOptions options,
            PreparedParts parts,
            PreparedParts validation,
            Align align,
            long budget) {
        this(network, options, parts, validation, align, budget, true);
    }

    private Trainer(
            Network network,
            TrainingOptions options,
            PreparedParts parts,
            PreparedParts validation,
            Align align,
            long budget,
            boolean initialises) {
        if (parts.count() < 2) {
            throw new InputException(
                    "training needs at least 2 normal parts, found " + parts.count() + "; add more under train/good");
        }
        this.network = network;
        this.options = options;
        this.align = align;
        type = options.precision() == Precision.BF16 ? torch.ScalarType.BFloat16 : torch.ScalarType.Float;
        this.parts = parts;
        this.validation = validation;
        LibTorch.setThreads(options.threads());
        if (initialises) {
            network.studentRgb().weights().initialise(options.seed());
            network.studentDepth().weights().initialise(options.seed() + 1);
        }
        options.device().prepare();
        network.moveTo(options.device());
        features = new TeacherFeatures(network, parts, options.size(), options.device(), budget);
        validationFeatures = validation == null
                ? null
                : new TeacherFeatures(network, validation, options.size(), options.device(), budget - features.bytes());
        adamRgb = new Adam(network.studentRgb().weights());
        adamDepth = new Adam(network.studentDepth().weights());
        network.studentRgb().weights().requireGradients(true);
        network.studentDepth().weights().requireGradients(true);
    }

    /** Losses of the epochs done so far, those before a resume included. */
    public List<EpochLoss> history() {
        return List.copyOf(history);
    }

    /** Epochs done so far, those before a resume included. */
    public int epochsDone() {
        return history.size();
    }

    /** Steps of each student in an epoch of this many parts. */
    public static int stepsPerEpoch(int parts, TrainingOptions options) {
        return starts(parts, options.batch(), options.size()).length - 1;
    }

    /** Steps of each student in an epoch. */
    int stepsPerEpoch() {
        return stepsPerEpoch(parts.count(), options);
    }

    /** Whether there are steps of an epoch that has not ended. */
    boolean hasBegun() {
        return stepsBegun > 0;
    }

    /**
     * Runs one epoch, or the rest of one: shuffled batches, the rgb student stepped first, then the depth student. What
     * the listener throws ends it after that step, and so does a {@link Stop}: the state can then be saved, and the
     * epoch goes on with the next call.
     */
    public EpochLoss epoch(StepListener listener) {
        if (ended) {
            throw new IllegalStateException("the training has ended");
        }
        int epoch = history.size();
        int[] order = shuffled(parts.count(), options.seed(), epoch);
        int[] starts = starts(parts.count(), options.batch(), options.size());
        int steps = starts.length - 1;
        for (int step = stepsBegun; step < steps; step++) {
            try (PointerScope scope = new PointerScope()) {
                double learningRate = options.schedule().rate(epoch, step, steps);
                double[][] losses = step(features.batch(order, starts[step], starts[step + 1]), learningRate);
                double rgb = losses[0][4];
                double depth = losses[1][4];
                if (!Double.isFinite(rgb) || !Double.isFinite(depth)) {
                    throw new InputException("training diverged in epoch " + (epoch + 1) + " (loss " + rgb + " and "
                            + depth + "); lower --lr (now " + options.learningRate()
                            + ") and check the training parts");
                }
                sumRgb += rgb;
                sumDepth += depth;
                stepsBegun = step + 1;
                listener.step(epoch, epoch * steps + step + 1, options.epochs() * steps, rgb, depth, learningRate);
            }
        }
        ValidationLoss validated = validation == null ? null : validationLoss(validationFeatures, validation.count());
        EpochLoss loss = new EpochLoss(
                sumRgb / steps,
                sumDepth / steps,
                validated == null ? null : validated.rgb(),
                validated == null ? null : validated.depth());
        history.add(loss);
        begin(null);
        return loss;
    }

    /** @param begun null = an epoch from its first step on */
    private void begin(BegunEpoch begun) {
        stepsBegun = begun == null ? 0 : begun.steps();
        sumRgb = begun == null ? 0 : begun.rgb();
        sumDepth = begun == null ? 0 : begun.depth();
    }

    /** The teacher's features of the training parts, on the device; they end with {@link #end}. */
    TeacherFeatures features() {
        return features;
    }

    /**
     * Mean distillation loss of {@code count} normal parts (SPEC section 3) as the network is now, as inspection runs
     * it: BatchNorm with its running statistics, no gradients. A third of the work of training on these parts.
     */
    ValidationLoss validationLoss(TeacherFeatures normal, int count) {
        int[] order = new int[count];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        double rgb = 0;
        double depth = 0;
        for (int from = 0; from < order.length; from += options.batch()) {
            Stop.check();
            try (PointerScope scope = new PointerScope();
                    NoGradGuard guard = new NoGradGuard()) {
                int n = Math.min(options.batch(), order.length - from);
                TeacherFeatures.Batch own = normal.batch(order, from, from + n);
                rgb += n * validationLoss(network.studentRgb(), own.rgb(), own.depth());
                depth += n * validationLoss(network.studentDepth(), own.depth(), own.rgb());
            }
        }
        return new ValidationLoss(rgb / order.length, depth / order.length);
    }

    private double validationLoss(Student student, Features own, Features other) {
        return DistillationLoss.of(student.apply(own.to(type), other.to(type)), own)
                .total()
                .item_double();
    }

    /**
     * One step of both students.
     *
     * @param images [2n, 3, S, S], on the options' device: the RGB images, then the same parts' second modality
     * @return per branch: D(plain), D(filter), D(amplifier), D(fused), total; 0 for what its student has not
     */
    public double[][] step(Tensor images, double learningRate) {
        try (PointerScope scope = new PointerScope()) {
            Features both;
            try (NoGradGuard guard = new NoGradGuard()) {
                both = network.teacher().apply(images);
            }
            return step(TeacherFeatures.Batch.of(both), learningRate);
        }
    }

    private double[][] step(TeacherFeatures.Batch own, double learningRate) {
        double[] lossRgb = backward(network.studentRgb(), own.rgb(), own.depth(), type);
        adamRgb.step(learningRate);
        double[] lossDepth = backward(network.studentDepth(), own.depth(), own.rgb(), type);
        adamDepth.step(learningRate);
        return new double[][] {lossRgb, lossDepth};
    }

    /**
     * Leaves the gradients of one branch's loss in its parameters; returns D(plain), D(filter), D(amplifier), D(fused),
     * total.
     *
     * @param type that the student computes in
     */
    static double[] backward(Student student, Features own, Features other, torch.ScalarType type) {
        try (PointerScope scope = new PointerScope()) {
            DistillationLoss loss = DistillationLoss.of(student.train(own.to(type), other.to(type)), own);
            loss.total().backward();
            return new double[] {
                value(loss.plain()),
                value(loss.filter()),
                value(loss.amplifier()),
                value(loss.fused()),
                value(loss.total())
            };
        }
    }

    private static double value(Tensor loss) {
        return loss == null ? 0 : loss.item_double();
    }

    @Override
    public void save(Path file) throws IOException {
        BegunEpoch begun = hasBegun() ? new BegunEpoch(stepsBegun, sumRgb, sumDepth) : null;
        state().write(file, network, adamRgb, adamDepth, new TrainingState.Done(history, begun));
    }

    /** Continues from a state file of the same options, teacher and parts. */
    @Override
    public void resume(Path file) throws IOException {
        TrainingState.Done done = state().read(file, network, adamRgb, adamDepth, stepsPerEpoch());
        history.clear();
        history.addAll(done.epochs());
        begin(done.begun());
    }

    private TrainingState state() throws IOException {
        return new TrainingState(
                options,
                align,
                ModelFile.teacherSha256(network.teacher().weights().sources("")),
                parts.sha256(),
                validation == null ? NO_PARTS : validation.sha256());
    }

    /** The visiting order of an epoch: a Fisher-Yates shuffle that depends on seed and epoch alone. */
    public static int[] shuffled(int count, long seed, int epoch) {
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + epoch);
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /**
     * Where each batch starts, and the end. The last partial batch is kept; only at S = 32 a single last part joins the
     * batch before, because BatchNorm cannot normalise one part's 1x1 map.
     */
    public static int[] starts(int count, int batch, int size) {
        boolean join = size == 32 && count % batch == 1;
        int batches = join ? count / batch : (count + batch - 1) / batch;
        int[] starts = new int[batches + 1];
        for (int i = 0; i < batches; i++) {
            starts[i] = i * batch;
        }
        starts[batches] = count;
        return starts;
    }

    /** Ends the training: the network is the caller's again. What is kept is what {@link #save} needs. Idempotent. */
    void end() {
        if (!ended) {
            ended = true;
            network.studentRgb().weights().requireGradients(false);
            network.studentDepth().weights().requireGradients(false);
            features.close();
            if (validationFeatures != null) {
                validationFeatures.close();
            }
            network.moveTo(TorchDevice.CPU);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            end();
            adamRgb.close();
            adamDepth.close();
        }
    }
}
