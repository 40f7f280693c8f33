package io.trd4j.train;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.trd4j.io.InputException;
import io.trd4j.io.Json;
import io.trd4j.model.EpochLoss;
import io.trd4j.model.ParameterNames;
import io.trd4j.model.network.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The state file of a run: a safetensors file with both students, both optimizers' moments, the epochs done and the
 * steps of the next one. It fits only a run with the same options, teacher and parts; the number of epochs may differ
 * where the rate falls by epochs, so that a run can be extended.
 */
record TrainingState(
        TrainingOptions options, Align align, String teacherSha256, String partsSha256, String validationSha256) {
    private static final String VERSION = "5";
    private static final String TEACHER_KEY = "trd.state.teacher_sha256";
    private static final String PARTS_KEY = "trd.state.parts_sha256";
    private static final String VALIDATION_KEY = "trd.state.validation_sha256";
    private static final String HISTORY_KEY = "trd.state.history";
    private static final int LONGEST_TEXT = 64;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonMapper READ = Json.strict(LONGEST_TEXT)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    /** An epoch as the file has it. */
    private record Stored(double rgb, double depth, ValidationLoss validation) {
        static Stored of(EpochLoss e) {
            return new Stored(
                    e.rgb(),
                    e.depth(),
                    e.validated() ? new ValidationLoss(e.validationRgb(), e.validationDepth()) : null);
        }

        EpochLoss loss() {
            return new EpochLoss(
                    rgb,
                    depth,
                    validation == null ? null : validation.rgb(),
                    validation == null ? null : validation.depth());
        }
    }

    /** How far a run has come, as the file has it. */
    private record History(List<Stored> epochs, BegunEpoch begun) {}

    /**
     * How far a run has come.
     *
     * @param epochs losses of the epochs done
     * @param begun of the next one; null = nothing
     */
    record Done(List<EpochLoss> epochs, BegunEpoch begun) {
        Done {
            epochs = List.copyOf(epochs);
        }
    }

    void write(Path file, Network network, Adam adamRgb, Adam adamDepth, Done done) throws IOException {
        History history = new History(done.epochs().stream().map(Stored::of).toList(), done.begun());
        file(network, adamRgb, adamDepth).write(file, HISTORY_KEY, JSON.writeValueAsString(history));
    }

    /**
     * Loads everything.
     *
     * @param steps of an epoch
     */
    Done read(Path path, Network network, Adam adamRgb, Adam adamDepth, int steps) throws IOException {
        return file(network, adamRgb, adamDepth).read(path, HISTORY_KEY, text -> done(path, text, steps));
    }

    static Done done(Path path, String text, int steps) {
        History history = text == null ? null : Json.read(READ, text, History.class, what -> damaged(path, what));
        if (history == null || history.epochs() == null || history.epochs().contains(null)) {
            throw damaged(path, history == null || history.epochs() == null ? "there is none" : "an epoch is missing");
        }
        if (history.begun() != null && history.begun().steps() > steps) {
            throw damaged(path, history.begun().steps() + " steps of an epoch of " + steps);
        }
        try {
            return new Done(history.epochs().stream().map(Stored::loss).toList(), history.begun());
        } catch (IllegalArgumentException e) {
            throw damaged(path, e.getMessage());
        }
    }

    private static InputException damaged(Path path, String what) {
        return new InputException(
                path + ": its list of epochs is damaged (" + what + "); start again without --resume");
    }

    private StateFile file(Network network, Adam adamRgb, Adam adamDepth) {
        return new StateFile(
                        identity(),
                        Map.of(
                                TEACHER_KEY,
                                "the teacher's weights are others",
                                PARTS_KEY,
                                "the training parts are others",
                                VALIDATION_KEY,
                                "the validation parts are others"),
                        "options and parts")
                .with(ParameterNames.STUDENT_RGB, network.studentRgb().weights())
                .with(ParameterNames.STUDENT_DEPTH, network.studentDepth().weights())
                .with("adam_rgb.", adamRgb)
                .with("adam_depth.", adamDepth);
    }

    /**
     * In the order in which differences are told: a random teacher follows from backbone and seed, prepared parts from
     * the size and from how they are aligned.
     */
    private Map<String, String> identity() {
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("trd.state.version", VERSION);
        identity.put("trd.state.backbone", options.backbone().key());
        identity.put("trd.state.size", Integer.toString(options.size()));
        identity.put("trd.state.modality", options.modality().key());
        identity.put("trd.state.normal_kernel", Integer.toString(options.normalKernel()));
        identity.put("trd.state.align", align.key());
        identity.put("trd.state.batch", Integer.toString(options.batch()));
        identity.put("trd.state.learning_rate", Double.toString(options.learningRate()));
        identity.put("trd.state.precision", options.precision().key());
        identity.put("trd.state.schedule", options.schedule().kind().key());
        if (options.schedule().kind() == Schedule.Kind.STEPS) {
            // The rate of every step follows from it; by epochs, a run can be extended.
            identity.put("trd.state.epochs", Integer.toString(options.epochs()));
        }
        identity.put("trd.state.seed", Long.toString(options.seed()));
        identity.put("trd.state.threads", Integer.toString(options.threads()));
        identity.put("trd.state.device", options.device().key());
        identity.put(PARTS_KEY, partsSha256);
        identity.put(VALIDATION_KEY, validationSha256);
        identity.put(TEACHER_KEY, teacherSha256);
        return identity;
    }
}
