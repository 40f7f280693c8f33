package io.trd4j.model;

import io.trd4j.io.InputException;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TorchFile;
import io.trd4j.model.tensorfile.TorchWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Official PyTorch checkpoints to model files and back. */
public final class Checkpoints {
    private static final String RGB = "student_rgb";
    private static final String DEPTH = "student_depth";
    /** The second student's key in Eyecandies checkpoints. */
    private static final String NORMALS = "student_normals";

    private Checkpoints() {}

    /**
     * Reads an official checkpoint (a dict of the two students' state dicts) and writes it with its teacher as one
     * model file. Tensors stream through memory one at a time.
     *
     * @param teacher as returned by {@link TeacherWeights#load}
     * @param info all but the teacher's checksum is taken from it
     * @return what was written
     * @throws InputException when the checkpoint is damaged or does not hold two students of this backbone
     */
    public static ModelInfo importStudents(
            Path checkpoint, List<SafetensorsWriter.Source> teacher, ModelInfo info, Path model) throws IOException {
        ModelInfo complete = info.withTeacherSha256(ModelFile.teacherSha256(teacher));
        try (TorchFile file = TorchFile.open(checkpoint)) {
            Map<String, Object> root = file.root().containsKey(RGB) ? file.root() : StateDict.unwrap(file.root());
            List<SafetensorsWriter.Source> tensors =
                    new ArrayList<>(student(file, root, RGB, ParameterNames.STUDENT_RGB, info));
            String second = root.containsKey(DEPTH) ? DEPTH : NORMALS;
            tensors.addAll(student(file, root, second, ParameterNames.STUDENT_DEPTH, info));
            teacher.forEach(t ->
                    tensors.add(t.withName(ParameterNames.TEACHER + t.info().name())));
            ModelFile.write(model, complete, tensors);
        }
        return complete;
    }

    private static List<SafetensorsWriter.Source> student(
            TorchFile file, Map<String, Object> root, String key, String prefix, ModelInfo info) {
        Map<String, Object> dict = StateDict.asDict(root.get(key));
        if (dict == null) {
            String shown =
                    String.join(", ", root.keySet().stream().limit(4).toList()).replaceAll("\\p{Cntrl}", "?");
            throw new InputException(file.path() + " is not a checkpoint of two students: it has no dict "
                    + (key.equals(NORMALS) ? DEPTH + " or " + NORMALS : key) + " (its keys begin with "
                    + shown.substring(0, Math.min(160, shown.length())) + ")");
        }
        return StateDict.complete(
                        file.path(), key + ".", ParameterNames.student(info.backbone()), StateDict.tensors(dict))
                .stream()
                .map(t -> t.withName(prefix + t.info().name()))
                .toList();
    }

    /** Writes {@code {student_rgb: {…}, student_depth: {…}}} for {@code torch.load}, whatever the second modality. */
    public static void exportStudents(ModelFile model, Path target) throws IOException {
        Map<String, Object> dict = new LinkedHashMap<>();
        dict.put(RGB, named(model.sources(ParameterNames.STUDENT_RGB)));
        dict.put(DEPTH, named(model.sources(ParameterNames.STUDENT_DEPTH)));
        TorchWriter.write(target, dict);
    }

    /** Writes the teacher's state dict under torchvision's names, without layer4 and fc. */
    public static void exportTeacher(ModelFile model, Path target) throws IOException {
        TorchWriter.write(target, named(model.sources(ParameterNames.TEACHER)));
    }

    private static Map<String, Object> named(List<SafetensorsWriter.Source> tensors) {
        Map<String, Object> out = new LinkedHashMap<>();
        tensors.forEach(t -> out.put(t.info().name(), t));
        return out;
    }
}
