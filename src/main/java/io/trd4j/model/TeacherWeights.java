package io.trd4j.model;

import io.trd4j.io.FileBytes;
import io.trd4j.io.InputException;
import io.trd4j.io.OptionalLibrary;
import io.trd4j.model.tensorfile.Safetensors;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TensorInfo;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** The teacher's weights from a file: a torchvision or timm ResNet, or the teacher of a trd4j model. */
public final class TeacherWeights {
    /** The option that stands for torchvision's ImageNet weights. */
    public static final String IMAGENET = "imagenet";

    /**
     * The option that stands for the weights in the jar, of {@link #EMBEDDED_BACKBONE}: trd4j's own, trained on
     * formulas.
     */
    public static final String EMBEDDED = "embedded";

    public static final Backbone EMBEDDED_BACKBONE = Backbone.RESNET18;
    private static final String RESOURCE = "io/trd4j/model/formula-resnet18.safetensors";

    private TeacherWeights() {}

    /**
     * Loads all tensors into memory (wide_resnet50_2: 100 MB), checked and as F32.
     *
     * @param option a {@code .pth} or {@code .safetensors} file; {@link #IMAGENET}, which downloads the weights once;
     *     or {@link #EMBEDDED}
     * @param downloaded told how many bytes have been downloaded so far; never, when nothing is
     * @return the tensors of {@link ParameterNames#teacher}, in that order, without prefix; layer4 and fc are left out
     * @throws InputException when the file does not hold this backbone's weights or they cannot be downloaded
     */
    public static List<SafetensorsWriter.Source> load(String option, Backbone backbone, LongConsumer downloaded)
            throws IOException {
        if (option.equals(EMBEDDED)) {
            return embedded(backbone);
        }
        if (option.equals(IMAGENET)) {
            return load(ImageNetWeights.standard(downloaded).file(backbone), backbone);
        }
        try {
            return load(Path.of(option), backbone);
        } catch (InvalidPathException e) {
            throw new InputException("the teacher '" + option + "' is not a file name", e);
        }
    }

    /** As {@link #load(String, Backbone, LongConsumer)}, without word of a download. */
    public static List<SafetensorsWriter.Source> load(String option, Backbone backbone) throws IOException {
        return load(option, backbone, bytes -> {});
    }

    /**
     * As {@link #load(String, Backbone, LongConsumer)}, from a file; whether it is PyTorch's or safetensors is read
     * from its content. One prefix that all names have, such as {@code model.encoder.}, is left out; a model file of
     * trd4j is read for its teacher.
     */
    public static List<SafetensorsWriter.Source> load(Path file, Backbone backbone) throws IOException {
        return load(file, WeightsFile.open(file), backbone);
    }

    private static List<SafetensorsWriter.Source> load(Path file, WeightsFile opened, Backbone backbone)
            throws IOException {
        try (WeightsFile weights = opened) {
            List<TensorInfo> expected = ParameterNames.teacher(backbone);
            StateDict.Found found = StateDict.find(weights, "a ResNet", weights.tensors(), expected, prefix -> true);
            found.tensors().keySet().removeIf(name -> name.startsWith("layer4.") || name.startsWith("fc."));
            List<SafetensorsWriter.Source> out = new ArrayList<>();
            for (SafetensorsWriter.Source tensor :
                    StateDict.complete(file, found.prefix(), expected, found.tensors())) {
                ByteBuffer bytes = tensor.bytes();
                out.add(new SafetensorsWriter.Source(tensor.info(), bytes::duplicate));
            }
            return out;
        }
    }

    private static List<SafetensorsWriter.Source> embedded(Backbone backbone) throws IOException {
        if (backbone != EMBEDDED_BACKBONE) {
            throw new InputException("--teacher embedded is a " + EMBEDDED_BACKBONE.key() + ", not a " + backbone.key()
                    + "; use --teacher imagenet (recommended), random or a weights file");
        }
        OptionalLibrary.EMBEDDED_TEACHER.require();
        try (InputStream resource = TeacherWeights.class.getClassLoader().getResourceAsStream(RESOURCE)) {
            Entry entry = new Entry(Path.of(RESOURCE), resource.readAllBytes());
            return load(entry.path, WeightsFile.of(Safetensors.open(entry)), backbone);
        }
    }

    /** A jar's entry, which cannot be read from any position: it is read into memory, once per training. */
    private record Entry(Path path, byte[] bytes) implements FileBytes {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public void read(long position, ByteBuffer target) throws EOFException {
            if (target.remaining() > bytes.length - position) {
                throw new EOFException(path + " ends before byte " + (position + target.remaining()));
            }
            target.put(bytes, (int) position, target.remaining());
        }

        @Override
        public void close() {
            // There is nothing to give back.
        }
    }
}
