package io.trd4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.trd4j.io.AtomicFile;
import io.trd4j.jni.NativeRuntime;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;

/** Writes {@code env.json}: everything about the machine and the build that a time may depend on. */
public final class Environment {
    private static final List<String> VARIABLES = List.of(
            "OMP_WAIT_POLICY",
            "OMP_NUM_THREADS",
            "OMP_PROC_BIND",
            "MKL_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
            "GLIBC_TUNABLES");

    private Environment() {}

    /** Arguments: the file to write, the measured commit, the flags of the run as free text. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Map<String, Object> env = new LinkedHashMap<>();
        env.put("date", ZonedDateTime.now().format(DateTimeFormatter.ISO_OFFSET_DATE_TIME));
        env.put("commit", args[1]);
        env.put("flags", args[2]);
        env.put("cpu", cpu());
        env.put("cores", Runtime.getRuntime().availableProcessors());
        env.put("memory_gib", Math.round(kibibytes("MemTotal") / 104857.6) / 10.0);
        env.put("load_average", firstLine(Path.of("/proc/loadavg")));
        env.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        env.put(
                "distribution",
                value(Path.of("/etc/os-release"), "PRETTY_NAME", "=").replace("\"", ""));
        env.put("jdk", System.getProperty("java.vendor") + " " + Runtime.version());
        env.put("compiler", output("c++", "--version"));
        env.put("libtrd", NativeRuntime.description());
        env.put("libtorch_preset", Loader.getVersion("org.bytedeco", "pytorch"));
        env.put("class_path_megabytes", Math.round(classPathBytes() / 1e5) / 10.0);
        Map<String, String> variables = new TreeMap<>();
        VARIABLES.forEach(name -> variables.put(name, System.getenv().getOrDefault(name, "")));
        variables.values().removeIf(String::isEmpty);
        env.put("variables", variables);
        ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        AtomicFile.write(Path.of(args[0]), json.writeValueAsString(env) + "\n");
    }

    /** The model name alone hides the generation on some virtual machines; family and model do not. */
    private static String cpu() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        return value(info, "model name", ":") + " (family " + value(info, "cpu family", ":") + ", model "
                + value(info, "model\t", ":") + ")";
    }

    private static double kibibytes(String key) throws IOException {
        String value = value(Path.of("/proc/meminfo"), key, ":");
        return value.equals("unknown") ? Double.NaN : Double.parseDouble(value.split(" ")[0]);
    }

    private static String value(Path file, String key, String separator) throws IOException {
        if (!Files.isReadable(file)) {
            return "unknown";
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(separator) + 1).trim())
                    .findFirst()
                    .orElse("unknown");
        }
    }

    private static String firstLine(Path file) throws IOException {
        return Files.isReadable(file)
                ? Files.readString(file).lines().findFirst().orElse("unknown")
                : "unknown";
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return "unknown";
        }
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? text.lines().findFirst().orElse("unknown") : "unknown";
    }

    /** Size of the jars trd4j needs at run time, the benchmarks' own left out. */
    private static long classPathBytes() throws IOException {
        long bytes = 0;
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (entry.endsWith(".jar")
                    && !entry.matches(
                            ".*(slf4j-nop|jmh|onnxruntime|jopt|commons-math|junit|opentest4j|apiguardian).*")) {
                bytes += Files.size(path);
            }
        }
        return bytes;
    }
}
