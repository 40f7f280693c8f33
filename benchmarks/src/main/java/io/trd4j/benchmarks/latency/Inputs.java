package io.trd4j.benchmarks.latency;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.Golden;
import io.trd4j.data.Dataset;
import io.trd4j.data.Modality;
import io.trd4j.data.Part;
import io.trd4j.data.PartFiles;
import io.trd4j.data.Preparation;
import io.trd4j.data.Shape;
import io.trd4j.data.SyntheticParts;
import io.trd4j.io.AtomicFile;
import io.trd4j.model.Backbone;
import io.trd4j.model.Calibration;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Network;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * What all sides of a comparison read, in one folder: {@code model.safetensors} with generated weights (those of
 * {@code reference/generated.py}), one synthetic part of 800 x 800 as files, and that part prepared by trd4j
 * ({@code prepared.f32}, float [2, 3, S, S], row-major little-endian). The calibration is mean 0, standard deviation 1, so
 * that a calibrated map is the raw one.
 */
public final class Inputs {
    static final int PART_PIXELS = 800;
    static final int NORMAL_KERNEL = 5;
    private static final long SEED = 1;

    private final Path folder;

    private Inputs(Path folder) {
        this.folder = folder;
    }

    static Inputs in(Path folder) {
        return new Inputs(folder);
    }

    Path model() {
        return folder.resolve("model.safetensors");
    }

    Path onnx() {
        return folder.resolve("model.onnx");
    }

    Part part() throws IOException {
        return files(folder).load();
    }

    /** One prepared image, [3, S, S]: 0 the colour image, 1 the second modality. */
    float[] prepared(int index) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("prepared.f32"))).order(ByteOrder.LITTLE_ENDIAN);
        float[] image = new float[bytes.remaining() / Float.BYTES / 2];
        bytes.asFloatBuffer().position(index * image.length).get(image);
        return image;
    }

    private static PartFiles files(Path folder) throws IOException {
        return Dataset.open(folder.resolve("part")).train().get(0);
    }

    /** Arguments: folder to write, backbone, S, modality of the second branch ({@code depth} or {@code normals}). */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        Backbone backbone = Backbone.of(args[1]);
        int size = Integer.parseInt(args[2]);
        Modality modality = Modality.valueOf(args[3].toUpperCase(Locale.ROOT));
        SyntheticParts.write(folder.resolve("part"), Shape.COOKIE, 1, 0, 0, PART_PIXELS, SEED, done -> { });
        PartFiles files = files(folder);
        Part part = files.load();
        ByteBuffer prepared = ByteBuffer.allocate(6 * size * size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        prepared.asFloatBuffer().put(prepare(part, size, modality));
        AtomicFile.write(folder.resolve("prepared.f32"), prepared.array());
        try (Network network = new Network(backbone)) {
            network.weights().forEach((prefix, weights) -> Golden.fill(weights, prefix));
            ModelFile.write(folder.resolve("model.safetensors"), new ModelInfo(ModelInfo.FORMAT_VERSION, backbone, size, modality,
                    NORMAL_KERNEL, new Calibration(0, 1, 0, 1), null, null,
                    ModelFile.teacherSha256(network.teacher().weights().sources(""))), network.sources());
        }
        // Written last: a folder without it is not complete.
        Map<String, Object> about = Map.of("backbone", backbone.key(), "size", size, "modality", modality.key(),
                "normal_kernel", NORMAL_KERNEL, "rgb", folder.relativize(files.rgb()).toString(),
                "xyz", folder.relativize(files.second()).toString());
        AtomicFile.write(folder.resolve("inputs.json"), new ObjectMapper().writeValueAsString(about) + "\n");
    }

    /** Both images one after the other, [2, 3, S, S]. */
    private static float[] prepare(Part part, int size, Modality modality) {
        Preparation preparation = new Preparation(size, modality, NORMAL_KERNEL);
        float[] image = new float[3 * size * size];
        float[] both = new float[2 * image.length];
        preparation.rgb(part, image);
        System.arraycopy(image, 0, both, 0, image.length);
        preparation.second(part, image);
        System.arraycopy(image, 0, both, image.length, image.length);
        return both;
    }
}
