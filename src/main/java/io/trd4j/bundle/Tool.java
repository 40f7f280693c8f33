package io.trd4j.bundle;

import io.trd4j.io.InputException;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.spi.ToolProvider;

/** Programs of the machine and of the JDK that packing calls; what they print is shown only when they fail. */
final class Tool {
    private Tool() {}

    /** It ended with another exit code than 0. The message has the last line that it printed. */
    static final class Failure extends IOException {
        private static final long serialVersionUID = 1;
        private final String printed;

        Failure(String name, int code, String printed) {
            super(name + " failed with exit code " + code + ": "
                    + printed.lines()
                            .filter(line -> !line.isBlank())
                            .reduce((a, b) -> b)
                            .orElse("it printed nothing"));
            this.printed = printed;
        }

        String printed() {
            return printed;
        }
    }

    /** The program in the PATH of the environment. */
    static Optional<Path> find(String name) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            Path program = Path.of(folder.isEmpty() ? "." : folder, name);
            if (Files.isRegularFile(program) && Files.isExecutable(program)) {
                return Optional.of(program);
            }
        }
        return Optional.empty();
    }

    /** @throws InputException when it is not there; the message names the package to install */
    static void require(String name, String debianPackage) {
        if (find(name).isEmpty()) {
            throw new InputException("there is no " + name
                    + " in the PATH; install it (Debian and Ubuntu: apt-get install " + debianPackage + ")");
        }
    }

    /** One of the JDK's own tools. */
    static ToolProvider jdk(String name) {
        return ToolProvider.findFirst(name)
                .orElseThrow(
                        () -> new InputException("the Java in " + System.getProperty("java.home") + " has no " + name
                                + ": it is a runtime without development tools; install a JDK 17 or "
                                + "newer, or set JAVA_HOME to one"));
    }

    /** @throws Failure when the tool fails */
    static void runJdk(String name, String... arguments) throws IOException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8);
        int code = jdk(name).run(stream, stream, arguments);
        if (code != 0) {
            throw new Failure(name, code, printed.toString(StandardCharsets.UTF_8));
        }
    }

    /**
     * Runs a program to its end and returns what it printed, both streams together.
     *
     * @throws Failure when it fails
     * @throws IOException when it cannot be started
     */
    static String run(Path folder, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .start();
        try (InputStream output = process.getInputStream()) {
            String printed = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new Failure(command.get(0), code, printed);
            }
            return printed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(command.get(0) + " was interrupted", e);
        } finally {
            process.destroy();
        }
    }
}
