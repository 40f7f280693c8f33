package io.trd4j.train.pretrain;

import io.trd4j.io.OneLine;
import io.trd4j.io.OutputLock;
import io.trd4j.io.Progress;
import io.trd4j.io.Stop;
import io.trd4j.io.StoppedException;
import io.trd4j.io.Writable;
import io.trd4j.train.StateSaver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** From formulas to a teacher's weights: what {@code trd pretrain} does. Used once, by one thread. */
public final class PretrainRun {
    /** As {@code trd pretrain} keeps its state unless told otherwise. */
    public static final int USUAL_STATE_SECONDS = 300;

    /**
     * A teacher that has been written.
     *
     * @param images of a step
     * @param last losses of the last step; null when a resumed run had done all of them
     * @param warnings one line each, in the order in which the listener was told them
     */
    public record Result(int images, Pretrainer.Loss last, List<String> warnings) {
        public Result {
            warnings = List.copyOf(warnings);
        }
    }

    /** Told what happens, at once, by the run's thread. */
    public interface Listener {
        /** Ignores everything. */
        Listener NONE = new Listener() {};

        /** One line: the state cannot be written, and the run goes on. */
        default void warning(String message) {}

        /** The run goes on where an earlier one was interrupted. */
        default void resumed(Path state, int stepsDone) {}

        /** The run should have been resumed, and there is no state file: it starts from the beginning. */
        default void nothingToResume(Path state) {}
    }

    private final PretrainOptions options;
    private final int stateSeconds;
    private final Listener listener;
    private final Progress progress;
    private final List<String> warnings = new ArrayList<>();

    /** Keeps its state every {@value #USUAL_STATE_SECONDS} seconds, and tells nobody. */
    public PretrainRun(PretrainOptions options) {
        this(options, USUAL_STATE_SECONDS, Listener.NONE, Progress.NONE);
    }

    /** @param stateSeconds that pass before the state is saved again; 0 = after every step, negative = never */
    public PretrainRun(PretrainOptions options, int stateSeconds, Listener listener, Progress progress) {
        this.options = options;
        this.stateSeconds = stateSeconds;
        this.listener = listener;
        this.progress = progress;
    }

    /** The state file of a teacher's pretraining: {@code OUT.state}, beside the weights. */
    public static Path state(Path out) {
        return out.resolveSibling(out.getFileName() + ".state");
    }

    /**
     * Pretrains, writes the teacher's weights and deletes the state file.
     *
     * @param out safetensors; an option {@code teacher} of training
     * @param resume whether to go on from the state file, when there is one
     * @throws io.trd4j.io.InputException when a file cannot be written, another run writes it now, the state is of
     *     other options, or the loss is no number any more
     * @throws StoppedException when it was {@linkplain Stop stopped}; its state is saved, unless that is never done
     * @throws IOException when the weights cannot be written; a file that was there is then unchanged
     */
    public Result run(Path out, boolean resume) throws IOException {
        return Stop.able(() -> stoppable(out, resume));
    }

    private Result stoppable(Path out, boolean resume) throws IOException {
        Path state = state(out);
        Writable.requireFile(out);
        Writable.requireFile(state);
        try (OutputLock lock = OutputLock.of(out);
                Pretrainer pretrainer = new Pretrainer(options)) {
            StateSaver saver = new StateSaver(pretrainer, state, stateSeconds, this::warn);
            if (resume && saver.resume()) {
                listener.resumed(state, pretrainer.stepsDone());
            } else if (resume) {
                listener.nothingToResume(state);
            }
            Pretrainer.Loss last = null;
            try (Progress.Task task = Stop.task(progress, "Pretraining", options.steps())) {
                while (pretrainer.stepsDone() < options.steps()) {
                    last = pretrainer.step();
                    task.at(pretrainer.stepsDone(), text(last));
                    saver.saveWhenDue();
                }
                Stop.able(() -> {
                    pretrainer.write(out);
                    return null;
                });
            } catch (StoppedException e) {
                if (pretrainer.stepsDone() > 0) {
                    saver.saveStopped();
                }
                throw e;
            }
            Files.deleteIfExists(state);
            return new Result(pretrainer.images(), last, warnings);
        }
    }

    private void warn(String message) {
        String line = OneLine.of(message);
        warnings.add(line);
        listener.warning(line);
    }

    /** Losses for people. */
    public static String text(Pretrainer.Loss loss) {
        return String.format(
                Locale.ROOT,
                "loss classes %.3f measures %.3f contrast %.3f",
                loss.classes(),
                loss.measures(),
                loss.contrast());
    }
}
