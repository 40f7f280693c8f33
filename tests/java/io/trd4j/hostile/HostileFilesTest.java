package io.trd4j.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.trd4j.FreshJvm;
import io.trd4j.data.Fixtures;
import io.trd4j.data.dataset.RoiFile;
import io.trd4j.data.image.CameraFile;
import io.trd4j.data.image.ImageWriter;
import io.trd4j.data.image.Reading;
import io.trd4j.data.image.SecondImage;
import io.trd4j.evaluate.Baseline;
import io.trd4j.model.tensorfile.Safetensors;
import io.trd4j.model.tensorfile.TensorInfo;
import io.trd4j.model.tensorfile.TorchFile;
import io.trd4j.model.tensorfile.TorchTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every reader of files of others, with files that were changed: see {@link Hostile}. */
class HostileFilesTest {
    private static final int ROI_SIZE = 64;

    @TempDir
    private Path folder;

    private Path file(String name) {
        return folder.resolve(name);
    }

    /** In a process of their own: it may not end otherwise than it should, and no library may write on its errors. */
    @Test
    void images() throws Exception {
        List<String> options = new ArrayList<>(List.of("-Xmx1g", "-Djava.awt.headless=true"));
        for (String property : List.of(
                "trd.fixtures", "logback.configurationFile", "trd.hostile", "trd.hostile.seed", "trd.soak.table")) {
            if (System.getProperty(property) != null) {
                options.add("-D" + property + "=" + System.getProperty(property));
            }
        }
        List<String> command = FreshJvm.command(HostileImages.class, options);
        command.add(folder.toString());
        Path errors = file("errors");
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO().redirectError(errors.toFile());
        builder.environment().remove("OPENCV_LOG_LEVEL");
        builder.environment().remove("JDK_JAVA_OPTIONS");
        int code = builder.start().waitFor();
        assertEquals("", Files.readString(errors));
        assertEquals(0, code);
    }

    @Test
    void clouds() throws IOException {
        Reading reading = Reading.UNSTATED.withCamera(CameraFile.read(Files.writeString(
                file("camera.json"),
                "{\"fx\":5,\"fy\":5,\"cx\":2,\"cy\":2,\"depth_unit\":\"mm\",\"width\":2,\"height\":2}")));
        Hostile.check(file("cloud.any"), Corpus.clouds(), UnaryOperator.identity(), file -> {
            SecondImage image = SecondImage.read(file, reading, 0, 0);
            return 12L * image.xyz().width() * image.xyz().height();
        });
    }

    @Test
    void camera() throws IOException {
        Hostile.check(file("camera.json"), Corpus.cameras(), UnaryOperator.identity(), file -> {
            CameraFile.read(file);
            return 0;
        });
    }

    @Test
    void region() throws IOException {
        Hostile.check(file("roi.json"), Corpus.regions(), UnaryOperator.identity(), HostileFilesTest::region);
        List<byte[]> masks = List.of(ImageWriter.pngGrey(3, 2, new byte[] {0, -1, -1, 0, -1, 0}));
        Hostile.check(file("roi.png"), masks, Corpus::repairedPng, HostileFilesTest::region);
    }

    /** The polygons' image is as large as the file says. */
    private static long region(Path file) throws IOException {
        RoiFile.read(file, ROI_SIZE, null);
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        long pixels = 1 << 16;
        if (text.stripLeading().startsWith("{")) {
            pixels = 100_000_000;
        }
        return pixels;
    }

    @Test
    void baseline() throws IOException {
        Path metrics = file("metrics.json");
        Path scores = file("scores.csv");
        Files.writeString(scores, Corpus.scores());
        Hostile.Reader reader = file -> {
            Baseline.open(metrics, List.of("part"));
            return 0;
        };
        Hostile.check(metrics, Corpus.texts(Corpus.metrics()), UnaryOperator.identity(), reader);
        Files.writeString(metrics, Corpus.metrics());
        Hostile.check(scores, Corpus.texts(Corpus.scores()), UnaryOperator.identity(), reader);
    }

    @Test
    void checkpoint() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        for (String name : List.of("zip", "legacy", "deflated", "old-view")) {
            seeds.add(Files.readAllBytes(Fixtures.ROOT.resolve("torch/" + name + ".pth")));
        }
        Hostile.check(file("weights.pth"), seeds, UnaryOperator.identity(), file -> {
            try (TorchFile read = TorchFile.open(file)) {
                return tensors(read.root(), 0);
            }
        });
    }

    private static long tensors(Map<?, ?> dict, int depth) {
        long bytes = 0;
        for (Object value : dict.values()) {
            if (value instanceof TorchTensor tensor) {
                bytes += tensor.data().get().remaining();
            } else if (value instanceof Map<?, ?> nested && depth < 3) {
                bytes += tensors(nested, depth + 1);
            }
        }
        return bytes;
    }

    @Test
    void safetensors() throws IOException {
        byte[] seed = Files.readAllBytes(Fixtures.ROOT.resolve("torch/expected.safetensors"));
        long dataBytes = seed.length
                - 8
                - ByteBuffer.wrap(seed).order(ByteOrder.LITTLE_ENDIAN).getLong();
        Hostile.check(file("weights.safetensors"), List.of(seed), Hostile.header(dataBytes), file -> {
            try (Safetensors read = Safetensors.open(file)) {
                long bytes = 0;
                for (TensorInfo info : read.tensors()) {
                    assertEquals(info.elements(), read.floats(info.name()).length);
                    bytes += info.bytes();
                }
                return bytes;
            }
        });
    }
}
