package io.trd4j.model;

import io.trd4j.io.FileBytes;
import io.trd4j.io.InputException;
import io.trd4j.io.OutputLock;
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
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * A trained model in one safetensors file: the tensors of both students and the teacher under the prefixes
 * {@code student_rgb.}, {@code student_depth.} and {@code teacher.} (F32; batch-norm counters I64), and a
 * {@link ModelInfo} in the metadata; of calibrated models also {@link NormalImages}. The metadata has checksums of all
 * tensors, too, made as they are written and compared when they are loaded. Used by one thread.
 */
public final class ModelFile implements AutoCloseable {
    private final ModelInfo info;
    private final Safetensors tensors;
    /** By group; empty in files of before there were any. */
    private final Map<String, String> checksums;
    /** Null until values are loaded. */
    private TensorCheck check;

    private ModelFile(ModelInfo info, Safetensors tensors, Map<String, String> checksums) {
        this.info = info;
        this.tensors = tensors;
        this.checksums = checksums;
    }

    /** Reads values of a model. */
    @FunctionalInterface
    public interface Loading<T> {
        /** Returns what was made of them. */
        T load() throws IOException;
    }

    /**
     * Reads what a model file says about its tensors.
     *
     * @throws InputException as {@link #open(Path)}
     */
    public static ModelInfo readInfo(Path file) throws IOException {
        try (ModelFile model = open(file)) {
            return model.info;
        }
    }

    /**
     * Opens a model and checks its metadata and the name, type and shape of every tensor; values are not read, and
     * compared with their checksums by {@link #loaded} and {@link #requireIntact}.
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
            return new ModelFile(
                    info, tensors, TensorChecksums.fromMetadata(tensors.path(), tensors.metadata(), tensors.tensors()));
        } catch (RuntimeException | Error e) {
            tensors.close();
            throw e;
        }
    }

    /**
     * Writes a model file with checksums of its tensors; equal content gives equal bytes. One run at a time writes a
     * file: see {@link OutputLock}.
     *
     * @param tensors all tensors of the three networks, with their prefixes; those of {@link NormalImages} may join
     *     them
     * @throws IllegalArgumentException when a tensor is missing, unknown, or of another type or shape
     * @throws InputException when another run writes the file
     * @throws IOException when the file cannot be written; the target is then unchanged
     */
    public static void write(Path file, ModelInfo info, List<SafetensorsWriter.Source> tensors) throws IOException {
        write(file, info, tensors, Map.of());
    }

    /** @param known checksums that stay, by group, whatever the values are now */
    private static void write(
            Path file, ModelInfo info, List<SafetensorsWriter.Source> tensors, Map<String, String> known)
            throws IOException {
        try {
            checkTensors(
                    file,
                    info,
                    tensors.stream().map(SafetensorsWriter.Source::info).toList());
        } catch (InputException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        try (OutputLock lock = OutputLock.joining(file)) {
            SafetensorsWriter.write(
                    file,
                    sha256 -> {
                        Map<String, String> checksums = new TreeMap<>(TensorChecksums.of(sha256));
                        checksums.putAll(known);
                        Map<String, String> metadata = info.toMetadata();
                        metadata.putAll(TensorChecksums.toMetadata(checksums));
                        return metadata;
                    },
                    tensors,
                    tensor -> !known.containsKey(TensorChecksums.group(tensor)));
        }
    }

    /**
     * Replaces what a model file says about its tensors, which stay as they are. Their checksums stay, too, and are not
     * compared: a damaged file is still known for one afterwards. A file without checksums gets some.
     *
     * @throws InputException when it is not a sound model, or another run writes it
     * @throws IOException when the file cannot be written; it is then unchanged
     */
    public static void replaceInfo(Path file, UnaryOperator<ModelInfo> change) throws IOException {
        try (OutputLock lock = OutputLock.joining(file);
                ModelFile model = open(file)) {
            write(
                    file,
                    change.apply(model.info),
                    model.tensors.tensors().stream()
                            .map(t -> model.tensors.source(t.name()))
                            .toList(),
                    model.checksums);
        }
    }

    /**
     * Replaces the mean part of a model file, and what is usual at its positions; all else stays as it is, as with
     * {@link #replaceInfo}.
     *
     * @throws InputException when it is not a sound model, or another run writes it
     * @throws IOException when the file cannot be written; it is then unchanged
     */
    public static void replaceAlignment(Path file, Alignment alignment) throws IOException {
        try (OutputLock lock = OutputLock.joining(file);
                ModelFile model = open(file)) {
            List<SafetensorsWriter.Source> tensors = new ArrayList<>();
            Map<String, String> known = new TreeMap<>(model.checksums);
            for (TensorInfo t : model.tensors.tensors()) {
                if (Alignment.owns(t.name())) {
                    known.remove(TensorChecksums.group(t.name()));
                } else {
                    tensors.add(model.tensors.source(t.name()));
                }
            }
            tensors.addAll(alignment.sources());
            write(file, model.info, tensors, known);
        }
    }

    /**
     * Says that the tensors need no comparison with their checksums, as somebody vouches for the whole file. Called
     * before {@link #loaded}.
     */
    public ModelFile vouchedFor() {
        check = new TensorCheck(tensors, Map.of());
        return this;
    }

    /**
     * Makes something of the tensors, while other threads compare them with their checksums. A file without checksums
     * is taken as it is. All tensors are compared, once, whatever is loaded and how often.
     *
     * @return what {@code loading} made, of tensors that are those that were written
     * @throws InputException when they are not, naming the groups: what was made is closed then; also when loading
     *     itself failed, whose reason is another one
     */
    public <T extends AutoCloseable> T loaded(Loading<T> loading) throws IOException {
        beginCheck();
        T made;
        try {
            made = loading.load();
        } catch (IOException | RuntimeException e) {
            try {
                check.requireSame();
            } catch (InputException damaged) {
                if (damaged != e) {
                    damaged.addSuppressed(e);
                }
                throw damaged;
            }
            throw e;
        }
        try {
            check.requireSame();
            return made;
        } catch (IOException | RuntimeException e) {
            try {
                made.close();
            } catch (Exception f) {
                e.addSuppressed(f);
            }
            throw e;
        }
    }

    /**
     * Compares all tensors with their checksums.
     *
     * @throws InputException when a value is another one than was written, naming the groups
     */
    public void requireIntact() throws IOException {
        beginCheck();
        check.requireSame();
    }

    private void beginCheck() {
        if (check == null) {
            check = new TensorCheck(tensors, checksums);
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

    /** Idempotent. */
    @Override
    public void close() throws IOException {
        if (check != null) {
            check.stop();
        }
        tensors.close();
    }

    /**
     * The teacher's identity, whatever file it is in: SHA-256 over, per tensor in the order of the names' UTF-8 bytes,
     * the name in UTF-8, a zero byte and the raw little-endian bytes.
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
