package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.FreshJvm;
import io.trd4j.SmallModel;
import io.trd4j.Soak;
import io.trd4j.model.Modality;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Verbs on a small file system: with some room and none, read-only. What was there stays bit for bit, nothing is left.
 */
@EnabledOnOs(OS.LINUX)
class FullDiskTest {
    @TempDir
    private Path folder;

    @Test
    void aFullDiskChangesNothing() throws Exception {
        Namespace.require();
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Path model = SmallModel.write(folder.resolve("model.safetensors"), Modality.NORMALS, 3.0);
        Path category = folder.resolve("parts");
        SmallModel.category(category, 2, 2, 2);
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                "-rm",
                "bash",
                "-c",
                "mount -t tmpfs -o size=1g tmpfs '" + disk + "' && cp '" + model + "' '" + disk + "' && exec \"$@\"",
                "trd"));
        command.addAll(FreshJvm.command(
                FullDiskProgram.class,
                List.of(
                        "-Xmx1g",
                        "-Dtrd.fixtures=" + System.getProperty("trd.fixtures"),
                        "-Dlogback.configurationFile=io/trd4j/cli/logback.xml")));
        command.addAll(List.of(disk.toString(), category.toString(), Long.toString(Soak.seconds())));
        Path out = folder.resolve("out.txt");
        int code = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start()
                .waitFor();
        List<String> lines = Files.readAllLines(out);
        assertEquals(0, code, lines.toString());
        String[] counts = lines.get(lines.size() - 1).split(" ");
        Soak.row("verbs on a full disk", counts[0], counts[1]);
        assertEquals("0", counts[1], String.join("\n", lines));
        assertTrue(Soak.seconds() > 0 || counts[0].equals("18"), counts[0]);
    }
}
