package io.trd4j.results;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trd4j.SmallModel;
import io.trd4j.audit.AuditCheck;
import io.trd4j.audit.AuditLog;
import io.trd4j.data.dataset.BrokenParts;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.SkippedPart;
import io.trd4j.data.dataset.SkippedParts;
import io.trd4j.evaluate.EvaluationRun;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.Verdict;
import io.trd4j.io.InputException;
import io.trd4j.io.Progress;
import io.trd4j.io.Sha256;
import io.trd4j.model.Modality;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program inspects parts to files and lines, without the command line. */
class InspectionRunTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private Path model;
    private Dataset parts;

    @BeforeEach
    void parts() throws IOException {
        model = SmallModel.write(folder.resolve("model.safetensors"), Modality.NORMALS, -1000.0);
        parts = SmallModel.category(folder.resolve("cookie"), 1, 1, 4);
    }

    private InspectionRun.Result run(SkippedParts skipped, Outputs outputs) throws IOException {
        return InspectionRun.run(model, InspectorOptions.defaults(), parts.test(), skipped, outputs, Progress.NONE);
    }

    private static List<JsonNode> parse(String lines) throws IOException {
        List<JsonNode> parsed = new ArrayList<>();
        for (String line : lines.split("\n")) {
            parsed.add(JSON.readTree(line));
        }
        return parsed;
    }

    private List<String> ids() {
        return parts.test().stream().map(PartFiles::id).toList();
    }

    @Test
    void everyPartIsAFolderALineAndAnEntry() throws IOException {
        Path out = folder.resolve("results");
        Path record = folder.resolve("audit.jsonl");
        Path file = folder.resolve("lines.jsonl");
        List<Long> steps = new ArrayList<>();
        InspectionRun.Result result;
        try (AuditLog audit = AuditLog.open(record);
                ModelInUse open = ModelInUse.open(model, InspectorOptions.defaults());
                JsonLines lines = JsonLines.replacing(file)) {
            result = InspectionRun.run(
                    open,
                    parts.test(),
                    new SkippedParts(BrokenParts.REFUSE),
                    Outputs.of(new ResultFolder(out, false), lines).withAudit(audit),
                    (name, total) -> {
                        assertEquals(ids().size(), total);
                        return (done, extra) -> steps.add(done);
                    });
            assertFalse(Files.exists(file), "it is there when it is complete");
            lines.commit();
        }
        int all = ids().size();
        assertEquals(Map.of(Verdict.NG, all), result.verdicts());
        assertEquals(all, result.inspected());
        assertEquals(List.of(), result.skipped());
        assertEquals(all, steps.size());
        assertEquals(all, steps.get(all - 1));
        assertEquals(all, AuditCheck.of(record).lines());
        List<JsonNode> lines = parse(Files.readString(file));
        assertEquals(ids(), lines.stream().map(line -> line.get("id").asText()).toList());
        try (Inspector inspector = Inspector.open(model)) {
            Inspection inspection = inspector.newInspection();
            for (int i = 0; i < all; i++) {
                PartFiles part = parts.test().get(i);
                Path one = out.resolve(part.id());
                assertEquals(JSON.readTree(one.resolve("result.json").toFile()), lines.get(i));
                for (String name : ResultFolder.FILES) {
                    assertTrue(Files.size(one.resolve(name)) > 0, name);
                }
                inspector.inspect(part.load(), inspection);
                assertEquals(inspection.score(), lines.get(i).get("score").floatValue(), "what any inspection gives");
                assertEquals(
                        Sha256.of(part.second()),
                        lines.get(i).at("/inputs/xyz/sha256").asText());
                assertEquals(Sha256.of(model), lines.get(i).at("/model/sha256").asText());
            }
        }
    }

    @Test
    void brokenPartsAreSkippedOrEndTheRun() throws IOException {
        PartFiles broken = parts.test().get(1);
        Files.write(broken.second(), new byte[100]);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Outputs outputs = Outputs.of(JsonLines.to(bytes, "memory"));
        List<String> said = new ArrayList<>();
        InspectionRun.Result result = run(new SkippedParts(why -> said.add(why.getMessage())), outputs);
        assertEquals(Map.of(Verdict.NG, ids().size() - 1), result.verdicts());
        assertEquals(List.of(new SkippedPart(broken.id(), said.get(0))), result.skipped());
        List<JsonNode> lines = parse(bytes.toString());
        assertEquals(ids(), lines.stream().map(line -> line.get("id").asText()).toList());
        assertEquals(said.get(0), lines.get(1).get("error").asText());

        bytes.reset();
        InputException refused =
                assertThrows(InputException.class, () -> run(new SkippedParts(BrokenParts.REFUSE), outputs));
        assertEquals(said.get(0), refused.getMessage());
        assertEquals(2, parse(bytes.toString()).size(), "up to the broken one, and that");
    }

    /** The part whose result cannot be written is in the record, and who reads the lines hears of it. */
    @Test
    void aStreamThatFailsEndsTheRun() throws IOException {
        Path record = folder.resolve("audit.jsonl");
        for (String why : List.of("Broken pipe", "No space left on device")) {
            OutputStream failing = new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    throw new IOException(why);
                }
            };
            IOException thrown;
            try (AuditLog audit = AuditLog.open(record)) {
                Outputs outputs =
                        Outputs.of(JsonLines.to(failing, "the socket")).withAudit(audit);
                thrown = assertThrows(IOException.class, () -> run(new SkippedParts(BrokenParts.REFUSE), outputs));
            }
            assertEquals(
                    why.startsWith("Broken")
                            ? "the socket was closed after 0 lines; the other parts were not inspected"
                            : "the socket cannot be written after 0 lines: No space left on device; the other parts "
                                    + "were not inspected",
                    thrown.getMessage());
            List<String> recorded = Files.readAllLines(record);
            assertTrue(recorded.get(recorded.size() - 1).contains(thrown.getMessage()), recorded.toString());
        }
        assertEquals(2, AuditCheck.of(record).lines());
    }

    @Test
    void anEvaluationHandsOutTheSame() throws IOException {
        ByteArrayOutputStream inspected = new ByteArrayOutputStream();
        run(new SkippedParts(BrokenParts.REFUSE), Outputs.of(JsonLines.to(inspected, "memory")));
        ByteArrayOutputStream evaluated = new ByteArrayOutputStream();
        try (ModelInUse open = ModelInUse.open(model, InspectorOptions.defaults())) {
            EvaluationRun run = EvaluationRun.prepare(parts, open.inspector().model());
            EvaluatedParts handedOut = new EvaluatedParts(run, open, JsonLines.to(evaluated, "memory"));
            run.inspect(open.inspector(), handedOut, Progress.NONE);
            handedOut.skipped();
        }
        assertEquals(withoutTimes(inspected), withoutTimes(evaluated));
    }

    private static List<JsonNode> withoutTimes(ByteArrayOutputStream lines) throws IOException {
        List<JsonNode> without = new ArrayList<>();
        for (JsonNode line : parse(lines.toString())) {
            without.add(((ObjectNode) line).without("timings_ms"));
        }
        return without;
    }

    /** Its checksum would be another one's. */
    @Test
    void anEvaluationRefusesAPartThatWasChanged() throws IOException {
        PartFiles changed = parts.test().get(1);
        byte[] other = Files.readAllBytes(parts.test().get(0).second());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ModelInUse open = ModelInUse.open(model, InspectorOptions.defaults())) {
            EvaluationRun run = EvaluationRun.prepare(parts, open.inspector().model());
            EvaluatedParts handedOut = new EvaluatedParts(run, open, JsonLines.to(bytes, "memory"));
            Path replaced = Files.write(folder.resolve("other.tiff"), other);
            Files.move(replaced, changed.second(), StandardCopyOption.REPLACE_EXISTING);
            InputException refused =
                    assertThrows(InputException.class, () -> run.inspect(open.inspector(), handedOut, Progress.NONE));
            assertTrue(
                    refused.getMessage().startsWith(changed.second() + " was changed while part "),
                    refused.getMessage());
        }
        assertEquals(1, parse(bytes.toString()).size());
    }

    /** Neither overwrites the results of another without a word. */
    @Test
    void aFolderOfOnePartAndLinesThatHaveEndedTakeNoMore() throws IOException {
        Path out = folder.resolve("one");
        Outputs single = Outputs.of(new ResultFolder(out, true));
        InputException refused =
                assertThrows(InputException.class, () -> run(new SkippedParts(BrokenParts.REFUSE), single));
        assertTrue(
                refused.getMessage().startsWith(out + " is for one part and has the results of " + ids().get(0)),
                refused.getMessage());
        Path file = folder.resolve("lines.jsonl");
        try (JsonLines lines = JsonLines.replacing(file)) {
            assertThrows(InputException.class, () -> JsonLines.replacing(file));
            run(new SkippedParts(BrokenParts.REFUSE), Outputs.of(lines));
            lines.commit();
            assertThrows(IllegalStateException.class, lines::commit);
            assertThrows(
                    IllegalStateException.class, () -> run(new SkippedParts(BrokenParts.REFUSE), Outputs.of(lines)));
        }
        assertEquals(ids().size(), parse(Files.readString(file)).size());
    }

    /** An id is a way into the folder, not out of it. */
    @Test
    void resultsStayInTheirFolder() throws IOException {
        Path out = folder.resolve("results");
        PartFiles part = parts.test().get(0);
        for (String id : List.of("../outside", "/outside", ".", "", "a/../..", "a/../../outside")) {
            PartFiles named = new PartFiles(id, part.kind(), part.rgb(), part.second(), null);
            InputException refused = assertThrows(
                    InputException.class,
                    () -> InspectionRun.run(
                            model,
                            InspectorOptions.defaults(),
                            List.of(named),
                            new SkippedParts(BrokenParts.REFUSE),
                            Outputs.of(new ResultFolder(out, false)),
                            Progress.NONE));
            assertTrue(
                    refused.getMessage().contains("would not lie in a folder of their own in " + out),
                    refused.getMessage());
        }
        assertFalse(Files.exists(folder.resolve("outside")));
    }

    @Test
    void aModelThatIsNoneIsOpenedByNobody() {
        InputException refused = assertThrows(
                InputException.class,
                () -> InspectionRun.run(
                        parts.test().get(0).rgb(),
                        InspectorOptions.defaults(),
                        parts.test(),
                        new SkippedParts(BrokenParts.REFUSE),
                        Outputs.of(part -> fail("nothing is inspected")),
                        Progress.NONE));
        assertTrue(refused.getMessage().contains(".png"), refused.getMessage());
    }
}
