package io.trd4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trd4j.cli.CommandModel;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Documents say nothing of files, headings, verbs, options and numbers that are not there; wrong documents are found
 * out.
 */
class DocsTest {
    private static final Path ROOT = Golden.fixture("../..").normalize();
    private static final Map<String, Set<String>> VERBS =
            Map.of("train", Set.of("--data", "--out"), "inspect", Set.of("--model"));

    @TempDir
    private Path folder;

    private static void assertNone(List<String> faults) {
        assertEquals("", String.join("\n", faults));
    }

    @Test
    void linksAndAnchorsResolve() throws IOException {
        DocumentChecks project = new DocumentChecks(ROOT);
        assertTrue(project.count() > 10, "the project's documents are found");
        assertNone(project.links());
    }

    @Test
    void pathsExist() throws IOException {
        assertNone(new DocumentChecks(ROOT).paths());
    }

    @Test
    void linesAreShort() throws IOException {
        DocumentChecks project = new DocumentChecks(ROOT);
        assertNone(project.columns());
        assertNone(project.length("README.md", 200));
    }

    @Test
    void verbsAndOptionsExist() throws IOException {
        DocumentChecks project = new DocumentChecks(ROOT);
        assertNone(project.commands(CommandModel.verbs()));
        assertNone(project.options(CommandModel.verbs()));
    }

    @Test
    void englishIsPlain() throws IOException {
        DocumentChecks project = new DocumentChecks(ROOT);
        assertNone(project.english());
        assertNone(project.javadoc());
    }

    @Test
    void measuredTablesSayWhatTheResultsSay() throws Exception {
        assertEquals("0 ", tableCheck(ROOT));
        // A table with another number is found out.
        Files.createDirectories(folder.resolve("benchmarks"));
        for (String file : List.of("table.py", "RESULTS.md")) {
            Files.copy(
                    ROOT.resolve("benchmarks").resolve(file),
                    folder.resolve("benchmarks").resolve(file));
        }
        try (Stream<Path> results = Files.walk(ROOT.resolve("benchmarks/results"))) {
            for (Path from : results.toList()) {
                Files.copy(
                        from,
                        folder.resolve("benchmarks/results")
                                .resolve(ROOT.resolve("benchmarks/results").relativize(from)));
            }
        }
        assertEquals("0 ", tableCheck(folder));
        Path table = folder.resolve("benchmarks/RESULTS.md");
        Files.writeString(table, Files.readString(table).replace("| 729 ms |", "| 728 ms |"));
        assertEquals(
                "1 benchmarks/RESULTS.md is older than benchmarks/results; run python3 benchmarks/table.py\n",
                tableCheck(folder));
    }

