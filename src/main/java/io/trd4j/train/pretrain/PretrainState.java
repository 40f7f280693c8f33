package io.trd4j.train.pretrain;

import io.trd4j.io.InputException;
import io.trd4j.io.OneLine;
import io.trd4j.model.network.Weights;
import io.trd4j.train.Adam;
import io.trd4j.train.StateFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The state file of a pretraining: a safetensors file with weights, moments and steps done; it fits only the same
 * options.
 */
record PretrainState(PretrainOptions options) {
    private static final String STEPS_DONE = "trd.state.steps_done";

    void write(Path file, int stepsDone, Weights teacher, Weights heads, Adam adamTeacher, Adam adamHeads)
            throws IOException {
        file(teacher, heads, adamTeacher, adamHeads).write(file, STEPS_DONE, Integer.toString(stepsDone));
    }

    /** Loads everything; returns the steps done. */
    int read(Path path, Weights teacher, Weights heads, Adam adamTeacher, Adam adamHeads) throws IOException {
        return file(teacher, heads, adamTeacher, adamHeads).read(path, STEPS_DONE, text -> stepsDone(path, text));
    }

    private StateFile file(Weights teacher, Weights heads, Adam adamTeacher, Adam adamHeads) {
        return new StateFile(identity(), Map.of(), "options")
                .with("teacher.", teacher)
                .with("heads.", heads)
                .with("adam_teacher.", adamTeacher)
                .with("adam_heads.", adamHeads);
    }

    private int stepsDone(Path path, String text) {
        if (text != null && text.matches("[0-9]{1,9}") && Integer.parseInt(text) <= options.steps()) {
            return Integer.parseInt(text);
        }
        throw new InputException(path + ": its number of steps is damaged ("
                + (text == null ? "there is none" : OneLine.start(text)) + "); start again without --resume");
    }

    /** Everything that a run's result depends on, in the order in which differences are told. */
    Map<String, String> identity() {
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("trd.state.pretraining", "1");
        identity.put("trd.state.backbone", options.backbone().key());
        identity.put("trd.state.pretext", options.pretext().name().toLowerCase(Locale.ROOT));
        identity.put("trd.state.steps", Integer.toString(options.steps()));
        identity.put("trd.state.scenes", Integer.toString(options.scenes()));
        identity.put("trd.state.size", Integer.toString(options.size()));
        identity.put("trd.state.learning_rate", Double.toString(options.learningRate()));
        identity.put("trd.state.seed", Long.toString(options.seed()));
        if (options.device().isCpu()) {
            identity.put("trd.state.threads", Integer.toString(options.threads()));
        }
        identity.put("trd.state.device", options.device().key());
        return identity;
    }
}
