package io.trd4j.model;

import io.trd4j.io.FileBytes;
import io.trd4j.io.InputException;
import io.trd4j.io.Sha256;
import io.trd4j.model.tensorfile.Safetensors;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TensorInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A trained model in one safetensors file: the tensors of both students and the teacher under the prefixes
 * {@code student_rgb.}, {@code student_depth.} and {@code teacher.} (F32; batch-norm counters I64), and a
 * {@link ModelInfo} in the metadata; of calibrated models also {@link NormalImages}.
 */
public final class ModelFile implements AutoCloseable {
    private final ModelInfo info;
    private final Safetensors tensors;

    private ModelFile(ModelInfo info, Safetensors tensors) {
        this.info = info;
        this.tensors = tensors;
    }

    /**
     * Opens a model and checks its metadata and the name, type and shape of every tensor; values are not read.
     *
     * @throws InputException when it is not a sound model, or one of a newer format
     */
    public static ModelFile open(Path file) throws IOException {
        return of(Safetensors.open(file));
    }

    /**
     * The same of a file that is open already, and is closed with this, or when it is refused.
     *
     * @throws InputException as {@link #open(Path)}
     */
    public static ModelFile open(FileBytes content) throws IOException {
        return of(Safetensors.open(content));
    }

    private static ModelFile of(Safetensors tensors) throws IOException {
        try {
            ModelInfo info = ModelInfo.fromMetadata(tensors.path(), tensors.metadata());
            checkTensors(tensors.path(), info, tensors.tensors());
            return new ModelFile(info, tensors);
        } catch (RuntimeException | Error e) {
            tensors.close();
            throw e;
        }
    }

