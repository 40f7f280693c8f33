package io.trd4j.benchmarks.latency;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.Golden;
import io.trd4j.calibrate.PreparedParts;
import io.trd4j.data.Part;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.inspect.PrecisionCalibration;
import io.trd4j.io.AtomicFile;
import io.trd4j.model.Backbone;
import io.trd4j.model.Calibration;
import io.trd4j.model.Geometry;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.PrecisionTests;
import io.trd4j.model.network.Network;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * The files that all sides of a comparison read, in one folder: {@code model.safetensors} with generated weights (those
 * of {@code reference/generated.py}), synthetic parts of 800 x 800 as files, and the first of them prepared by trd4j
 * ({@code prepared.f32}, float [2, 3, S, S], row-major little-endian). Its pixels and points are there as
 * {@code raw-rgb.u8} and {@code raw-xyz.f32} too, for who cannot read images. The calibration is mean 0, standard
 * deviation 1, so that a calibrated map is the raw one; the CPU's precisions are tested on the other parts unless that
 * is left out.
 */
public final class Inputs {
    static final int PART_PIXELS = 800;
    static final int NORMAL_KERNEL = 5;
    private static final int NORMAL_PARTS = 4;
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
        return Dataset.open(folder.resolve("part")).train().get(0).load();
    }

    /** One prepared image, [3, S, S]: 0 the colour image, 1 the second modality. */
    float[] prepared(int index) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("prepared.f32")))
                .order(ByteOrder.LITTLE_ENDIAN);
        float[] image = new float[bytes.remaining() / Float.BYTES / 2];
        bytes.asFloatBuffer().position(index * image.length).get(image);
        return image;
    }

    /**
     * Arguments: folder to write, backbone, S, modality of the second branch ({@code depth} or {@code normals}),
     * threads, and {@code untested} where only a GPU will run the model.
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        Backbone backbone = Backbone.of(args[1]);
        int size = Integer.parseInt(args[2]);
        Modality modality = Modality.valueOf(args[3].toUpperCase(Locale.ROOT));
        Geometry geometry = new Geometry(modality, NORMAL_KERNEL, null);
        SyntheticParts.write(
                folder.resolve("part"), SyntheticProduct.COOKIE, 1 + NORMAL_PARTS, 0, 0, PART_PIXELS, SEED, done -> {});
        List<PartFiles> files = Dataset.open(folder.resolve("part")).train();
        Part raw = files.get(0).load();
        AtomicFile.write(folder.resolve("raw-rgb.u8"), raw.rgb().rgb());
        ByteBuffer xyz =
                ByteBuffer.allocate(raw.xyz().xyz().length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        xyz.asFloatBuffer().put(raw.xyz().xyz());
        AtomicFile.write(folder.resolve("raw-xyz.f32"), xyz.array());
        PrecisionTests tests;
        try (PreparedParts parts = new PreparedParts(files, size, geometry, done -> {});
                Network network = new Network(backbone)) {
            AtomicFile.write(folder.resolve("prepared.f32"), prepared(parts, size));
            network.weights().forEach((prefix, weights) -> Golden.fill(weights, prefix));
            ModelInfo info = ModelInfo.of(
                            backbone,
                            size,
                            geometry,
                            ModelFile.teacherSha256(network.teacher().weights().sources("")))
                    .withCalibration(new Calibration(0, 1, 0, 1));
            boolean untested = args.length > 5 && args[5].equals("untested");
            tests = untested
                    ? null
                    : PrecisionCalibration.run(
                            network,
                            size,
                            info.calibration(),
                            null,
                            normal(parts),
                            Integer.parseInt(args[4]),
                            done -> {});
            ModelFile.write(folder.resolve("model.safetensors"), info.withPrecisions(tests), network.sources());
        }
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("backbone", backbone.key());
        about.put("size", size);
        about.put("modality", modality.key());
        about.put("normal_kernel", NORMAL_KERNEL);
        about.put("rgb", folder.relativize(files.get(0).rgb()).toString());
        about.put("xyz", folder.relativize(files.get(0).second()).toString());
        about.put("raw_width", raw.rgb().width());
        about.put("raw_height", raw.rgb().height());
        about.put("bf16_test", tests == null ? null : tests.bf16());
        about.put("int8_test", tests == null ? null : tests.int8());
        // Written last: a folder without it is not complete.
        AtomicFile.write(folder.resolve("inputs.json"), new ObjectMapper().writeValueAsString(about) + "\n");
    }

    /** The timed part's images one after the other, float [2, 3, S, S]. */
    private static byte[] prepared(PreparedParts parts, int size) {
        ByteBuffer bytes = ByteBuffer.allocate(6 * size * size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (PointerScope scope = new PointerScope()) {
            bytes.asFloatBuffer().put(Golden.floats(parts.rgb(0))).put(Golden.floats(parts.second(0)));
        }
        return bytes.array();
    }

    /**
     * The parts that are not timed, on which the precisions below float32 are calibrated as {@code trd calibrate} does
     * it.
     */
    private static PrecisionCalibration.Images normal(PreparedParts parts) {
        return new PrecisionCalibration.Images() {
            @Override
            public int count() {
                return parts.count() - 1;
            }

            @Override
            public FloatPointer image(int part, int branch) {
                return parts.image(part + 1, branch);
            }
        };
    }
}
