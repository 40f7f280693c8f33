package io.trd4j;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A class of the tests as a process of its own, with this build and all that it needs. */
public final class FreshJvm {
    private FreshJvm() {}

    /** The command that runs a class, to which its arguments are added. */
    public static List<String> command(Class<?> main, List<String> options) throws IOException, URISyntaxException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        Path own =
                Path.of(main.getProtectionDomain().getCodeSource().getLocation().toURI());
        command.add("-cp");
        command.add(String.join(
                File.pathSeparator,
                System.getProperty("trd.classes"),
                own.toString(),
                Files.readString(Path.of(System.getProperty("trd.classpath"))).strip()));
        command.add(main.getName());
        return command;
    }
}
