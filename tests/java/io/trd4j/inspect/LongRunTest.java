package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.FreshJvm;
import io.trd4j.Needs;
import io.trd4j.Soak;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Neither memory nor the Java heap grows with the parts, the openings or the inspectors that are dropped:
 * {@link LongRun}. As a soak test ({@code tests/soak.sh}) it goes on for {@link Soak#seconds}, and the table gets what
 * was measured at the beginning and at the end, latencies too.
 */
class LongRunTest {
    /** Beyond the hundredth that may be added: allocators keep back what other sizes and threads may want. */
    private static final long SLACK_KIB = 16 << 10;

    /** Each opening takes some 60 MiB, and there are dozens of them. */
    private static final long SLACK_OF_OPENINGS_KIB = 256 << 10;

    @TempDir
    private Path folder;

    @Test
    void memoryDoesNotGrow() throws Exception {
        Needs.oneDnn();
        Needs.that(Files.isReadable(Path.of("/proc/self/status")), "Linux's account of memory");
        Map<String, Long> run = run(2000, Soak.seconds(), Soak.seconds() == 0 ? 24 : 1000);
        row(run, run.get("parts") + " parts of changing sizes, MiB in memory", "");
        row(run, run.get("openings") + " openings, MiB in memory", "opened_");
        row(run, run.get("openings") + " inspectors dropped, MiB in memory", "dropped_");
        Soak.row(
                "p99 of the first and the last 1,000 parts, ms",
                run.get("first_p99_us") / 1e3,
                run.get("last_p99_us") / 1e3);
        assertTrue(run.get("refused") > 0 && run.get("ng") > 0 && run.get("windows") > 0, run.toString());
        assertTrue(run.get("regions") >= run.get("ng"), run.toString());
        for (String what : List.of("", "opened_", "dropped_")) {
            long first = run.get(what + "first_rss_kib");
            long last = run.get(what + "last_rss_kib");
            long slack = what.isEmpty() ? SLACK_KIB : SLACK_OF_OPENINGS_KIB;
            assertTrue(last <= first * 1.01 + slack, what + " memory: " + run);
            assertTrue(
                    run.get(what + "last_heap_kib") <= run.get(what + "first_heap_kib") + 1024, what + " heap: " + run);
        }
    }

    private static void row(Map<String, Long> run, String name, String what) throws IOException {
        Soak.row(name, run.get(what + "first_rss_kib") / 1024, run.get(what + "last_rss_kib") / 1024);
    }

    /** A heap of one size, all of it in memory from the beginning: what grows is native. */
    private Map<String, Long> run(int parts, long seconds, int openings) throws Exception {
        List<String> command = FreshJvm.command(
                LongRun.class,
                List.of(
                        "-Xms256m",
                        "-Xmx256m",
                        "-XX:+AlwaysPreTouch",
                        "-Dlogback.configurationFile=io/trd4j/cli/logback.xml",
                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"));
        command.addAll(List.of(Integer.toString(parts), Long.toString(seconds), Integer.toString(openings)));
        Path out = folder.resolve("out");
        Path errors = folder.resolve("errors");
        int code = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(errors.toFile())
                .start()
                .waitFor();
        assertEquals(0, code, Files.readString(errors));
        Map<String, Long> values = new HashMap<>();
        for (String line : Files.readAllLines(out)) {
            String[] words = line.split(" ");
            values.put(words[0], Long.parseLong(words[1]));
        }
        return values;
    }
}
