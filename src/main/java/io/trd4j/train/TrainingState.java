package io.trd4j.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.io.InputException;
import io.trd4j.model.ParameterNames;
import io.trd4j.model.network.Network;
import io.trd4j.model.tensorfile.Safetensors;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.train.Trainer.EpochLoss;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The state file of a run: a safetensors file with both students, both optimizers' moments and the epochs done. It fits
 * only a run with the same options, teacher and parts; the number of epochs may differ, so that a run can be extended.
 */
record TrainingState(TrainingOptions options, List<EpochLoss> history, String teacherSha256, String partsSha256,
                     String validationSha256) {
    private static final String VERSION = "2";
    private static final String TEACHER_KEY = "trd.state.teacher_sha256";
    private static final String PARTS_KEY = "trd.state.parts_sha256";
    private static final String VALIDATION_KEY = "trd.state.validation_sha256";
    private static final ObjectMapper JSON = new ObjectMapper();

    void write(Path file, Network network, Adam adamRgb, Adam adamDepth) throws IOException {
        List<SafetensorsWriter.Source> sources = new ArrayList<>();
        sources.addAll(network.studentRgb().weights().sources(ParameterNames.STUDENT_RGB));
        sources.addAll(network.studentDepth().weights().sources(ParameterNames.STUDENT_DEPTH));
        sources.addAll(adamRgb.sources("adam_rgb."));
        sources.addAll(adamDepth.sources("adam_depth."));
        Map<String, String> metadata = new TreeMap<>(identity());
        metadata.put("trd.state.history", JSON.writeValueAsString(history));
        SafetensorsWriter.write(file, metadata, sources);
    }

    List<EpochLoss> read(Path path, Network network, Adam adamRgb, Adam adamDepth) throws IOException {
        try (Safetensors file = Safetensors.open(path)) {
            identity().forEach((key, expected) -> {
                String found = file.metadata().get(key);
                if (!expected.equals(found)) {
                    throw new InputException(path + " cannot be resumed here: " + difference(key, found, expected)
                            + "; use the same options and parts, or leave out --resume");
                }
            });
            network.studentRgb().weights().load(file, ParameterNames.STUDENT_RGB);
            network.studentDepth().weights().load(file, ParameterNames.STUDENT_DEPTH);
            adamRgb.load(file, "adam_rgb.");
            adamDepth.load(file, "adam_depth.");
            return JSON.readValue(file.metadata().getOrDefault("trd.state.history", ""), new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new InputException(path + ": its list of epochs is damaged; start again without --resume", e);
        }
    }

    private static String difference(String key, String found, String expected) {
        return switch (key) {
            case TEACHER_KEY -> "the teacher's weights are others";
            case PARTS_KEY -> "the training parts are others";
            case VALIDATION_KEY -> "the validation parts are others";
            default -> key.substring(key.lastIndexOf('.') + 1).replace('_', ' ') + " is " + found + " there and " + expected + " now";
        };
    }

    /**
     * In the order in which differences are told: a random teacher follows from backbone and seed, prepared parts from
     * the size.
     */
    private Map<String, String> identity() {
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("trd.state.version", VERSION);
        identity.put("trd.state.backbone", options.backbone().key());
        identity.put("trd.state.size", Integer.toString(options.size()));
        identity.put("trd.state.modality", options.modality().key());
        identity.put("trd.state.normal_kernel", Integer.toString(options.normalKernel()));
        identity.put("trd.state.batch", Integer.toString(options.batch()));
        identity.put("trd.state.learning_rate", Double.toString(options.learningRate()));
        identity.put("trd.state.seed", Long.toString(options.seed()));
        identity.put("trd.state.threads", Integer.toString(options.threads()));
        identity.put("trd.state.device", options.device().key());
        identity.put(PARTS_KEY, partsSha256);
        identity.put(VALIDATION_KEY, validationSha256);
        identity.put(TEACHER_KEY, teacherSha256);
        return identity;
    }
}
