package io.trd4j.model;

import io.trd4j.io.InputException;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TensorInfo;
import io.trd4j.model.tensorfile.TorchWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Official PyTorch checkpoints to model files and back. */
public final class Checkpoints {
    private static final String RGB = "student_rgb";
    private static final String DEPTH = "student_depth";
    /** The second student's key in Eyecandies checkpoints. */
    private static final String NORMALS = "student_normals";

    private Checkpoints() {}

    /**
     * Looks whether a file is a checkpoint at all, before anything else is read or downloaded.
     *
     * @throws InputException when it is missing, damaged or of another kind
     */
    public static void requireReadable(Path checkpoint) throws IOException {
        WeightsFile.open(checkpoint).close();
    }

    /**
     * Reads an official checkpoint (the two students' state dicts, in one dict or flat) and writes it with its teacher
     * as one model file. Tensors stream through memory one at a time. Prefixes that PyTorch's tools put before the
     * names are left out.
     *
     * @param teacher as returned by {@link TeacherWeights#load}
     * @param info all but the teacher's checksum is taken from it
     * @return what was written
     * @throws InputException when the checkpoint is damaged or does not hold two students of this backbone
     */
    public static ModelInfo importStudents(
            Path checkpoint, List<SafetensorsWriter.Source> teacher, ModelInfo info, Path model) throws IOException {
        try (WeightsFile file = WeightsFile.open(checkpoint)) {
            Map<String, SafetensorsWriter.Source> all = file.tensors();
            boolean hasDepth = all.keySet().stream().anyMatch(name -> has(name, DEPTH));
            return write(
                    student(file, all, RGB, name -> has(name, RGB), ParameterNames.STUDENT_RGB, info),
                    student(
                            file,
                            all,
                            hasDepth ? DEPTH : NORMALS,
                            name -> has(name, hasDepth ? DEPTH : NORMALS),
                            ParameterNames.STUDENT_DEPTH,
                            info),
                    teacher,
                    info,
                    model);
        }
    }

    /**
     * The same of two files, one student in each.
     *
     * @param rgb of the colour branch
     * @param second of the other one
     */
    public static ModelInfo importStudents(
            Path rgb, Path second, List<SafetensorsWriter.Source> teacher, ModelInfo info, Path model)
            throws IOException {
        try (WeightsFile rgbFile = WeightsFile.open(rgb);
                WeightsFile secondFile = WeightsFile.open(second)) {
            return write(
                    student(
                            rgbFile,
                            rgbFile.tensors(),
                            RGB,
                            name -> !has(name, DEPTH) && !has(name, NORMALS),
                            ParameterNames.STUDENT_RGB,
                            info),
                    student(
                            secondFile,
                            secondFile.tensors(),
                            DEPTH,
                            name -> !has(name, RGB),
                            ParameterNames.STUDENT_DEPTH,
                            info),
                    teacher,
                    info,
                    model);
        }
    }

    private static ModelInfo write(
            List<SafetensorsWriter.Source> rgb,
            List<SafetensorsWriter.Source> second,
            List<SafetensorsWriter.Source> teacher,
            ModelInfo info,
            Path model)
            throws IOException {
        ModelInfo complete = info.withTeacherSha256(ModelFile.teacherSha256(teacher));
        List<SafetensorsWriter.Source> tensors = new ArrayList<>(rgb);
        tensors.addAll(second);
        teacher.forEach(
                t -> tensors.add(t.withName(ParameterNames.TEACHER + t.info().name())));
        ModelFile.write(model, complete, tensors);
        return complete;
    }

    /** Whether a tensor's name, or a prefix of it, has this part. */
    private static boolean has(String name, String part) {
        return ("." + name).contains("." + part + ".");
    }

    private static List<SafetensorsWriter.Source> student(
            WeightsFile file,
            Map<String, SafetensorsWriter.Source> all,
            String key,
            Predicate<String> accepts,
            String prefix,
            ModelInfo info) {
        List<TensorInfo> expected = ParameterNames.student(info.backbone());
        StateDict.Found found = StateDict.find(
                file, "the student " + (key.equals(NORMALS) ? DEPTH + " or " + NORMALS : key), all, expected, accepts);
        return StateDict.complete(file.path(), key + ".", expected, found.tensors()).stream()
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
