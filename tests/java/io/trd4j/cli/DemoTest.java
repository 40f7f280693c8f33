package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo from its first part to its last line, trained for one epoch: what it wrote, and that its advice works. */
class DemoTest {
    @Test
    void endsWithWhatToDoNext(@TempDir Path folder) throws Exception {
        Path out = folder.resolve("trd-demo");
        Cli.Outcome demo = Cli.here("demo", "--out", out, "--epochs", 1).expect(0);
        List<String> lines = demo.out().lines().toList();
        assertTrue(demo.complaints().stream().noneMatch(line -> line.contains("is short")), demo.err());
        assertTrue(
                lines.contains("The demo trains shortly on purpose: 1 epoch. trd train takes about 400 steps, at least "
                        + "10 epochs."),
                demo.out());
        assertEquals(
                2,
                lines.stream()
                        .filter(line -> line.matches("combined   (NG    |REVIEW) above \\d\\.\\d{3}: at most .*")
                                || line.matches("combined   (NG    |REVIEW) above \\d\\d\\.\\d\\d: at most .*"))
                        .count(),
                "four digits: " + demo.out());

        assertEquals(
                "look at it  open " + out.resolve("report/index.html") + " in a browser", line(lines, "look at it  "));
        assertTrue(Files.size(out.resolve("report/index.html")) > 100_000);
        assertTrue(
                Files.exists(out.resolve("results/scores.csv")) && Files.exists(out.resolve("results/metrics.json")));
        // The printed command inspects a part with a hole.
        String command = line(lines, "one part    ").replaceFirst("one part    ./trd ", "");
        Cli.run(Arrays.asList(command.split(" "))).expect(0);
        JsonNode result =
                new ObjectMapper().readTree(out.resolve("part/result.json").toFile());
        assertTrue(List.of("OK", "REVIEW", "NG").contains(result.get("verdict").asText()), result.toString());

        String documents = lines.get(lines.size() - 1);
        assertEquals("documents   README.md, then src/docs/using.md", documents);
        for (String document : documents.replaceFirst("documents   ", "").split(", then ")) {
            assertTrue(Files.exists(Cli.ROOT.resolve(document)), document);
        }
    }

    private static String line(List<String> lines, String start) {
        return lines.stream()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + start));
    }
}
