package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.dnnl.global.dnnl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class NativeVersionsTest {
    @Test
    @EnabledOnOs(OS.LINUX)
    void libtrdLibTorchAndOneDnnShareOneOpenMpRuntime() throws IOException {
        NativeVersions.describe();
        dnnl.dnnl_version();
        Set<String> loaded = new TreeSet<>();
        Pattern library = Pattern.compile("/\\S*lib(?:gomp|iomp5|omp)\\b\\S*");
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
            Matcher matcher = library.matcher(line);
            if (matcher.find()) {
                loaded.add(matcher.group());
            }
        }
        assertEquals(1, loaded.size(), loaded::toString);
    }
}
