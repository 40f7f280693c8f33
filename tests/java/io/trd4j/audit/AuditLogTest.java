package io.trd4j.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.SmallModel;
import io.trd4j.data.Part;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.inspect.DeviceChoice;
import io.trd4j.inspect.InputPolicy;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.InputException;
import io.trd4j.io.ProductVersion;
import io.trd4j.io.Sha256;
import io.trd4j.model.Modality;
import io.trd4j.model.Precision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines that say what was inspected, follow each other, and cannot be changed unnoticed. */
class AuditLogTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NONE = "null";

    @TempDir
    private static Path shared;

    private static Path model;
    private static PartFiles files;
    private static Part part;
    private static Inspector inspector;
    private static Inspection result;

    @TempDir
    private Path folder;

    @BeforeAll
    static void prepare() throws IOException {
        model = SmallModel.write(shared.resolve("model.safetensors"), Modality.NORMALS, -1e9);
        files = SmallModel.category(shared.resolve("cookie"), 1, 1, 7).test().get(0);
        part = files.load();
        inspector = Inspector.open(model, new InspectorOptions(1, Precision.FP32).withDevice(DeviceChoice.CPU));
        result = inspector.newInspection();
        inspector.inspect(part, result);
    }

    @AfterAll
    static void close() {
        inspector.close();
    }

    /** Records so many parts. */
    private static void record(Path file, int parts) throws IOException {
        try (AuditLog log = AuditLog.open(file, false)) {
            for (int i = 0; i < parts; i++) {
                log.inspected(part, inspector, result);
            }
        }
    }

    private static void write(Path file, List<String> lines) throws IOException {
        Files.writeString(file, String.join("\n", lines) + "\n");
    }

    private static String refusal(Path file) {
        String line =
                assertThrows(InputException.class, () -> AuditCheck.of(file)).getMessage();
        assertTrue(line.startsWith(file.toString()) && !line.contains("\n"), line);
        return line;
    }

    @Test
    void aLineSaysWhatWasInspectedByWhat() throws IOException {
        Path file = folder.resolve("new/audit.jsonl");
        Instant time = Instant.parse("2026-03-01T12:00:00.123456789Z");
        try (AuditLog log = AuditLog.open(file)) {
            assertFalse(Files.exists(file), "it appears with its first line");
            log.inspected(time, files.id(), InputHashes.of(files), inspector, result);
            log.refused(time, "a \"part\"\nof two lines", InputHashes.UNKNOWN, inspector, "it was too dark");
        }
        List<String> lines = Files.readAllLines(file);
        assertEquals(2, lines.size());
        JsonNode line = JSON.readTree(lines.get(0));
        assertEquals(NONE, line.get("previous").asText());
        assertEquals("trd4j-audit", line.get("format").asText());
        assertEquals(1, line.get("version").asInt());
        assertEquals("2026-03-01T12:00:00.123456Z", line.get("time").asText());
        assertEquals(files.id(), line.get("part").asText());
        assertEquals("NG", line.get("verdict").asText());
        assertEquals(result.score(), line.at("/scores/combined").floatValue());
        assertEquals(result.scoreRgb(), line.at("/scores/rgb").floatValue());
        assertEquals(result.scoreDepth(), line.at("/scores/depth").floatValue());
        assertEquals(
                result.deciding().name().toLowerCase(), line.get("deciding").asText());
        assertEquals(-1e9, line.at("/thresholds/combined/ng").doubleValue());
        assertEquals("rgb+depth", line.get("mode").asText());
        assertEquals(result.warnings().size(), line.get("warnings").size());
        assertEquals(result.networkNanos(), line.at("/nanoseconds/network").asLong());
        assertEquals(result.prepareNanos(), line.at("/nanoseconds/prepare").asLong());
        assertEquals(
                result.anomalyMapNanos(), line.at("/nanoseconds/anomaly_map").asLong());
        assertEquals(Sha256.of(files.rgb()), line.at("/inputs/rgb").asText());
        assertEquals(Sha256.of(files.second()), line.at("/inputs/xyz").asText());
        assertEquals(Sha256.of(model), line.get("model_sha256").asText());
        assertEquals(result.calibrationSha256(), line.get("calibration_sha256").asText());
        assertTrue(line.get("signed_by").isNull());
        assertEquals("fp32", line.get("precision").asText());
        assertEquals("cpu", line.get("device").asText());
        assertEquals(ProductVersion.number(), line.get("trd4j").asText());
        assertTrue(line.get("libtrd").asText().startsWith("libtrd ABI "), line.toString());
        assertTrue(line.get("onednn").asText().startsWith("oneDNN "), line.toString());

        JsonNode refused = JSON.readTree(lines.get(1));
        assertEquals(
                new Sha256().add(lines.get(0)).hex(), refused.get("previous").asText());
        assertEquals("a \"part\"\nof two lines", refused.get("part").asText());
        assertEquals("it was too dark", refused.get("refused").asText());
        assertTrue(refused.get("verdict").isNull() && refused.get("scores") == null);
        assertTrue(refused.at("/inputs/rgb").isNull());
        assertEquals(Sha256.of(model), refused.get("model_sha256").asText());
    }

    /** As a part lies in memory: its size as text, then the pixels, or the points as little-endian floats. */
    @Test
    void partsInMemoryAreHashedOverPixelsAndPoints() throws IOException {
        InputHashes hashes = InputHashes.of(part);
        assertEquals(new Sha256().add("64x64").add(part.rgb().rgb()).hex(), hashes.rgb());
        ByteBuffer points = ByteBuffer.allocate(64 * 64 * 3 * 4).order(ByteOrder.LITTLE_ENDIAN);
        points.asFloatBuffer().put(part.xyz().xyz());
        assertEquals(new Sha256().add("64x64").add(points).hex(), hashes.xyz());
        assertEquals(new InputHashes(hashes.rgb(), null), InputHashes.of(part.withoutSecond()));
        assertEquals(new InputHashes(null, hashes.xyz()), InputHashes.of(part.withoutRgb()));
        Instant before = Instant.now();
        inspector.inspect(part, result);
        Path file = folder.resolve("audit");
        record(file, 1);
        JsonNode line = JSON.readTree(Files.readString(file));
        assertEquals(hashes.rgb(), line.at("/inputs/rgb").asText());
        assertEquals(hashes.xyz(), line.at("/inputs/xyz").asText());
        assertEquals(part.id(), line.get("part").asText());
        assertFalse(Instant.parse(line.get("time").asText()).isBefore(before.minusSeconds(60)));
    }

    /** JSON has no NaN; without maps, and with one modality, there is less to say. */
    @Test
    void whatIsNotThereIsNull() throws IOException {
        InspectorOptions scores = new InspectorOptions(1, Precision.FP32)
                .withDevice(DeviceChoice.CPU)
                .withMaps(false)
                .withInputs(InputPolicy.inspectOther());
        Path file = folder.resolve("audit");
        try (Inspector alone = Inspector.open(model, scores);
                AuditLog log = AuditLog.open(file)) {
            Inspection inspection = alone.newInspection();
            for (Part each : List.of(part.withoutSecond(), part.withoutRgb())) {
                alone.inspect(each, inspection);
                log.inspected(each, alone, inspection);
            }
        }
        List<String> lines = Files.readAllLines(file);
        JsonNode rgb = JSON.readTree(lines.get(0));
        assertEquals("rgb-only", rgb.get("mode").asText());
        assertTrue(rgb.at("/scores/rgb").isNumber() && rgb.at("/scores/depth").isNull(), rgb.toString());
        assertTrue(rgb.get("deciding").isNull());
        assertEquals("[\"no_depth\",\"no_threshold\"]", rgb.get("warnings").toString());
        JsonNode depth = JSON.readTree(lines.get(1));
        assertTrue(depth.at("/scores/rgb").isNull() && depth.at("/scores/depth").isNumber(), depth.toString());
        assertTrue(depth.at("/inputs/rgb").isNull());
        lines.forEach(line -> assertFalse(line.contains("NaN"), line));
    }

    @Test
    void aRecordGoesOnWhereItEnded() throws IOException {
        Path file = folder.resolve("audit");
        record(file, 2);
        record(file, 3);
        AuditCheck check = AuditCheck.of(file);
        List<String> lines = Files.readAllLines(file);
        assertEquals(new AuditCheck(file, 5, 0, new Sha256().add(lines.get(4)).hex()), check);
        assertTrue(check.line().contains("5 lines"), check.line());
        // Behind a link, it is the same record.
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        record(link, 1);
        assertEquals(6, AuditCheck.of(link).lines());
        assertTrue(Files.isSymbolicLink(link));
    }

    /** Wherever a killed writer ended, the next line stands alone, and what was there is still checked. */
    @Test
    void aLineThatWasCutOffStaysAndIsCounted() throws IOException {
        Path file = folder.resolve("audit");
        record(file, 2);
        byte[] two = Files.readAllBytes(file);
        int first = new String(two).indexOf('\n') + 1;
        for (int end : new int[] {1, 5, first / 2, first - 1, first + 1, first + 20, first + 90, two.length - 1}) {
            Files.write(file, Arrays.copyOf(two, end));
            record(file, 2);
            List<String> lines = Files.readAllLines(file);
            boolean whole = end == first - 1 || end == two.length - 1;
            int before = end < first ? 1 : 2;
            assertEquals(before + 2, lines.size(), "cut at " + end);
            AuditCheck check = AuditCheck.of(file);
            assertEquals(before + 2, check.lines());
            assertEquals(whole ? 0 : 1, check.cutOff(), "cut at " + end);
            JSON.readTree(lines.get(before));
        }
    }

    @Test
    void everyChangeIsFound() throws IOException {
        Path file = folder.resolve("audit");
        record(file, 5);
        List<String> lines = Files.readAllLines(file);
        Path changed = folder.resolve("changed");
        for (int i = 0; i < 4; i++) {
            List<String> removed = new ArrayList<>(lines);
            removed.remove(i);
            write(changed, removed);
            assertTrue(refusal(changed).contains("line " + (i + 1)), refusal(changed));
            List<String> edited = new ArrayList<>(lines);
            edited.set(i, lines.get(i).replace("\"NG\"", "\"OK\""));
            write(changed, edited);
            assertTrue(refusal(changed).contains("line " + (i + 2) + " does not follow line " + (i + 1)));
            List<String> added = new ArrayList<>(lines);
            added.add(i, i == 0 ? "" : lines.get(i - 1));
            write(changed, added);
            assertTrue(refusal(changed).contains("removed or added"), refusal(changed));
            List<String> cut = new ArrayList<>(lines);
            cut.set(i, lines.get(i).substring(0, 20));
            write(changed, cut);
            refusal(changed);
        }
        // What is missing at the end shows in the last line's checksum alone.
        write(changed, lines.subList(0, 4));
        assertFalse(AuditCheck.of(changed).last().equals(AuditCheck.of(file).last()));
        Files.createFile(folder.resolve("empty"));
        assertTrue(refusal(folder.resolve("empty")).contains("is empty"));
        assertTrue(
                refusal(model).contains("is no audit record") || refusal(model).contains("line 1"));
        assertTrue(refusal(folder).contains("is a folder"));
    }

    /** Nothing is ever added to a file that is something else. */
    @Test
    void otherFilesStayAsTheyAre() throws IOException {
        for (String content : List.of("text", "{}\n", "\n", "{\"previous\":" + "x".repeat(1 << 21))) {
            Path other = Files.writeString(folder.resolve("other"), content);
            InputException refused = assertThrows(InputException.class, () -> AuditLog.open(other));
            assertEquals(
                    other + " is no audit record of trd4j, and nothing was added to it; choose another name",
                    refused.getMessage());
            assertEquals(content, Files.readString(other));
        }
        assertThrows(InputException.class, () -> AuditLog.open(folder));
        Path below = folder.resolve("other/audit");
        assertThrows(InputException.class, () -> AuditLog.open(below));
    }

    @Test
    void oneWriterAtATime() throws Exception {
        Path file = folder.resolve("audit");
        try (AuditLog log = AuditLog.open(file)) {
            for (int i = 0; i < 2; i++) {
                InputException refused = assertThrows(InputException.class, () -> AuditLog.open(file));
                assertTrue(
                        refused.getMessage().contains(file + " is being written by another run of this process"),
                        refused.getMessage());
                log.inspected(part, inspector, result);
            }
            // Threads share it.
            ExecutorService pool = Executors.newFixedThreadPool(4);
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                all.add(pool.submit(() -> {
                    for (int i = 0; i < 50; i++) {
                        log.inspected(Instant.now(), "p", InputHashes.UNKNOWN, inspector, result);
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
            pool.shutdown();
            assertEquals(202, AuditCheck.of(file).lines());
            assertEquals(0, AuditCheck.of(file).cutOff());
            log.close();
            log.close();
            assertThrows(IllegalStateException.class, () -> log.inspected(part, inspector, result));
        }
        record(file, 1);
        assertEquals(203, AuditCheck.of(file).lines());
        assertEquals(List.of(file), Files.list(folder).toList(), "no lock is left");
    }

    /** Only ever appended to, as a file must be that the system protects so. */
    @Test
    void whatSomebodyElseAddedIsKept() throws IOException {
        Path file = folder.resolve("audit");
        try (AuditLog log = AuditLog.open(file)) {
            log.inspected(part, inspector, result);
            Files.writeString(file, "intruder\n", StandardOpenOption.APPEND);
            log.inspected(part, inspector, result);
        }
        assertEquals(3, Files.readAllLines(file).size());
        assertTrue(refusal(file).contains("line 2"), refusal(file));
    }

    /** It was written, and then neither read nor gone on with. */
    @Test
    void theLongestLineIsReadAndALongerOneNotWritten() throws IOException {
        Path file = folder.resolve("audit.jsonl");
        try (AuditLog log = AuditLog.open(file, false)) {
            log.refused(Instant.EPOCH, "", InputHashes.UNKNOWN, inspector, "why");
            log.refused(Instant.EPOCH, "", InputHashes.UNKNOWN, inspector, "why");
            int rest = AuditChain.MAX_LINE - Files.readAllLines(file).get(1).length();
            log.refused(Instant.EPOCH, "n".repeat(rest), InputHashes.UNKNOWN, inspector, "why");
            InputException longer = assertThrows(
                    InputException.class,
                    () -> log.refused(Instant.EPOCH, "n".repeat(rest + 1), InputHashes.UNKNOWN, inspector, "why"));
            assertTrue(longer.getMessage().contains("1048577 bytes, more than 1048576"), longer.getMessage());
        }
        assertEquals(AuditChain.MAX_LINE, Files.readAllLines(file).get(2).length());
        record(file, 1);
        assertEquals(4, AuditCheck.of(file).lines());
    }
}
