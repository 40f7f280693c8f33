package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.audit.AuditCheck;
import io.trd4j.audit.AuditLog;
import io.trd4j.audit.InputHashes;
import io.trd4j.inspect.DeviceChoice;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code trd inspect --audit} and {@code trd verify --audit}. */
class AuditTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path w;

    private Sample sample;
    private Path record;

    @BeforeEach
    void prepare() throws IOException {
        sample = Sample.get();
        record = w.resolve("audit.jsonl");
    }

    private List<Object> inspect(Object... more) {
        List<Object> words = new ArrayList<>(
                List.of("inspect", "--model", sample.model, "--out", w.resolve("out"), "--audit", record));
        words.addAll(List.of(more));
        return words;
    }

    private Object[] one() {
        return new Object[] {"--rgb", sample.rgb("test/hole/000"), "--xyz", sample.xyz("test/hole/000")};
    }

    private List<JsonNode> lines() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(record)) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    /** Of a folder, the parts that were left out too, where they were found to be bad when it was listed or read. */
    @Test
    void everyPartIsALine() throws IOException {
        Path data = w.resolve("data");
        for (String name : List.of("000", "001", "002")) {
            for (String kind : List.of("rgb", "xyz")) {
                Path from = kind.equals("rgb") ? sample.rgb("test/good/000") : sample.xyz("test/good/000");
                Path to = data.resolve(kind).resolve(name + (kind.equals("rgb") ? ".png" : ".tiff"));
                Files.createDirectories(to.getParent());
                Files.copy(from, to);
            }
        }
        Files.delete(data.resolve("xyz/001.tiff"));
        byte[] cloud = Files.readAllBytes(data.resolve("xyz/002.tiff"));
        Files.write(data.resolve("xyz/002.tiff"), Arrays.copyOf(cloud, cloud.length / 2));
        Cli.run(inspect("--data", data, "--skip-broken", "--no-audit-sync")).expect(0);
        List<JsonNode> lines = lines();
        assertEquals(3, lines.size());
        JsonNode unpaired = lines.get(0);
        JsonNode good = lines.get(1);
        JsonNode broken = lines.get(2);
        assertTrue(unpaired.get("refused").asText().contains("001"), unpaired.toString());
        assertTrue(broken.get("refused").asText().contains("002.tiff"), broken.toString());
        assertEquals(
                Sha256.of(data.resolve("xyz/002.tiff")),
                broken.at("/inputs/xyz").asText());
        assertTrue(good.get("refused") == null);
        JsonNode result = JSON.readTree(w.resolve("out")
                .resolve(good.get("part").asText())
                .resolve("result.json")
                .toFile());
        assertEquals(result.get("score"), good.at("/scores/combined"));
        assertEquals(result.get("score_rgb"), good.at("/scores/rgb"));
        assertEquals(result.get("verdict"), good.get("verdict"));
        assertEquals(result.get("thresholds"), good.get("thresholds"));
        assertEquals(result.get("deciding"), good.get("deciding"));
        assertEquals(result.at("/model/sha256"), good.get("model_sha256"));
        assertEquals(result.at("/inputs/rgb/sha256"), good.at("/inputs/rgb"));
        assertEquals(result.at("/inputs/xyz/sha256"), good.at("/inputs/xyz"));
        assertEquals(result.get("calibration_sha256"), good.get("calibration_sha256"));
        String verified = Cli.here("verify", "--audit", record).expect(0).out();
        assertEquals(AuditCheck.of(record).line() + "\n", verified);
        // A second run goes on, a changed record is found.
        Cli.run(inspect(one())).expect(0);
        assertEquals(4, AuditCheck.of(record).lines());
        Files.writeString(record, Files.readString(record).replaceFirst("rgb\\+depth", "rgb-only"));
        Cli.Outcome refused = Cli.here("verify", "--audit", record).expect(2);
        assertEquals(
                "trd: " + record + ": line 3 does not follow line 2: one of them was changed, or lines between them "
                        + "removed or added\n",
                refused.err());
    }

    @Test
    void aBadPartAloneIsALineToo() throws IOException {
        Path none = w.resolve("none.tiff");
        String missing = Cli.run(inspect("--rgb", sample.rgb("test/hole/000"), "--xyz", none))
                .expect(2)
                .err();
        Path text = Files.writeString(w.resolve("text.png"), "no image");
        String damaged = Cli.run(inspect("--rgb", text, "--xyz", sample.xyz("test/hole/000")))
                .expect(2)
                .err();
        List<JsonNode> lines = lines();
        assertEquals("trd: " + lines.get(0).get("refused").asText() + "\n", missing);
        assertEquals("trd: " + lines.get(1).get("refused").asText() + "\n", damaged);
        assertTrue(lines.get(0).at("/inputs/xyz").isNull());
        assertEquals(Sha256.of(text), lines.get(1).at("/inputs/rgb").asText());
    }

    @Test
    void theSignatureIsRecorded() throws IOException {
        Path model = Files.createLink(w.resolve("m.safetensors"), sample.model);
        Cli.here("sign", "--new-key", w.resolve("key")).expect(0);
        Cli.here("sign", "--model", model, "--key", w.resolve("key")).expect(0);
        List<Object> words = inspect(one());
        words.set(2, model);
        words.addAll(List.of("--trusted", w.resolve("key.pub")));
        Cli.run(words).expect(0);
        String id = Files.readAllLines(w.resolve("m.safetensors.sig")).get(3).replace("key ", "");
        assertEquals(id, lines().get(0).get("signed_by").asText());
    }

    @Test
    void aSecondWriterIsRefusedAndNothingIsWritten() throws IOException {
        AuditLog first = AuditLog.open(record);
        Cli.Outcome refused = Cli.run(inspect(one())).expect(2);
        assertEquals(
                "trd: " + record
                        + " is being written by another run of this process; wait for its end, or choose another name\n",
                refused.err());
        assertEquals("", refused.out());
        assertFalse(Files.exists(w.resolve("out")));
        first.close();
    }

    /** A limit on the size of files stands for a full disk: the record is the one file that reaches it. */
    @Test
    void aFullDiskIsOneLineBehindTheVerdict() throws Exception {
        int limit = 200;
        try (Inspector inspector =
                        Inspector.open(sample.model, InspectorOptions.defaults().withDevice(DeviceChoice.CPU));
                AuditLog log = AuditLog.open(record)) {
            String why = "x".repeat(limit * 1024 - 1000);
            log.refused(Instant.now(), "long", InputHashes.UNKNOWN, inspector, why);
        }
        Cli.Outcome full = Cli.in(w)
                .before("ulimit -f " + limit)
                .jvm("-XX:-UsePerfData")
                .run(inspect(one()).toArray())
                .expect(1);
        assertTrue(full.out().startsWith("000: score "), full.out());
        assertTrue(Files.exists(w.resolve("out/result.json")));
        assertEquals(1, full.complaints().size(), full.err());
        String line = full.complaints().get(0);
        assertTrue(line.startsWith("trd: " + record + " cannot be written: "), line);
        assertTrue(line.endsWith(
                "make room on the disk or choose another place: the audit record has no line of part 000"));
        // What reached the disk of the line is completed by the next one.
        Cli.run(inspect(one())).expect(0);
        AuditCheck check = AuditCheck.of(record);
        assertEquals(List.of(3L, 1L), List.of(check.lines(), check.cutOff()));
    }
}
