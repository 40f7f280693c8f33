package io.trd4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.audit.AuditCheck;
import io.trd4j.audit.AuditLog;
import io.trd4j.data.ColorLayout;
import io.trd4j.data.DepthLayout;
import io.trd4j.data.Intrinsics;
import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.SurfaceNormals;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.SkippedPart;
import io.trd4j.data.dataset.SkippedParts;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.HashedFile;
import io.trd4j.io.Progress;
import io.trd4j.model.Modality;
import io.trd4j.model.Precision;
import io.trd4j.results.InspectionRun;
import io.trd4j.results.JsonLines;
import io.trd4j.results.ModelInUse;
import io.trd4j.results.Outputs;
import io.trd4j.results.ResultFolder;
import io.trd4j.sign.ModelSignature;
import io.trd4j.sign.SigningKey;
import io.trd4j.sign.TrustedKeys;
import io.trd4j.sign.UntrustedModelException;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.BytePointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Examples of embedding compile and run, and stand in README.md and src/docs/java.md as they stand here. */
class EmbeddingExampleTest {
    private static final int WIDTH = 96;
    private static final int HEIGHT = 80;

    private final List<Float> scores = new ArrayList<>();
    private final List<float[]> maps = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final Map<String, List<Float>> reported = new TreeMap<>();

    /** What a camera's driver gives. */
    private record Frame(String name, int width, int height, byte[] rgb, float[] xyz) {}

    private void inspectAll(Path modelFile, List<Frame> camera) throws IOException {
        // spotless:off
        // README: from here
        try (Inspector inspector = Inspector.open(modelFile)) {      // once: reads the model; one thread at a time
            Inspection result = inspector.newInspection();           // once: filled anew by every inspect
            inspector.warmUp();                                      // so that the first part is not the slow one
            for (Frame f : camera) {                                 // byte[] rgb, float[] xyz in metres, row by row
                Part part = Part.of(f.name(), new RgbImage(f.width(), f.height(), f.rgb()),
                        new PointCloud(f.width(), f.height(), f.xyz()));
                inspector.inspect(part, result);
                report(part.id(), result.score(), result.map());     // map: size x size, copy it to keep it
            }
        }
        // README: to here
        // spotless:on
    }

    /** What a frame grabber gives: direct buffers that every frame is written into. */
    private static final class Grabber {
        private final List<Frame> frames;
        private final ByteBuffer rgb;
        private final FloatBuffer xyz;
        private int next;

        /** Rows lie 8 bytes and 5 floats apart. */
        Grabber(List<Frame> frames) {
            this.frames = frames;
            rgb = ByteBuffer.allocateDirect(rgbStride() * HEIGHT);
            xyz = ByteBuffer.allocateDirect(Float.BYTES * xyzStride() * HEIGHT)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer();
        }

        String name() {
            return frames.get(0).name();
        }

        int width() {
            return WIDTH;
        }

        int height() {
            return HEIGHT;
        }

        ByteBuffer rgb() {
            return rgb;
        }

        FloatBuffer xyz() {
            return xyz;
        }

        int rgbStride() {
            return 3 * WIDTH + 8;
        }

        int xyzStride() {
            return 3 * WIDTH + 5;
        }

        boolean next() {
            if (next == frames.size()) {
                return false;
            }
            Frame frame = frames.get(next++);
            for (int y = 0; y < HEIGHT; y++) {
                rgb.put(y * rgbStride(), frame.rgb(), 3 * WIDTH * y, 3 * WIDTH);
                xyz.put(y * xyzStride(), frame.xyz(), 3 * WIDTH * y, 3 * WIDTH);
            }
            return true;
        }
    }

    // spotless:off
    // java.md: stations from here
    void twoStations(Path modelFile, Grabber left, Grabber right, ExecutorService pool) throws Exception {
        InspectorOptions options = new InspectorOptions(1, Precision.AUTO);       // threads of each inspector; arithmetic
        try (Inspector one = Inspector.open(modelFile, options);
                Inspector two = one.duplicate()) {                                // the weights are in memory once
            Future<?> other = pool.submit(() -> station(two, right));
            station(one, left);
            other.get();
        }
    }

    void station(Inspector inspector, Grabber g) {
        Part part = Part.of(g.name(), RgbImage.of(g.rgb(), g.width(), g.height(), g.rgbStride()),
                PointCloud.of(g.xyz(), g.width(), g.height(), g.xyzStride()));    // once: direct buffers, read in place
        Inspection result = inspector.newInspection();
        while (g.next()) {                                                        // the next frame, in the same buffers
            inspector.inspect(part, result);
            report(part.id(), result.score(), result.map());
        }
    }
    // java.md: stations to here
    // spotless:on

