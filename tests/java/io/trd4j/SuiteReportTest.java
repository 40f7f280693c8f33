package io.trd4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of {@code trd test}, from reports in surefire's form. */
class SuiteReportTest {
    private static final FileTime START = FileTime.fromMillis(1_000_000);

    @TempDir
    private Path folder;

    private Path write(String name, String seconds, String... skipped) throws IOException {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"io.trd4j."
                + name + "\" time=\"" + seconds + "\"><testcase name=\"passes\"/>");
        for (String reason : skipped) {
            xml.append("<testcase name=\"t\"><skipped ")
                    .append(
                            reason == null
                                    ? "/>"
                                    : reason.startsWith("Assumption")
                                            ? "type=\"org.opentest4j.TestAbortedException\"><![CDATA[org.opentest4j.TestAbortedException: "
                                                    + reason + "\n\tat io.trd4j.T.t(T.java:1)\n]]></skipped>"
                                            : "message=\"" + reason + "\"/>")
                    .append("</testcase>");
        }
        return Files.writeString(folder.resolve("TEST-io.trd4j." + name + ".xml"), xml + "</testsuite>\n");
    }

    @Test
    void theSlowestAndTheSkippedAreNamed() throws Exception {
        String bf16 = "Assumption failed: needs AVX-512 BF16";
        write("a.OneTest", "1,061.2", bf16, bf16, "Assumption failed: needs a GPU");
        write(
                "a.TwoTest",
                "3.6",
                "Assumption failed: needs instruction set AVX2_VNNI",
                "Assumption failed: needs instruction set AVX512_CORE");
        write("ThreeTest", "0.01", "Disabled on operating system: Linux&#10;more", null);
        for (String name : List.of("A", "B", "C")) {
            write(name, "1");
        }
        Files.setLastModifiedTime(write("OldTest", "99", bf16), FileTime.fromMillis(START.toMillis() - 1));
        Files.writeString(folder.resolve("OneTest.txt"), "not a report");
        assertEquals(
                List.of(
                        "slowest test classes (budget 60 s each): OneTest 1061 s (over), TwoTest 4 s, A 1 s, B "
                                + "1 s, C 1 s",
                        "skipped: 1 test (Disabled on operating system: Linux), 2 that need AVX-512 BF16, 1 "
                                + "that needs a GPU, 1 (without a reason)"
                                + "; instruction sets not tested on this CPU: AVX2_VNNI, AVX512_CORE"),
                SuiteReport.lines(folder, START));
    }

    @Test
    void nothingSkippedAndNothingRun() throws Exception {
        assertEquals(List.of(), SuiteReport.lines(folder, START));
        assertEquals(List.of(), SuiteReport.lines(folder.resolve("none"), START));
        write("a.OneTest", "0.4");
        assertEquals(
                List.of("slowest test classes (budget 60 s each): OneTest 0 s", "skipped: no test"),
                SuiteReport.lines(folder, START));
    }
}
