package io.trd4j.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.Needs;
import io.trd4j.SmallModel;
import io.trd4j.align.CropBuilder;
import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.SurfaceNormals;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.TrainedModel;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.InputException;
import io.trd4j.io.Progress;
import io.trd4j.io.Sha256;
import io.trd4j.model.Calibration;
import io.trd4j.model.HighestPlaces;
import io.trd4j.model.HighestPlaces.Usual;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.Precision;
import io.trd4j.model.PrecisionTests.Accuracy;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Graphs in ONNX Runtime against this engine: maps, scores, verdicts, and what is refused. */
class OnnxExportTest {
    private static final int SIZE = SmallModel.SIZE;

    @TempDir
    private static Path folder;

    private static List<? extends PartSource> parts;
    private static Dataset category;

    @BeforeAll
    static void parts() throws IOException {
        Needs.oneDnn();
        category = SmallModel.category(folder.resolve("cookie"), 3, 3, 1);
        parts = category.validation();
    }

    private static OnnxCheck.Result export(
            Path model, List<? extends PartSource> compared, Path out, boolean preprocess) throws IOException {
        return OnnxExport.run(model, compared, out, OnnxOptions.defaults().withPreprocess(preprocess), Progress.NONE);
    }

    /** Every modality; the raised sum, a region of interest and thresholds of every score. */
    @ParameterizedTest
    @EnumSource(Modality.class)
    void aGraphHasTheEnginesMapsScoresAndVerdicts(Modality modality) throws Exception {
        Path model = SmallModel.write(folder.resolve(modality + ".safetensors"), modality, null);
        float[] scores;
        boolean[] counts = new boolean[SIZE * SIZE];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = i % SIZE > 10 && i / SIZE < 50;
        }
        ModelFile.replaceInfo(model, info -> {
            Calibration c = info.calibration();
            Usual usual = new Usual(1.5, 0.25);
            HighestPlaces highest = new HighestPlaces(new Usual(2, 0.5), usual, usual);
            return info.withRegionOfInterest(RegionOfInterest.of(counts, "drawn", "0".repeat(64)))
                    .withCalibration(
                            new Calibration(c.meanRgb(), c.stdRgb(), c.meanDepth(), c.stdDepth(), c.alone(), highest));
        });
        try (Inspector inspector = Inspector.open(model, new InspectorOptions(0, Precision.FP32))) {
            scores = scores(inspector);
        }
        // The middle part is REVIEW by its combined score, the one above it NG; the lowest OK.
        float[] sorted = scores.clone();
        Arrays.sort(sorted);
        Thresholds thresholds = Thresholds.NONE.with(
                ScoreBranch.COMBINED,
                new Thresholds.Limits(
                        Threshold.byHand((sorted[1] + (double) sorted[2]) / 2),
                        Threshold.byHand((sorted[0] + (double) sorted[1]) / 2)));
        ModelFile.replaceInfo(model, info -> info.withThresholds(thresholds));
        Path out = folder.resolve(modality + ".onnx");
        OnnxCheck.Result result = export(model, parts, out, false);
        assertEquals(parts.size(), result.parts());
        assertTrue(result.maps() < 1e-4 && result.scores() < 1e-4, result.toString());
        assertEquals(List.of(), result.others());
        JsonNode proof = new ObjectMapper()
                .readTree(folder.resolve(modality + ".onnx.json").toFile());
        assertEquals(Sha256.of(out), proof.get("sha256").asText());
        assertEquals(Sha256.of(model), proof.get("model_sha256").asText());
        List<String> verdicts = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            assertEquals(scores[i], proof.get("parts").get(i).get("score").floatValue());
            float own =
                    proof.get("parts").get(i).get("onnxruntime").get("score").floatValue();
            assertEquals(scores[i], own, 1e-3 * Math.abs(scores[i]));
            verdicts.add(proof.get("parts").get(i).get("verdict").asText());
        }
        assertEquals(List.of("NG", "OK", "REVIEW"), verdicts.stream().sorted().toList());
        assertBatch(out, verdicts, scores);
    }

    private static float[] scores(Inspector inspector) throws IOException {
        float[] scores = new float[parts.size()];
        Inspection result = inspector.newInspection();
        for (int i = 0; i < scores.length; i++) {
            inspector.inspect(parts.get(i).load(), result);
            scores[i] = result.score();
        }
        return scores;
    }

    /** Three parts at once: the batch is free. */
    private static void assertBatch(Path graph, List<String> verdicts, float[] scores) throws Exception {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        FloatBuffer zeros = FloatBuffer.allocate(3 * 3 * SIZE * SIZE);
        try (OrtSession session = environment.createSession(graph.toString());
                OnnxTensor images = OnnxTensor.createTensor(environment, zeros, new long[] {3, 3, SIZE, SIZE});
                OrtSession.Result got = session.run(Map.of("rgb", images, "depth", images))) {
            assertEquals(
                    3, ((OnnxTensor) got.get("verdict").orElseThrow()).getInfo().getShape()[0]);
            float[] equal = (float[]) got.get("score").orElseThrow().getValue();
            assertTrue(equal[0] == equal[1] && equal[1] == equal[2] && Float.isFinite(equal[0]));
            assertTrue(session.getMetadata().getCustomMetadata().containsKey("trd.thresholds"));
            assertEquals("trd4j", session.getMetadata().getProducerName());
        }
    }

    /** The same differences as with prepared images: the graph prepares them bit for bit, larger and smaller ones. */
    @Test
    void aGraphPreparesImagesBitForBit() throws Exception {
        Path model = SmallModel.write(folder.resolve("raw.safetensors"), Modality.NORMALS, 3.0);
        for (int[] sides : new int[][] {{197, 150}, {40, 33}}) {
            List<Part> drawn = new ArrayList<>();
            for (int seed = 1; seed <= 2; seed++) {
                RgbImage colour = noise(sides[0], sides[1], seed);
                drawn.add(
                        Part.of("drawn" + seed, colour, SurfaceNormals.encoded(directions(sides[1], sides[0], seed))));
            }
            String name = sides[0] + "x" + sides[1];
            OnnxCheck.Result raw = export(model, PartSource.inMemory(drawn), folder.resolve(name + "raw.onnx"), true);
            OnnxCheck.Result prepared =
                    export(model, PartSource.inMemory(drawn), folder.resolve(name + "prepared.onnx"), false);
            assertEquals(prepared.maps(), raw.maps(), name);
            assertEquals(prepared.scores(), raw.scores(), name);
        }
        InputException other = assertThrows(
                InputException.class,
                () -> export(
                        model,
                        PartSource.inMemory(List.of(
                                parts.get(0).load(),
                                Part.of(
                                        "other",
                                        noise(65, 64, 1),
                                        parts.get(1).load().xyz()))),
                        folder.resolve("other.onnx"),
                        true));
        assertTrue(other.getMessage().startsWith("part other: its colour image has not"), other.getMessage());
        assertFalse(Files.exists(folder.resolve("other.onnx")));
    }

    /** From raw images and points to the verdict: with missing points, without a plane, and one without any point. */
    @ParameterizedTest
    @EnumSource(Modality.class)
    void aGraphPreparesPointsBitForBit(Modality modality) throws Exception {
        Path model = SmallModel.write(folder.resolve(modality + "points.safetensors"), modality, 3.0);
        for (int side : new int[] {100, 41}) {
            List<Part> drawn = new ArrayList<>();
            for (int seed = 1; seed <= 4; seed++) {
                drawn.add(withGaps(side, seed));
            }
            Path out = folder.resolve(modality + "points" + side + ".onnx");
            OnnxCheck.Result raw = export(model, PartSource.inMemory(drawn), out, true);
            OnnxCheck.Result prepared = export(
                    model, PartSource.inMemory(drawn), folder.resolve(modality + "prepared" + side + ".onnx"), false);
            assertEquals(prepared.maps(), raw.maps());
            assertEquals(prepared.scores(), raw.scores());
            assertNoPointIsNoPart(out, drawn.get(0), side);
        }
    }

    /** A part of which every fifth point is missing; the third one's corner and the fourth one's three corners, too. */
    private static Part withGaps(int side, int seed) {
        Part part = SyntheticParts.part(SyntheticProduct.COOKIE, side, seed);
        float[] points = part.xyz().xyz();
        Random random = new Random(seed);
        for (int i = 0; i < points.length / 3; i++) {
            boolean left = i % side < 3;
            boolean corner = i / side < 3 && (left || i % side >= side - 3) || i / side >= side - 3 && left;
            if (random.nextInt(5) == 0 || corner && (seed == 4 || seed == 3 && i / side >= side - 3)) {
                points[3 * i + 2] = random.nextBoolean() ? 0 : Float.NaN;
            }
        }
        return Part.of("drawn" + seed, part.rgb(), new PointCloud(side, side, points));
    }

    private static void assertNoPointIsNoPart(Path graph, Part part, int side) throws Exception {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        ByteBuffer colours = ByteBuffer.allocateDirect(2 * 3 * side * side);
        FloatBuffer points = FloatBuffer.allocate(2 * 3 * side * side);
        points.put(part.xyz().xyz());
        long[] shape = {2, side, side, 3};
        try (OrtSession session = environment.createSession(graph.toString());
                OnnxTensor rgb = OnnxTensor.createTensor(environment, colours, shape, OnnxJavaType.UINT8);
                OnnxTensor depth = OnnxTensor.createTensor(environment, points.rewind(), shape);
                OrtSession.Result got = session.run(Map.of("rgb", rgb, "depth", depth))) {
            float[] scores = (float[]) got.get("score").orElseThrow().getValue();
            assertTrue(Float.isFinite(scores[0]), "a part beside one that cannot be judged");
            assertTrue(Float.isNaN(scores[1]), "no point at all");
            assertEquals(2, ((long[]) got.get("verdict").orElseThrow().getValue())[1], "not good");
        }
    }

    /** A cloud of a single row has no normals. */
    @Test
    void tooFewPointsForNormals() throws Exception {
        Path model = SmallModel.write(folder.resolve("few.safetensors"), Modality.NORMALS, null);
        Part row = Part.of("row", noise(2, 2, 1), new PointCloud(2, 2, new float[12]));
        InputException refused = assertThrows(
                InputException.class,
                () -> export(model, PartSource.inMemory(List.of(row)), folder.resolve("few.onnx"), true));
        assertTrue(refused.getMessage().contains("at least 3x3 are needed"), refused.getMessage());
    }

    /** Not good, and no other part's business. */
    @Test
    void whatIsNoNumberIsNotGood() throws Exception {
        Path model = SmallModel.write(folder.resolve("nan.safetensors"), Modality.DEPTH, 1e6);
        Path out = folder.resolve("nan.onnx");
        export(model, parts, out, false);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        FloatBuffer broken = FloatBuffer.allocate(3 * 3 * SIZE * SIZE);
        broken.put(3 * SIZE * SIZE + 5, Float.NaN);
        broken.put(2 * 3 * SIZE * SIZE + 5, Float.POSITIVE_INFINITY);
        long[] shape = {3, 3, SIZE, SIZE};
        try (OrtSession session = environment.createSession(out.toString());
                OnnxTensor rgb = OnnxTensor.createTensor(environment, FloatBuffer.allocate(broken.capacity()), shape);
                OnnxTensor depth = OnnxTensor.createTensor(environment, broken, shape);
                OnnxTensor fewer = OnnxTensor.createTensor(
                        environment, FloatBuffer.allocate(3 * SIZE * SIZE), new long[] {1, 3, SIZE, SIZE})) {
            try (OrtSession.Result got = session.run(Map.of("rgb", rgb, "depth", depth))) {
                assertArrayEquals(new long[] {0, 2, 2}, (long[])
                        got.get("verdict").orElseThrow().getValue());
            }
            assertThrows(OrtException.class, () -> session.run(Map.of("rgb", rgb, "depth", fewer)));
        }
    }

    private static RgbImage noise(int width, int height, int seed) {
        byte[] rgb = new byte[3 * width * height];
        new Random(seed).nextBytes(rgb);
        return new RgbImage(width, height, rgb);
    }

    /** Unit vectors, as an image of surface normals holds them. */
    private static RgbImage directions(int width, int height, int seed) {
        Random random = new Random(seed);
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++) {
            double x = random.nextDouble() - 0.5;
            double y = random.nextDouble() - 0.5;
            double length = Math.sqrt(x * x + y * y + 1);
            rgb[3 * i] = (byte) Math.round(255 * (x / length + 1) / 2);
            rgb[3 * i + 1] = (byte) Math.round(255 * (y / length + 1) / 2);
            rgb[3 * i + 2] = (byte) Math.round(255 * (1 / length + 1) / 2);
        }
        return new RgbImage(width, height, rgb);
    }

    /** A graph that gives other results leaves no file: planted here, another model's is compared. */
    @Test
    void whatTheCheckRefuses() throws Exception {
        Path model = SmallModel.write(folder.resolve("sound.safetensors"), Modality.DEPTH, 3.0);
        Path out = folder.resolve("sound.onnx");
        export(model, parts, out, false);
        Path other = SmallModel.write(folder.resolve("shifted.safetensors"), Modality.DEPTH, null);
        ModelFile.replaceInfo(other, info -> {
            Calibration c = info.calibration();
            return info.withCalibration(
                    new Calibration(c.meanRgb() + 1e-3 * c.stdRgb(), c.stdRgb(), c.meanDepth(), c.stdDepth()));
        });
        Part first = parts.get(0).load();
        List<GraphInput> inputs = List.of(
                GraphInput.of(first, false, false, Modality.DEPTH), GraphInput.of(first, true, false, Modality.DEPTH));
        OnnxCheck.Result shifted = new OnnxCheck(other, inputs, Precision.FP32).run(out, parts, Progress.NONE);
        assertTrue(shifted.maps() > 1e-4, shifted.toString());
        InputException refused = assertThrows(InputException.class, () -> shifted.requireSame(out, Precision.FP32));
        assertTrue(refused.getMessage().startsWith(out + " was not written: in ONNX Runtime its maps differ by "));
        for (double wrong : new double[] {Double.NaN, 1}) {
            assertThrows(InputException.class, () -> result(wrong, 0, 0).requireSame(out, Precision.FP32));
            assertThrows(InputException.class, () -> result(0, wrong, 0).requireSame(out, Precision.FP32));
        }
        assertThrows(InputException.class, () -> result(0, 0, 1).requireSame(out, Precision.FP32));
    }

    private static OnnxCheck.Result result(double maps, double scores, int verdicts) {
        return new OnnxCheck.Result(
                1, maps, scores, Collections.nCopies(verdicts, "a part"), new Accuracy(1, 1, 0, true));
    }

    /** A model that is trained: of random weights, 8 bits leave no maps that resemble float32's. */
    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP16", "INT8"})
    void fewerBitsPassTheTestOfTheirPrecision(Precision precision) throws Exception {
        TrainedModel trained = TrainedModel.get();
        Path out = folder.resolve(precision + ".onnx");
        List<PartSource> compared = PartSource.inMemory(trained.parts.subList(0, 6));
        OnnxCheck.Result result = OnnxExport.run(
                trained.file, compared, out, OnnxOptions.defaults().withPrecision(precision), Progress.NONE);
        assertTrue(result.accuracy().passed(), result.toString());
        assertTrue(result.maps() > 1e-4, "it computes with fewer bits: " + result);
        assertTrue(
                Files.size(out) < Files.size(trained.file) * (precision == Precision.FP16 ? 0.55 : 0.4), out::toString);
        InputException refused = assertThrows(
                InputException.class,
                () -> new OnnxCheck.Result(6, 0, 0, List.of(), Accuracy.judged(precision, 6, 0.98, 0))
                        .requireSame(out, precision));
        assertTrue(refused.getMessage().endsWith("export it in fp32"), refused.getMessage());
    }

    @Test
    void whatCannotBeExported() throws Exception {
        Path model = SmallModel.write(folder.resolve("bad.safetensors"), Modality.DEPTH, null);
        Path out = folder.resolve("bad.onnx");
        refused("there are no normal parts", model, List.of(), out);
        float[] points = parts.get(0).load().xyz().xyz();
        Part half = Part.ofPoints("half", new PointCloud(SIZE, SIZE, points));
        refused("part half lacks a modality", model, PartSource.inMemory(List.of(half)), out);
        Files.writeString(out, "the user's");
        refused(out + " exists", model, parts, out);
        assertEquals("the user's", Files.readString(out));
        Files.delete(out);
        Path cropping = Files.copy(model, folder.resolve("cropping.safetensors"));
        ModelFile.replaceAlignment(cropping, CropBuilder.of(category.train(), SIZE, Progress.NONE));
        refused(cropping + " crops each part", cropping, parts, out);
        InputException ranges = assertThrows(
                InputException.class,
                () -> OnnxExport.run(
                        model, parts, out, OnnxOptions.defaults().withPrecision(Precision.INT8), Progress.NONE));
        assertTrue(ranges.getMessage().contains("has no ranges for the precision int8"), ranges.getMessage());
        ModelFile.replaceInfo(model, info -> info.withCalibration(null));
        refused(model + " has no calibration; run: trd calibrate", model, parts, out);
        refused("the graph", model, parts, model);
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(
                    List.of(),
                    left.map(file -> file.getFileName().toString())
                            .filter(name -> name.startsWith("bad.onnx") || name.startsWith("."))
                            .toList());
        }
    }

    private static void refused(String begins, Path model, List<? extends PartSource> compared, Path out) {
        InputException refused = assertThrows(InputException.class, () -> export(model, compared, out, false));
        assertTrue(refused.getMessage().startsWith(begins), refused.getMessage());
    }

    /** Blur and upsampling keep what is the same everywhere. */
    @Test
    void anOperatorsRowsAreWeights() {
        for (int size : new int[] {32, 64, 256}) {
            for (int side = size / 4; side >= size / 16; side /= 2) {
                double[] weights = MapNodes.operator(size, side);
                for (int y = 0; y < size; y++) {
                    double sum = 0;
                    for (int x = 0; x < side; x++) {
                        sum += weights[y * side + x];
                    }
                    assertEquals(1, sum, 1e-12);
                }
            }
        }
        assertEquals(List.of(Verdict.OK.name(), Verdict.REVIEW.name(), Verdict.NG.name()), MapNodes.VERDICTS);
    }
}
