package io.trd4j.train.pretrain;

import io.trd4j.io.InputException;
import io.trd4j.model.network.Weights;
import io.trd4j.model.tensorfile.Safetensors;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.train.Adam;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The state file of a pretraining: a safetensors file with weights, moments and steps done; it fits only the same options. */
record PretrainState(PretrainOptions options) {
    private static final String STEPS_DONE = "trd.state.steps_done";
    private static final String TEACHER = "teacher.";
    private static final String HEADS = "heads.";
    private static final String ADAM_TEACHER = "adam_teacher.";
    private static final String ADAM_HEADS = "adam_heads.";

    void write(Path file, int stepsDone, Weights teacher, Weights heads, Adam adamTeacher, Adam adamHeads) throws IOException {
        List<SafetensorsWriter.Source> sources = new ArrayList<>();
        sources.addAll(teacher.sources(TEACHER));
        sources.addAll(heads.sources(HEADS));
        sources.addAll(adamTeacher.sources(ADAM_TEACHER));
        sources.addAll(adamHeads.sources(ADAM_HEADS));
        Map<String, String> metadata = new TreeMap<>(identity());
        metadata.put(STEPS_DONE, Integer.toString(stepsDone));
        SafetensorsWriter.write(file, metadata, sources);
    }

    /** Loads everything; returns the steps done. */
    int read(Path path, Weights teacher, Weights heads, Adam adamTeacher, Adam adamHeads) throws IOException {
        try (Safetensors file = Safetensors.open(path)) {
            identity().forEach((key, expected) -> {
                String found = file.metadata().get(key);
                if (!expected.equals(found)) {
                    String what = key.substring(key.lastIndexOf('.') + 1).replace('_', ' ');
                    throw new InputException(path + " cannot be resumed here: " + what + " is " + found + " there and "
                            + expected + " now; use the same options, or leave out --resume");
                }
            });
            int steps = stepsDone(path, file.metadata().get(STEPS_DONE));
            teacher.load(file, TEACHER);
            heads.load(file, HEADS);
            adamTeacher.load(file, ADAM_TEACHER);
            adamHeads.load(file, ADAM_HEADS);
            return steps;
        }
    }

    private int stepsDone(Path path, String text) {
        if (text != null && text.matches("\\d{1,9}") && Integer.parseInt(text) <= options.steps()) {
            return Integer.parseInt(text);
        }
        throw new InputException(path + ": its number of steps is damaged (" + text + "); start again without --resume");
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
