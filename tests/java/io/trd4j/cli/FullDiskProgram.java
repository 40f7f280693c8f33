package io.trd4j.cli;

import io.trd4j.io.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs verbs that write on a file system with little room, or none, or that became read-only, in a namespace that may
 * mount it anew. Arguments: the file system, which holds {@code model.safetensors}; a category; seconds, 0 = each case
 * once. The last line is the number of tries and of faults; a line before it describes each fault.
 */
final class FullDiskProgram {
    private static final long KIB = 1024;
    private static final int AMPLE_KIB = 1 << 20;
    private static final int READ_ONLY = -1;
    /** The line of a training whose state has no room, and which goes on. */
    private static final Pattern STATE =
            Pattern.compile("trd: \\S+\\.state cannot be written: .*; the run goes on, .*");

    private final Path disk;
    private final Path model;
    private final Map<String, List<Object>> verbs = new LinkedHashMap<>();
    private int tries;
    private int faults;

    private FullDiskProgram(Path disk, Path category) {
        this.disk = disk;
        model = disk.resolve("model.safetensors");
        verbs.put("threshold", List.of("threshold", "--model", model, "--ng", 3));
        verbs.put("calibrate", List.of("calibrate", "--model", model, "--data", category, "--no-sensitivity"));
        verbs.put("evaluate", inspecting("evaluate", category, "--out", "ev", "--maps"));
        verbs.put("report", inspecting("report", category, "--out", "report.html"));
        verbs.put("inspect --out", inspecting("inspect", category, "--out", "results"));
        verbs.put("inspect --json", inspecting("inspect", category, "--json", "lines.json"));
        verbs.put(
                "export",
                List.of(
                        "export",
                        "--model",
                        model,
                        "--to",
                        "pth",
                        "--out",
                        disk.resolve("x/students.pth"),
                        "--teacher-out",
                        disk.resolve("x/teacher.pth")));
        Path students = category.resolveSibling("students.pth");
        Path teacher = category.resolveSibling("teacher.pth");
        Cli.here("export", "--model", model, "--to", "pth", "--out", students, "--teacher-out", teacher)
                .expect(0);
        verbs.put(
                "import",
                List.of(
                        "import",
                        "--student",
                        students,
                        "--teacher",
                        teacher,
                        "--backbone",
                        "resnet18",
                        "--modality",
                        "normals",
                        "--size",
                        64,
                        "--out",
                        disk.resolve("imported.safetensors")));
        verbs.put("export --to onnx", inspecting("export", category, "--out", "model.onnx", "--to", "onnx"));
        verbs.put("sign", List.of("sign", "--new-key", disk.resolve("key")));
        verbs.put("synth", List.of("synth", "--out", disk.resolve("new"), "--size", 64, "--train", 1));
        verbs.put(
                "train",
                List.of(
                        "train",
                        "--data",
                        category,
                        "--out",
                        disk.resolve("new.safetensors"),
                        "--size",
                        64,
                        "--epochs",
                        1,
                        "--batch",
                        2,
                        "--backbone",
                        "resnet18",
                        "--teacher",
                        "random",
                        "--state-every",
                        0,
                        "--no-sensitivity"));
    }

    private List<Object> inspecting(String verb, Path category, String to, String name, String... more) {
        List<Object> all = new ArrayList<>(List.of(verb, "--model", model, "--data", category, to, disk.resolve(name)));
        all.addAll(List.of(more));
        return all;
    }

    public static void main(String[] args) throws Exception {
        FullDiskProgram program = new FullDiskProgram(Path.of(args[0]), Path.of(args[1]));
        long seconds = Long.parseLong(args[2]);
        long end = System.nanoTime() + seconds * 1_000_000_000;
        Random random = new Random(seconds);
        List<String> names = List.copyOf(program.verbs.keySet());
        if (seconds == 0) {
            for (String name : names) {
                program.attempt(name, name.equals("train") || name.equals("calibrate") ? 4 : 0);
            }
            for (String name : List.of("threshold", "inspect --out", "export")) {
                program.attempt(name, 1000);
                program.attempt(name, READ_ONLY);
            }
        }
        while (System.nanoTime() < end) {
            // As likely a few pages as half of a model.
            int room = random.nextInt(8) == 0 ? READ_ONLY : (int) Math.pow(2, random.nextDouble() * 18) - 1;
            program.attempt(names.get(random.nextInt(names.size())), room);
        }
        System.out.println(program.tries + " " + program.faults);
        System.exit(0);
    }

    private void attempt(String name, int room) throws IOException, InterruptedException {
        Map<String, String> before = listing();
        mount(room == READ_ONLY ? "ro" : "size=" + (used() + room) + "k");
        Cli.Outcome outcome = Cli.run(verbs.get(name));
        mount(room == READ_ONLY ? "rw" : "size=" + AMPLE_KIB + "k");
        tries++;
        String fault = outcome.code() == 0 ? null : fault(outcome, before);
        if (fault != null) {
            faults++;
            System.out.println(name + " with " + room + " KiB: " + fault + "\n" + outcome.err());
        }
        if (outcome.code() == 0) {
            clear(before);
        }
    }

    private String fault(Cli.Outcome outcome, Map<String, String> before) throws IOException {
        List<String> lines = outcome.complaints().stream()
                .filter(line -> !STATE.matcher(line).matches())
                .toList();
        if (outcome.code() > 2) {
            return "exit code " + outcome.code();
        }
        if (lines.size() != 1
                || !lines.get(0).startsWith("trd: " + disk)
                || !lines.get(0).contains(" cannot be written")) {
            return "not one line that names the file";
        }
        return listing().equals(before)
                ? null
                : "files were changed or left: " + listing().keySet();
    }

    /** Removes the files of a run that had room. */
    private void clear(Map<String, String> before) throws IOException {
        try (Stream<Path> walk = Files.walk(disk)) {
            for (Path path : walk.sorted((a, b) -> b.compareTo(a)).toList()) {
                if (!before.containsKey(path.toString())) {
                    Files.delete(path);
                }
            }
        }
    }

    private Map<String, String> listing() throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(disk)) {
            for (Path path : walk.toList()) {
                found.put(path.toString(), Files.isRegularFile(path) ? Sha256.of(path) : "");
            }
        }
        return found;
    }

    private long used() throws IOException {
        var store = Files.getFileStore(disk);
        return (store.getTotalSpace() - store.getUnallocatedSpace()) / KIB;
    }

    private void mount(String options) throws IOException, InterruptedException {
        int code = new ProcessBuilder("mount", "-o", "remount," + options, disk.toString())
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("mount -o remount," + options + " ended with " + code);
        }
    }
}
