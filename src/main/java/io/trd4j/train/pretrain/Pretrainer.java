package io.trd4j.train.pretrain;

import io.trd4j.io.InputException;
import io.trd4j.io.Stop;
import io.trd4j.io.StoppedException;
import io.trd4j.model.network.Features;
import io.trd4j.model.network.LibTorch;
import io.trd4j.model.network.Teacher;
import io.trd4j.model.network.TorchDevice;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.train.Adam;
import io.trd4j.train.Resumable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Pretrains a teacher on images that formulas draw, each seen once ({@link FormulaBatch}): nothing is there to be
 * memorised. Used by one thread; everything that the run depends on is in the options, so that two runs on the same
 * machine end with the same bits, also when one was interrupted and resumed from its state file.
 */
public final class Pretrainer implements Resumable, AutoCloseable {
    private static final double BETA_1 = 0.9;
    // Relative to the classification: contrast is twice as large; the spread is logarithms, and only has to hold its
    // ground.
    private static final double CONTRAST_WEIGHT = 0.5;
    private static final double SPREAD_WEIGHT = 0.1;
    /** Batches, drawn after those of the training, over which the final BatchNorm statistics are taken. */
    private static final int STATISTICS_BATCHES = 32;

    /**
     * Of one step: mean cross-entropy, mean absolute error, mean cross-entropy; 0 for what the pretext does not ask.
     */
    public record Loss(double classes, double measures, double contrast) {
        double sum() {
            return classes + measures + contrast;
        }
    }

    private final PretrainOptions options;
    private final Teacher teacher;
    private final PretextHeads heads;
    private final Adam adamTeacher;
    private final Adam adamHeads;
    // Draw the next batches while LibTorch works on this one.
    private final int painters;
    private final ExecutorService painter;
    private final Deque<Future<FormulaBatch>> painted = new ArrayDeque<>();
    private int asked;
    private int done;
    private boolean closed;

    /** Initialises teacher and heads from the options' seed, on the options' device. */
    public Pretrainer(PretrainOptions options) {
        this.options = options;
        LibTorch.setThreads(options.threads());
        // On the CPU LibTorch wants the cores itself, and a view is drawn in a tenth of the time that its training
        // takes.
        painters = options.device().isCpu() ? 1 : options.threads();
        painter = Executors.newFixedThreadPool(painters, task -> {
            Thread thread = new Thread(task, "formula images");
            thread.setDaemon(true);
            return thread;
        });
        teacher = new Teacher(options.backbone());
        heads = new PretextHeads(options.backbone(), PretextLoss.classes());
        teacher.weights().initialise(options.seed());
        heads.initialise(options.seed() + 1);
        options.device().prepare();
        moveTo(options.device());
        adamTeacher = new Adam(teacher.weights(), BETA_1);
        adamHeads = new Adam(heads.weights(), BETA_1);
        teacher.weights().requireGradients(true);
        heads.weights().requireGradients(true);
    }

    private void moveTo(TorchDevice device) {
        teacher.weights().moveTo(device);
        heads.weights().moveTo(device);
    }

    /** Steps done so far, those before a resume included. */
    public int stepsDone() {
        return done;
    }

    /** Images of a step. */
    public int images() {
        return FormulaBatch.VIEWS * options.scenes();
    }

    /** One step on new images. */
    public Loss step() {
        if (closed) {
            throw new IllegalStateException("the pretrainer is closed");
        }
        FormulaBatch batch = take(done);
        Loss loss;
        try (PointerScope scope = new PointerScope()) {
            Features features = teacher.train(options.device().place(batch.images()));
            Pretext pretext = options.pretext();
            PretextLoss losses = new PretextLoss(heads, features, batch, options.device());
            Tensor classes = pretext.classes ? losses.classification() : torch.zeros(new long[0]);
            Tensor measures = pretext.measures ? losses.measurement() : torch.zeros(new long[0]);
            Tensor contrast = pretext.contrast ? losses.contrast() : torch.zeros(new long[0]);
            loss = new Loss(classes.item_double(), measures.item_double(), contrast.item_double());
            if (!Double.isFinite(loss.sum())) {
                throw new InputException("pretraining diverged in step " + (done + 1) + "; lower --lr (now "
                        + options.learningRate() + ")");
            }
            classes.add(measures)
                    .add(contrast.mul(new Scalar(CONTRAST_WEIGHT)))
                    .add(PretextLoss.collapse(features).mul(new Scalar(SPREAD_WEIGHT)))
                    .backward();
            adamTeacher.step(options.learningRate(done));
            adamHeads.step(options.learningRate(done));
        }
        done++;
        return loss;
    }

    private FormulaBatch take(int step) {
        if (painted.isEmpty()) {
            asked = step;
        }
        while (asked < options.steps() && asked <= step + painters) {
            painted.add(paint(asked++));
        }
        try {
            return painted.remove().get();
        } catch (InterruptedException e) {
            throw new StoppedException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the images of step " + step + " could not be drawn", e.getCause());
        }
    }

    private Future<FormulaBatch> paint(long step) {
        return painter.submit(() -> new FormulaBatch(options.scenes(), options.size(), options.seed(), step));
    }

    /**
     * Ends the run: replaces the BatchNorm statistics, which lag behind the weights, by those of the final weights over
     * all three renderings, and writes the teacher (convolutions as F16) with its recipe.
     */
    public void write(Path file) throws IOException {
        for (int b = 0; b < STATISTICS_BATCHES; b++) {
            Stop.check();
            FormulaBatch batch =
                    new FormulaBatch(options.scenes(), options.size(), options.seed(), (long) options.steps() + b);
            try (PointerScope scope = new PointerScope();
                    NoGradGuard guard = new NoGradGuard()) {
                teacher.calibrateNormalisation(options.device().place(batch.images()), b);
            }
        }
        Map<String, String> recipe = new TreeMap<>();
        state().identity().forEach((key, value) -> recipe.put(key.replace("trd.state.", "trd.pretrain."), value));
        SafetensorsWriter.write(file, recipe, teacher.weights().halfSources());
    }

    @Override
    public void save(Path file) throws IOException {
        state().write(file, done, teacher.weights(), heads.weights(), adamTeacher, adamHeads);
    }

    /** Continues from a state file of the same options. */
    @Override
    public void resume(Path file) throws IOException {
        done = state().read(file, teacher.weights(), heads.weights(), adamTeacher, adamHeads);
        painted.forEach(batch -> batch.cancel(false));
        painted.clear();
    }

    private PretrainState state() {
        return new PretrainState(options);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            painter.shutdownNow();
            adamTeacher.close();
            adamHeads.close();
            heads.close();
            teacher.close();
        }
    }
}
