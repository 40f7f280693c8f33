package io.trd4j.model;

import io.trd4j.io.InputException;
import io.trd4j.io.LazyTask;
import io.trd4j.io.Progress;
import io.trd4j.io.Writable;
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
     * Makes a model file of an official checkpoint and its teacher's weights: what {@code trd import} does. Whether the
     * students' files are checkpoints at all is looked at before the teacher is read or downloaded.
     *
     * @param model the file to write; none of the others
     * @param progress of the teacher's download, when there is one
     * @return what was written
     * @throws InputException when a file is missing, damaged, or holds no students or teacher of this backbone, or the
     *     teacher cannot be downloaded
     * @throws IOException when the model file cannot be written; it is then unchanged
     */
    public static ModelInfo importModel(ImportOptions options, Path model, Progress progress) throws IOException {
        for (Path student : options.students()) {
            Writable.requireOther("the model", model, "the student", student);
        }
        Writable.requireOther("the model", model, "the teacher", options.teacher());
        for (Path student : options.students()) {
            WeightsFile.open(student).close();
        }
        ModelInfo info = options.info();
        List<Path> students = options.students();
        try (LazyTask task = new LazyTask(progress, "Downloading MB", Progress.UNKNOWN)) {
            List<SafetensorsWriter.Source> teacher =
                    TeacherWeights.load(options.teacher(), info.backbone(), bytes -> task.at(bytes / 1_000_000));
            return students.size() == 1
                    ? importStudents(students.get(0), teacher, info, model)
                    : importStudents(students.get(0), students.get(1), teacher, info, model);
        }
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

    /**
     * Writes a model's students, and its teacher if asked, as files that {@code torch.load} reads: what {@code trd
     * export --to pth} does.
     *
     * @param students see {@link #exportStudents}
     * @param teacher see {@link #exportTeacher}; null = it is not wanted
     * @return one line about everything that the model has and such files do not hold; empty as a rule
     * @throws InputException when the model cannot be read or is damaged, or two of the files are the same
     * @throws IOException when a file cannot be written
     */
    public static List<String> export(Path model, Path students, Path teacher) throws IOException {
        Writable.requireOther("the checkpoint", students, "the model", model);
        if (teacher != null) {
            Writable.requireOther("the teacher", teacher, "the model", model);
            Writable.requireOther("the teacher", teacher, "the checkpoint", students);
        }
        try (ModelFile file = ModelFile.open(model)) {
            file.requireIntact();
            exportStudents(file, students);
            if (teacher != null) {
                exportTeacher(file, teacher);
            }
            return lostBy(file);
        }
    }

    private static List<String> lostBy(ModelFile file) throws IOException {
        List<String> lost = new ArrayList<>();
        if (file.info().modality() == Modality.METRIC) {
            lost.add("its second student has seen metric geometry, whose scales such a file does not hold: "
                    + "trd import cannot make a model of it again");
        }
        Alignment alignment = file.alignment();
        if (alignment != null) {
            lost.add(
                    alignment.crops()
                            ? "its students have seen parts cropped; such a file does not hold the crop"
                            : "its students have seen aligned parts; such a file does not hold the alignment");
        }
        return lost;
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
