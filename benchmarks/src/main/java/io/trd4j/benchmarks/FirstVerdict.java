package io.trd4j.benchmarks;

import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;

/**
 * From the start of a fresh JVM to its first verdict on a part in memory, with and without an archive of its classes
 * ({@code -XX:SharedArchiveFile}), in turn. Arguments: a model that is not aligned, and the rounds. Its class path is
 * jars and this class, as an application's is.
 */
public final class FirstVerdict {
    private static final int SIDE = 256;

    private FirstVerdict() {}

    /**
     * With one argument the fresh JVM itself, which prints milliseconds: at main, with the model open, with a verdict.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length == 1) {
            inspect(Path.of(arguments[0]));
            return;
        }
        Path folder = Files.createTempDirectory("first-verdict");
        Path archive = folder.resolve("classes.jsa");
        String path = ownJar(folder)
                + File.pathSeparator
                + Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> entry.endsWith(".jar"))
                        .collect(Collectors.joining(File.pathSeparator));
        run(path, arguments[0], "-XX:ArchiveClassesAtExit=" + archive);
        List<double[]> plain = new ArrayList<>();
        List<double[]> shared = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
            plain.add(run(path, arguments[0], "-Xshare:auto"));
            shared.add(run(path, arguments[0], "-XX:SharedArchiveFile=" + archive));
        }
        print("no archive", plain);
        print("archive", shared);
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private static void inspect(Path model) throws IOException {
        long start = ManagementFactory.getRuntimeMXBean().getStartTime();
        long main = System.currentTimeMillis() - start;
        byte[] rgb = new byte[3 * SIDE * SIDE];
        float[] xyz = new float[3 * SIDE * SIDE];
        for (int i = 0; i < SIDE * SIDE; i++) {
            for (int c = 0; c < 3; c++) {
                rgb[3 * i + c] = (byte) (60 + 30 * c + i * 7 % 50);
            }
            xyz[3 * i] = 0.001f * (i % SIDE);
            xyz[3 * i + 1] = 0.001f * (i / SIDE);
            xyz[3 * i + 2] = 0.4f + 0.0002f * (i % 5);
        }
        try (Inspector inspector = Inspector.open(model)) {
            long open = System.currentTimeMillis() - start;
            Inspection result = inspector.newInspection();
            inspector.inspect(Part.of("first", new RgbImage(SIDE, SIDE, rgb), new PointCloud(SIDE, SIDE, xyz)), result);
            System.out.println(main + " " + open + " " + (System.currentTimeMillis() - start) + " "
                    + inspector.precision().key() + " " + inspector.threads());
        }
    }

    private static Path ownJar(Path folder) throws IOException {
        Path jar = folder.resolve("first-verdict.jar");
        String name = FirstVerdict.class.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                InputStream own = FirstVerdict.class.getClassLoader().getResourceAsStream(name)) {
            entries.putNextEntry(new JarEntry(name));
            own.transferTo(entries);
        }
        return jar;
    }

    /** Milliseconds at main, with the model open, with a verdict, and until the process has ended. */
    private static double[] run(String path, String model, String option) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), option));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--enable-native-access"))
                .forEach(command::add);
        command.addAll(List.of("-cp", path, FirstVerdict.class.getName(), model));
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int code = process.waitFor();
        double all = (System.nanoTime() - begin) / 1e6;
        if (code != 0) {
            throw new IOException("the fresh JVM ended with " + code);
        }
        String[] words = line.split(" ");
        return new double[] {
            Double.parseDouble(words[0]), Double.parseDouble(words[1]), Double.parseDouble(words[2]), all
        };
    }

    private static void print(String name, List<double[]> runs) {
        String[] stages = {"main", "model open", "first verdict", "process ended"};
        StringBuilder line = new StringBuilder(name);
        for (int stage = 0; stage < stages.length; stage++) {
            int column = stage;
            double[] sorted =
                    runs.stream().mapToDouble(run -> run[column]).sorted().toArray();
            line.append(String.format(
                    Locale.ROOT,
                    ", %s: median %.0f (%.0f to %.0f) ms",
                    stages[stage],
                    sorted[sorted.length / 2],
                    sorted[0],
                    sorted[sorted.length - 1]));
        }
        System.out.println(line);
    }
}
