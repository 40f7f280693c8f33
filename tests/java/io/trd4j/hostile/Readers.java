package io.trd4j.hostile;

import io.trd4j.audit.AuditCheck;
import io.trd4j.audit.AuditLog;
import io.trd4j.data.Fixtures;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.dataset.RoiFile;
import io.trd4j.data.image.CameraFile;
import io.trd4j.data.image.DepthCamera;
import io.trd4j.data.image.EncodedImage;
import io.trd4j.data.image.ImageReader;
import io.trd4j.data.image.ImageWriter;
import io.trd4j.data.image.Reading;
import io.trd4j.data.image.SecondImage;
import io.trd4j.data.image.StoredImage;
import io.trd4j.evaluate.Baseline;
import io.trd4j.io.Sha256;
import io.trd4j.model.HostileModels;
import io.trd4j.model.tensorfile.Safetensors;
import io.trd4j.model.tensorfile.TensorInfo;
import io.trd4j.model.tensorfile.TorchFile;
import io.trd4j.model.tensorfile.TorchTensor;
import io.trd4j.results.JsonLines;
import io.trd4j.sign.ModelSignature;
import io.trd4j.sign.SigningKey;
import io.trd4j.sign.TrustedKeys;
import io.trd4j.train.HostileStates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Every reader of files that others hand over. */
final class Readers {
    private static final int ROI_SIZE = 64;
    private static final long POLYGONS_PIXELS = 100_000_000;

    private Readers() {}

    static List<HostileReader> all() throws IOException {
        List<HostileReader> all = new ArrayList<>(images());
        all.addAll(others());
        return all;
    }

    /** Those of images, of which native libraries are a part. */
    static List<HostileReader> images() throws IOException {
        List<byte[]> points = new ArrayList<>();
        float[] xyz = new float[3 * 9 * 7];
        for (int i = 0; i < xyz.length; i++) {
            xyz[i] = i / 4;
        }
        points.add(ImageWriter.tiffXyz(new PointCloud(9, 7, xyz)));
        for (String name : List.of("zstd_p3_tiled", "bigtiff", "planar_deflate", "lzw_p3", "three_pages", "packbits")) {
            points.add(Files.readAllBytes(Fixtures.image("xyz_" + name + ".tiff")));
        }
        UnaryOperator<byte[]> same = UnaryOperator.identity();
        return List.of(
                new HostileReader("png", "colour.png", Corpus.pngs(), Corpus::repairedPng, Readers::colour),
                new HostileReader("png-mask", "mask.png", Corpus.pngs(), Corpus::repairedPng, Readers::mask),
                new HostileReader("jpeg", "colour.jpg", Corpus.jpegs(), same, Readers::colour),
                new HostileReader("bmp", "colour.bmp", Corpus.bmps(), same, Readers::colour),
                new HostileReader("tiff", "colour.tiff", Corpus.tiffs(), same, Readers::colour),
                new HostileReader("tiff-points", "points.tiff", points, same, file -> second(file, Reading.UNSTATED)));
    }

    /** The others. */
    static List<HostileReader> others() throws IOException {
        List<HostileReader> others = new ArrayList<>(List.of(
                clouds(),
                HostileReader.of("camera", "camera.json", Corpus.cameras(), CameraFile::read),
                new HostileReader("roi", "roi.json", Corpus.regions(), UnaryOperator.identity(), Readers::region),
                new HostileReader(
                        "roi-mask",
                        "roi.png",
                        List.of(ImageWriter.pngGrey(3, 2, new byte[] {0, -1, -1, 0, -1, 0})),
                        Corpus::repairedPng,
                        Readers::region),
                HostileReader.of("metrics", "metrics.json", Corpus.texts(Corpus.metrics()), Readers::baseline),
                HostileReader.of("scores", "scores.csv", Corpus.texts(Corpus.scores()), Readers::baseline),
                checkpoint(),
                safetensors(),
                HostileReader.of(
                        "json-lines",
                        "parts.jsonl",
                        Corpus.lines(),
                        file -> JsonLines.appending(file).close()),
                HostileReader.of("audit", "audit.jsonl", audit(), Readers::audit),
                HostileReader.of("signature", "model.sig", keys("signed.bin.sig"), ModelSignature::read),
                HostileReader.of("public-key", "key.pub", keys("ed25519.pub"), file -> TrustedKeys.read(List.of(file))),
                HostileReader.of("private-key", "key.pem", keys("ed25519.pem"), SigningKey::read)));
        others.addAll(HostileModels.all());
        others.addAll(HostileStates.all());
        return others;
    }

