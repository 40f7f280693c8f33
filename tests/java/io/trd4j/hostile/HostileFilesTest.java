package io.trd4j.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.trd4j.FreshJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every reader of files of others, with files that were changed: see {@link Hostile}. */
class HostileFilesTest {
    @TempDir
    private Path folder;

    /** In a process of their own: it may not end otherwise than it should, and no library may write on its errors. */
    @Test
    void images() throws Exception {
        List<String> options = new ArrayList<>(List.of("-Xmx1g", "-Djava.awt.headless=true"));
        for (String property : List.of(
                "trd.fixtures", "logback.configurationFile", "trd.hostile", "trd.hostile.seed", "trd.soak.table")) {
            if (System.getProperty(property) != null) {
                options.add("-D" + property + "=" + System.getProperty(property));
            }
        }
        List<String> command = FreshJvm.command(HostileImages.class, options);
        command.add(folder.toString());
        Path errors = folder.resolve("errors");
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO().redirectError(errors.toFile());
        builder.environment().remove("OPENCV_LOG_LEVEL");
        builder.environment().remove("JDK_JAVA_OPTIONS");
        int code = builder.start().waitFor();
        assertEquals("", Files.readString(errors));
        assertEquals(0, code);
    }

    @TestFactory
    Stream<DynamicTest> others() throws IOException {
        return Readers.others().stream()
                .map(reader -> DynamicTest.dynamicTest(reader.name(), () -> Hostile.check(reader, folder)));
    }
}