    /** The exit code and the output of {@code benchmarks/table.py --check}. */
    private static String tableCheck(Path root) throws Exception {
        String path = System.getenv().getOrDefault("PATH", "");
        assumeTrue(
                Stream.of(path.split(File.pathSeparator)).anyMatch(f -> Files.isExecutable(Path.of(f, "python3"))),
                "there is no python3 to compare the tables with");
        Process process = new ProcessBuilder(
                        "python3", root.resolve("benchmarks/table.py").toString(), "--check")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "table.py hangs");
        return process.exitValue() + " " + output;
    }

    private void write(String path, String... lines) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, String.join("\n", lines) + "\n");
    }

    private DocumentChecks planted() throws IOException {
        return new DocumentChecks(folder);
    }

    @Test
    void anAnchorIsGitHubs() throws IOException {
        write(
                "README.md",
                "# `bench --json`",
                "## Precision, threads: memory",
                "## Same",
                "## Same",
                "```",
                "# no heading",
                "```",
                "### [A link](x) and_more!");
        assertEquals(
                Set.of("bench---json", "precision-threads-memory", "same", "same-1", "a-link-and_more"),
                new Markdown(folder.resolve("README.md")).anchors());
    }

    @Test
    void deadLinksAreFound() throws IOException {
        write("src/docs/other.md", "# Other", "## The one");
        write("src/x.cpp", "");
        write(
                "README.md",
                "# Title",
                "[a](src/docs/other.md#the-one) [b](#title) [c](https://example.org/x#y) `[no](link)`",
                "[gone](src/docs/gone.md)",
                "[`code`](src/docs/other.md#the-two) and [c](#titel)",
                "![picture](src/docs/images/x.png)",
                "[up](../outside.md)",
                "[line](src/x.cpp#L3)",
                "```",
                "[code](not/checked.md)",
                "```");
        assertEquals(
                List.of(
                        "README.md:3: there is no src/docs/gone.md",
                        "README.md:4: there is no heading for src/docs/other.md#the-two",
                        "README.md:4: there is no heading for #titel",
                        "README.md:5: there is no src/docs/images/x.png",
                        "README.md:6: there is no ../outside.md",
                        "README.md:7: src/x.cpp#L3 has an anchor in a file without headings"),
                planted().links());
    }

    @Test
    void deadPathsAreFound() throws IOException {
        write("native/src/winograd/winograd_cpu.cpp", "");
        write("native/include/trd.h", "");
        write(
                "src/docs/a.md",
                "`native/src/winograd/` `src/docs` `trd.h` `native/src/<op>/<op>_cpu.cpp` `winograd_cpu.cpp` "
                        + "`a/b` `x/y.png` `native/OUT/x.h`",
                "`native/src/trd.cpp`, `src/trd.cpp`",
                "`native/tests`",
                "`nowhere.hpp` in `target/x.cpp`",
                "`native/src/<op>/<op>_cuda.cu`");
        write("native/README.md", "`src/<op>` `include/trd.h` `../src/docs/a.md`", "`src/gone` and `../gone.sh`");
        assertEquals(
                List.of(
                        "native/README.md:2: there is no src/gone",
                        "native/README.md:2: there is no ../gone.sh",
                        "src/docs/a.md:2: there is no native/src/trd.cpp",
                        "src/docs/a.md:2: there is no src/trd.cpp",
                        "src/docs/a.md:3: there is no native/tests",
                        "src/docs/a.md:4: there is no nowhere.hpp",
                        "src/docs/a.md:5: there is no native/src/<op>/<op>_cuda.cu"),
                planted().paths());
    }

    @Test
    void longLinesAreFound() throws IOException {
        String word = "x".repeat(121);
        write(
                "README.md",
                "x".repeat(120),
                word,
                "| " + word + " |",
                "[" + "x".repeat(100) + "](" + word + ")",
                "https://" + word,
                "```",
                word,
                "```",
                "```java",
                word,
                "```");
        assertEquals(
                List.of("README.md:2: 121 columns, more than 120", "README.md:10: 121 columns, more than 120"),
                planted().columns());
        assertEquals(List.of("README.md:11: more than 10 lines"), planted().length("README.md", 10));
        assertEquals(List.of(), planted().length("README.md", 11));
    }

    @Test
    void wrongCommandsAreFound() throws IOException {
        write(
                "README.md",
                "`trd train --data X` then `trd trian`, `./trd train --epoch 3`",
                "```",
                "./trd train --data X \\",
                "    --put Y",
                "run.sh trd train --out X   # not --looked at",
                "trd: inspect --bad",
                "```",
                "`--data DIR`, `--date`, `other --thing`");
        assertEquals(
                List.of(
                        "README.md:4: trd train has no option --put",
                        "README.md:1: there is no verb 'trian'",
                        "README.md:1: trd train has no option --epoch",
                        "no document has trd inspect"),
                planted().commands(VERBS));
        assertEquals(
                List.of("README.md:8: no verb has the option --date"), planted().options(VERBS));
    }

    @Test
    void badEnglishIsFound() throws IOException {
        write("native/README.md", "All tests, save one.", "`save` is code.", "A saved file is saved. What it is.");
        write(
                "src/docs/a.md",
                "# What it is",
                "A file. What it holds is",
                "- **What is",
                "this is what it says: what",
                "`What` is code");
        write(
                "src/main/java/A.java",
                "/** What it is. */",
                "class A {",
                "    /**",
                "     * What it does, save this.",
                "     */",
                "    int a;",
                "    /** A thing, saved. */",
                "    // All of it, save",
                "    int what; // save me",
                "}");
        assertEquals(
                List.of(
                        "native/README.md:1: \"save\": write \"except\"",
                        "src/docs/a.md:1: a sentence begins with \"What\"",
                        "src/docs/a.md:2: a sentence begins with \"What\"",
                        "src/docs/a.md:3: a sentence begins with \"What\""),
                planted().english());
        assertEquals(
                List.of(
                        "src/main/java/A.java:1: Javadoc begins with \"What\"",
                        "src/main/java/A.java:3: Javadoc begins with \"What\"",
                        "src/main/java/A.java:4: \"save\": write \"except\"",
                        "src/main/java/A.java:8: \"save\": write \"except\""),
                planted().javadoc());
    }
}