    // spotless:off
    // java.md: driver from here
    /** Addresses that a camera's C driver gave: blue-green-red pixels, depth in millimetres. */
    static Part of(String name, long bgr, long depth, int width, int height, Intrinsics camera) {
        return Part.of(name, RgbImage.of(bgr, ColorLayout.BGR8, width, height, 3L * width),
                PointCloud.ofDepth(depth, DepthLayout.UINT16, width, height, 2L * width, 0.001, camera));
    }
    // java.md: driver to here
    // spotless:on

    // spotless:off
    // java.md: audit from here
    void audited(Path modelFile, Path publicKeys, Path record, Grabber camera) throws IOException {
        TrustedKeys trusted = TrustedKeys.read(List.of(publicKeys));              // files, or folders of files *.pub
        InspectorOptions options = InspectorOptions.defaults().withTrustedKeys(trusted);
        try (AuditLog audit = AuditLog.open(record);
                Inspector inspector = Inspector.open(modelFile, options)) {       // or UntrustedModelException
            Part part = part(camera);                                             // as in station, above
            Inspection result = inspector.newInspection();
            while (camera.next()) {
                inspector.inspect(part, result);
                audit.inspected(part, inspector, result);                         // a line, on the disk when this returns
            }
        }
    }
    // java.md: audit to here
    // spotless:on

    // spotless:off
    // java.md: files from here
    InspectionRun.Result inspectFiles(Path modelFile, Path category, Path results, Path jsonLines) throws IOException {
        SkippedParts skipped = new SkippedParts(why -> log.add(why.getMessage()));     // or BrokenParts.REFUSE
        List<PartFiles> parts = Dataset.open(category, skipped).test();
        try (ModelInUse model = ModelInUse.open(modelFile, InspectorOptions.defaults());
                JsonLines lines = JsonLines.replacing(jsonLines)) {
            Outputs outputs = Outputs.of(new ResultFolder(results, false), lines);     // or a ResultSink of your own
            InspectionRun.Result result = InspectionRun.run(model, parts, skipped, outputs, Progress.NONE);
            lines.commit();                                                            // from now on, the file is there
            return result;                                                             // counts, and the parts left out
        }
    }
    // java.md: files to here
    // spotless:on

    private static Part part(Grabber camera) {
        return Part.of(
                camera.name(),
                RgbImage.of(camera.rgb(), camera.width(), camera.height(), camera.rgbStride()),
                PointCloud.of(camera.xyz(), camera.width(), camera.height(), camera.xyzStride()));
    }

    // spotless:off
    // java.md: normals from here
    /** What photometric stereo gave: colours, and a direction per pixel as three floats, in one direct buffer each. */
    static Part of(String name, ByteBuffer rgb, FloatBuffer normals, int width, int height) {
        return Part.of(name, RgbImage.of(rgb, width, height, 3L * width),
                SurfaceNormals.of(normals, width, height, 3L * width));
    }
    // java.md: normals to here
    // spotless:on

    private synchronized void report(String id, float score, float[] map) {
        scores.add(score);
        maps.add(map.clone());
        reported.computeIfAbsent(id, key -> new ArrayList<>()).add(score);
    }

    @Test
    void runs(@TempDir Path folder) throws IOException {
        Path model = SmallModel.write(folder.resolve("model.safetensors"), Modality.NORMALS, null);
        inspectAll(model, List.of(frame("a", 0), frame("b", 1), frame("a again", 0)));
        assertEquals(3, scores.size());
        for (int i = 0; i < 3; i++) {
            assertEquals(SmallModel.SIZE * SmallModel.SIZE, maps.get(i).length);
            float maximum = Float.NEGATIVE_INFINITY;
            for (float v : maps.get(i)) {
                assertTrue(Float.isFinite(v));
                maximum = Math.max(maximum, v);
            }
            assertEquals(maximum, scores.get(i), "the score is the map's maximum");
        }
        assertNotEquals(scores.get(0), scores.get(1), "another part has another score");
        assertArrayEquals(maps.get(0), maps.get(2), "the same part gives the same bits");
    }