    private static long colour(Path file) throws IOException {
        RgbImage image = ImageReader.readRgb(file);
        return 3L * image.width() * image.height();
    }

    private static long mask(Path file) throws IOException {
        StoredImage image = ImageReader.stored(EncodedImage.read(file));
        return 2L * image.samples().length;
    }

    private static long second(Path file, Reading reading) throws IOException {
        SecondImage image = SecondImage.read(file, reading, 0, 0);
        return image.xyz() != null
                ? 12L * image.xyz().width() * image.xyz().height()
                : 3L * image.normals().width() * image.normals().height();
    }

    private static HostileReader clouds() throws IOException {
        Path file = Files.createTempFile("camera", ".json");
        DepthCamera camera;
        try {
            camera = CameraFile.read(Files.writeString(
                    file, "{\"fx\":5,\"fy\":5,\"cx\":2,\"cy\":2,\"depth_unit\":\"mm\",\"width\":2,\"height\":2}"));
        } finally {
            Files.delete(file);
        }
        Reading reading = Reading.UNSTATED.withCamera(camera);
        return new HostileReader(
                "clouds", "cloud.any", Corpus.clouds(), UnaryOperator.identity(), cloud -> second(cloud, reading));
    }

    /** The polygons' image is as large as the file says. */
    private static long region(Path file) throws IOException {
        RoiFile.read(file, ROI_SIZE, null);
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        return text.stripLeading().startsWith("{") ? POLYGONS_PIXELS : 1 << 16;
    }

    /** One of its two files; the other one is sound. */
    private static void baseline(Path file) throws IOException {
        Path metrics = file.resolveSibling("metrics.json");
        Path scores = file.resolveSibling("scores.csv");
        if (!Files.exists(metrics)) {
            Files.writeString(metrics, Corpus.metrics());
        }
        if (!Files.exists(scores)) {
            Files.writeString(scores, Corpus.scores());
        }
        Baseline.open(metrics, List.of("part"));
    }

    private static HostileReader checkpoint() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        for (String name : List.of("zip", "legacy", "deflated", "old-view")) {
            seeds.add(Files.readAllBytes(Fixtures.ROOT.resolve("torch/" + name + ".pth")));
        }
        return new HostileReader("checkpoint", "weights.pth", seeds, UnaryOperator.identity(), file -> {
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

    private static HostileReader safetensors() throws IOException {
        byte[] seed = Files.readAllBytes(Fixtures.ROOT.resolve("torch/expected.safetensors"));
        return new HostileReader(
                "safetensors", "weights.safetensors", List.of(seed), Hostile.header(seed), Readers::floats);
    }

    private static long floats(Path file) throws IOException {
        try (Safetensors read = Safetensors.open(file)) {
            long bytes = 0;
            for (TensorInfo info : read.tensors()) {
                if (info.elements() != read.floats(info.name()).length) {
                    throw new AssertionError(info.name());
                }
                bytes += info.bytes();
            }
            return bytes;
        }
    }

    private static List<byte[]> audit() {
        String first = "{\"previous\":null,\"part\":\"a\"}";
        String second = "{\"previous\":\""
                + new Sha256().add(first.getBytes(StandardCharsets.UTF_8)).hex() + "\",\"part\":\"b\"}";
        return Corpus.texts(first + "\n" + second + "\n", first + "\n" + second.substring(0, 30));
    }

    /** Its end as a log that goes on reads it, which takes more for a record, then all of it. */
    private static void audit(Path file) throws IOException {
        AuditLog.open(file, false).close();
        AuditCheck.of(file);
    }

    private static List<byte[]> keys(String name) throws IOException {
        return List.of(Files.readAllBytes(Fixtures.ROOT.resolve("keys").resolve(name)));
    }
}