    /**
     * Writes a model file; equal content gives equal bytes.
     *
     * @param tensors all tensors of the three networks, with their prefixes; those of {@link NormalImages} may join
     *     them
     * @throws IllegalArgumentException when a tensor is missing, unknown, or of another type or shape
     * @throws IOException when the file cannot be written; the target is then unchanged
     */
    public static void write(Path file, ModelInfo info, List<SafetensorsWriter.Source> tensors) throws IOException {
        try {
            checkTensors(
                    file,
                    info,
                    tensors.stream().map(SafetensorsWriter.Source::info).toList());
        } catch (InputException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        SafetensorsWriter.write(file, info.toMetadata(), tensors);
    }

    /**
     * Replaces what a model file says about its tensors, which stay as they are.
     *
     * @throws InputException when it is not a sound model
     * @throws IOException when the file cannot be written; it is then unchanged
     */
    public static void replaceInfo(Path file, UnaryOperator<ModelInfo> change) throws IOException {
        try (ModelFile model = open(file)) {
            write(
                    file,
                    change.apply(model.info),
                    model.tensors.tensors().stream()
                            .map(t -> model.tensors.source(t.name()))
                            .toList());
        }
    }

    /**
     * Replaces the mean part of a model file, and what is usual at its positions; all else stays as it is.
     *
     * @throws InputException when it is not a sound model
     * @throws IOException when the file cannot be written; it is then unchanged
     */
    public static void replaceAlignment(Path file, Alignment alignment) throws IOException {
        try (ModelFile model = open(file)) {
            List<SafetensorsWriter.Source> tensors = new ArrayList<>();
            for (TensorInfo t : model.tensors.tensors()) {
                if (!Alignment.owns(t.name())) {
                    tensors.add(model.tensors.source(t.name()));
                }
            }
            tensors.addAll(alignment.sources());
            write(file, model.info, tensors);
        }
    }

    public ModelInfo info() {
        return info;
    }

    /** The open file, with all tensors under their prefixed names. Closed with this model. */
    public Safetensors tensors() {
        return tensors;
    }

    /** The tensors of one network, without its prefix, in state-dict order; read when asked, while this is open. */
    public List<SafetensorsWriter.Source> sources(String prefix) {
        List<TensorInfo> names = prefix.equals(ParameterNames.TEACHER)
                ? ParameterNames.teacher(info.backbone())
                : ParameterNames.student(info.backbone());
        return names.stream()
                .map(t -> tensors.source(prefix + t.name()).withName(t.name()))
                .toList();
    }

    /** The images of normal parts that it keeps; null when it has none. */
    public NormalImages normalImages() throws IOException {
        return NormalImages.read(tensors, info.size());
    }

    /** The mean part onto which parts are laid before the network sees them; null = they are seen as they lie. */
    public Alignment alignment() throws IOException {
        return Alignment.read(tensors, info.size());
    }

    /** SHA-256 of the whole file, as 64 hexadecimal digits. */
    public String sha256() throws IOException {
        return Sha256.of(tensors.path());
    }

    /**
     * Reads the teacher's tensors and compares them with the checksum in the metadata.
     *
     * @throws InputException when they differ
     */
    public void verifyTeacher() throws IOException {
        String actual = teacherSha256(sources(ParameterNames.TEACHER));
        if (!actual.equals(info.teacherSha256())) {
            throw new InputException(tensors.path() + ": the teacher's tensors have SHA-256 " + actual
                    + ", the metadata says " + info.teacherSha256() + "; the file is damaged or was edited");
        }
    }

    /** Idempotent. */
    @Override
    public void close() throws IOException {
        tensors.close();
    }

    /**
     * The teacher's checksum: SHA-256 over, per tensor in the order of the names' UTF-8 bytes, the name in UTF-8, a
     * zero byte and the raw little-endian bytes.
     *
     * @param teacher its tensors as stored, names without prefix
     */
    public static String teacherSha256(List<SafetensorsWriter.Source> teacher) throws IOException {
        Sha256 sha256 = new Sha256();
        List<SafetensorsWriter.Source> sorted = new ArrayList<>(teacher);
        sorted.sort(Comparator.comparing(t -> t.info().name(), SafetensorsWriter.NAME_ORDER));
        for (SafetensorsWriter.Source tensor : sorted) {
            sha256.add(tensor.info().name()).add((byte) 0).add(tensor.bytes());
        }
        return sha256.hex();
    }

    private static void checkTensors(Path file, ModelInfo info, Collection<TensorInfo> found) {
        Backbone backbone = info.backbone();
        Set<String> names = new HashSet<>();
        for (String prefix :
                List.of(ParameterNames.STUDENT_RGB, ParameterNames.STUDENT_DEPTH, ParameterNames.TEACHER)) {
            List<TensorInfo> expected = prefix.equals(ParameterNames.TEACHER)
                    ? ParameterNames.teacher(backbone)
                    : ParameterNames.student(backbone);
            List<TensorInfo> own = found.stream()
                    .filter(t -> t.name().startsWith(prefix))
                    .map(t -> t.withName(t.name().substring(prefix.length())))
                    .toList();
            ParameterNames.check(file, prefix, expected, own);
            Set<TensorInfo> exact = new HashSet<>(own);
            for (TensorInfo t : expected) {
                if (!exact.contains(t)) {
                    throw new InputException(file + ": tensor " + prefix + t.name() + " is missing or not " + t.type());
                }
            }
            own.forEach(t -> names.add(prefix + t.name()));
        }
        NormalImages.check(
                file,
                info.size(),
                found.stream()
                        .filter(t -> NormalImages.NAMES.contains(t.name()))
                        .toList());
        names.addAll(NormalImages.NAMES);
        List<TensorInfo> alignment =
                found.stream().filter(t -> Alignment.owns(t.name())).toList();
        Alignment.check(file, info.size(), alignment);
        alignment.forEach(t -> names.add(t.name()));
        for (TensorInfo t : found) {
            if (!names.contains(t.name())) {
                throw new InputException(file + ": tensor " + t.name() + " does not belong to a model");
            }
        }
    }
}