    /** Frames from a buffer have the scores they have from arrays, in both stations. */
    @Test
    void twoStationsRun(@TempDir Path folder) throws Exception {
        Path model = SmallModel.write(folder.resolve("model.safetensors"), Modality.DEPTH, null);
        List<Frame> left = List.of(frame("left", 0), frame("left", 1), frame("left", 0));
        List<Frame> right = List.of(frame("right", 1), frame("right", 0));
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            twoStations(model, new Grabber(left), new Grabber(right), pool);
        } finally {
            pool.shutdownNow();
        }
        Map<String, List<Float>> stations = new TreeMap<>(reported);
        reported.clear();
        try (Inspector inspector = Inspector.open(model, new InspectorOptions(1, Precision.AUTO))) {
            Inspection result = inspector.newInspection();
            for (List<Frame> frames : List.of(left, right)) {
                for (Frame f : frames) {
                    inspector.inspect(
                            Part.of(
                                    f.name(),
                                    new RgbImage(WIDTH, HEIGHT, f.rgb()),
                                    new PointCloud(WIDTH, HEIGHT, f.xyz())),
                            result);
                    report(f.name(), result.score(), result.map());
                }
            }
        }
        assertEquals(reported, stations);
        assertNotEquals(stations.get("left").get(0), stations.get("left").get(1));
    }

    /** What the driver wrote, as arrays, gives the same. */
    @Test
    void aDriversMemoryIsInspected(@TempDir Path folder) throws IOException {
        ByteBuffer bgr = ByteBuffer.allocateDirect(3 * WIDTH * HEIGHT);
        ByteBuffer depth = ByteBuffer.allocateDirect(2 * WIDTH * HEIGHT).order(ByteOrder.nativeOrder());
        Frame frame = frame("a", 0);
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        float[] xyz = new float[3 * WIDTH * HEIGHT];
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            for (int c = 0; c < 3; c++) {
                bgr.put(3 * i + c, frame.rgb()[3 * i + 2 - c]);
                rgb[3 * i + c] = frame.rgb()[3 * i + c];
            }
            short millimetres = (short) (1000 * frame.xyz()[3 * i + 2]);
            depth.putShort(2 * i, millimetres);
            float z = millimetres * 0.001f;
            xyz[3 * i] = (float) ((i % WIDTH - 48) / 90.0) * z;
            xyz[3 * i + 1] = (float) ((i / WIDTH - 40) / 90.0) * z;
            xyz[3 * i + 2] = z;
        }
        Path model = SmallModel.write(folder.resolve("model.safetensors"), Modality.DEPTH, null);
        try (Inspector inspector = Inspector.open(model)) {
            Inspection result = inspector.newInspection();
            inspector.inspect(
                    of(
                            "driver",
                            new BytePointer(bgr).address(),
                            new BytePointer(depth).address(),
                            WIDTH,
                            HEIGHT,
                            new Intrinsics(90, 90, 48, 40)),
                    result);
            report("driver", result.score(), result.map());
            inspector.inspect(
                    Part.of("arrays", new RgbImage(WIDTH, HEIGHT, rgb), new PointCloud(WIDTH, HEIGHT, xyz)), result);
            report("arrays", result.score(), result.map());
        }
        Reference.reachabilityFence(bgr);
        Reference.reachabilityFence(depth);
        assertArrayEquals(maps.get(1), maps.get(0));
    }

    /** Who signed the model is in each line, and each frame has its own checksums. */
    @Test
    void framesAreAudited(@TempDir Path folder) throws IOException {
        Path model = SmallModel.write(folder.resolve("model.safetensors"), Modality.DEPTH, null);
        SigningKey key = SigningKey.create(folder.resolve("key"));
        Path record = folder.resolve("audit.jsonl");
        List<Frame> frames = List.of(frame("left", 0), frame("left", 1), frame("left", 0));
        assertThrows(UntrustedModelException.class, () -> audited(model, folder, record, new Grabber(frames)));
        try (HashedFile content = HashedFile.open(model)) {
            ModelSignature.of(content, key).write(ModelSignature.file(model));
        }
        audited(model, folder, record, new Grabber(frames));
        assertEquals(3, AuditCheck.of(record).lines());
        List<String> images = new ArrayList<>();
        for (String line : Files.readAllLines(record)) {
            assertTrue(line.contains(key.keyId()), line);
            images.add(line.replaceAll(".*(\"inputs\":\\{[^}]*}).*", "$1"));
        }
        assertNotEquals(images.get(0), images.get(1));
        assertEquals(images.get(0), images.get(2));
    }

    /** A part of which a file is missing is left out; the others are files and lines. */
    @Test
    void filesAreInspected(@TempDir Path folder) throws IOException {
        Path model = SmallModel.write(folder.resolve("model.safetensors"), Modality.NORMALS, -1000.0);
        List<PartFiles> parts =
                SmallModel.category(folder.resolve("cookie"), 1, 1, 3).test();
        Files.delete(parts.get(0).second());
        Path results = folder.resolve("results");
        Path lines = folder.resolve("lines.jsonl");
        InspectionRun.Result result = inspectFiles(model, folder.resolve("cookie"), results, lines);
        assertEquals(Map.of(Verdict.NG, parts.size() - 1), result.verdicts());
        assertEquals(log, result.skipped().stream().map(SkippedPart::reason).toList());
        assertEquals(1, log.size());
        assertEquals(parts.size(), Files.readAllLines(lines).size());
        assertTrue(Files.exists(results.resolve(parts.get(1).id()).resolve("result.json")));
    }

    /** What photometric stereo wrote, as an image, gives the same. */
    @Test
    void surfaceNormalsAreInspected(@TempDir Path folder) throws IOException {
        ByteBuffer rgb = ByteBuffer.allocateDirect(3 * WIDTH * HEIGHT);
        FloatBuffer normals = ByteBuffer.allocateDirect(3 * Float.BYTES * WIDTH * HEIGHT)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        byte[] image = new byte[3 * WIDTH * HEIGHT];
        rgb.put(0, frame("a", 0).rgb());
        for (int i = 0; i < image.length; i += 3) {
            // Steps from 0.7 to the left to 0.7 to the right; nothing is measured in the first rows.
            boolean there = i > 9 * WIDTH;
            float x = there ? 0.7f * (i / 3 % WIDTH / 32 - 1) : 0;
            float z = there ? (float) Math.sqrt(1 - x * x) : 0;
            normals.put(i, x);
            normals.put(i + 2, z);
            image[i] = (byte) (there ? Math.round(127.5 * (x + 1)) : 0);
            image[i + 1] = (byte) (there ? 128 : 0);
            image[i + 2] = (byte) (there ? Math.round(127.5 * (z + 1)) : 0);
        }
        Path model = SmallModel.write(folder.resolve("model.safetensors"), Modality.NORMALS, null);
        try (Inspector inspector = Inspector.open(model)) {
            Inspection result = inspector.newInspection();
            inspector.inspect(of("stereo", rgb, normals, WIDTH, HEIGHT), result);
            report("stereo", result.score(), result.map());
            RgbImage colour = new RgbImage(WIDTH, HEIGHT, frame("a", 0).rgb());
            SurfaceNormals encoded = SurfaceNormals.encoded(new RgbImage(WIDTH, HEIGHT, image));
            inspector.inspect(Part.of("image", colour, encoded), result);
            assertArrayEquals(maps.get(0), result.map());
        }
    }

    @Test
    void standsInTheDocuments() throws IOException {
        Path root = Golden.fixture("../..");
        List<String> source = Files.readAllLines(root.resolve("tests/java/io/trd4j/EmbeddingExampleTest.java"));
        assertEquals(10, assertStands(root.resolve("README.md"), source, "README: "), "ten lines");
        assertStands(root.resolve("src/docs/java.md"), source, "java.md: stations ");
        assertStands(root.resolve("src/docs/java.md"), source, "java.md: driver ");
        assertStands(root.resolve("src/docs/java.md"), source, "java.md: audit ");
        assertStands(root.resolve("src/docs/java.md"), source, "java.md: files ");
        assertStands(root.resolve("src/docs/java.md"), source, "java.md: normals ");
        List<String> life = Files.readAllLines(root.resolve("tests/java/io/trd4j/LifeOfAModelExample.java"));
        assertStands(root.resolve("src/docs/java.md"), life, "java.md: memory ");
        assertStands(root.resolve("src/docs/java.md"), life, "java.md: other ");
        assertTrue(
                assertStands(root.resolve("src/docs/java.md"), life, "java.md: life ") < 40, "fewer than forty lines");
    }

    /** @return the number of lines */
    private static int assertStands(Path document, List<String> source, String example) throws IOException {
        int from = marker(source, example + "from");
        List<String> lines = source.subList(from + 1, marker(source, example + "to"));
        String indent = source.get(from).substring(0, source.get(from).indexOf("//"));
        StringBuilder block = new StringBuilder("```java\n");
        for (String line : lines) {
            assertTrue(line.isEmpty() || line.startsWith(indent), line);
            block.append(line.isEmpty() ? line : line.substring(indent.length()))
                    .append('\n');
        }
        assertTrue(
                Files.readString(document).contains(block.append("```\n")),
                document + " must contain exactly these lines:\n" + block);
        return lines.size();
    }

    private static int marker(List<String> source, String which) {
        for (int i = 0; i < source.size(); i++) {
            if (source.get(i).strip().equals("// " + which + " here")) {
                return i;
            }
        }
        throw new AssertionError("no line with the marker '" + which + "'");
    }

    /** A raised square on a plane, its place and shade depending on the number. */
    private static Frame frame(String name, int number) {
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        float[] xyz = new float[3 * WIDTH * HEIGHT];
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int i = 3 * (y * WIDTH + x);
                boolean part = Math.abs(x - 40 - 8 * number) < 24 && Math.abs(y - 40) < 24;
                for (int c = 0; c < 3; c++) {
                    rgb[i + c] = (byte) (part ? 60 + 30 * c + 40 * number + (x * y) % 17 : 200);
                }
                xyz[i] = 0.001f * x;
                xyz[i + 1] = 0.001f * y;
                xyz[i + 2] = part ? 0.47f + 0.0002f * ((x + y) % 5) : 0.5f;
            }
        }
        return new Frame(name, WIDTH, HEIGHT, rgb, xyz);
    }
}
