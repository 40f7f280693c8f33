package io.trd4j.benchmarks.latency;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A side in a process: loads, runs one pass, writes its maps for the check, then waits. A line {@code run K} on
 * standard input is answered by one untimed pass, which wakes sleeping threads and fills the caches, and K timed ones.
 * Every answer is one line of JSON on standard output; other lines there are libraries' talk. The end of the input ends
 * the process.
 */
public final class SideMain {
    private SideMain() {}

    /** Arguments: engine, precision, folder that {@link Inputs} wrote, threads, file for the maps. */
    public static void main(String[] args) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err);
        ObjectMapper json = new ObjectMapper();
        Path maps = Path.of(args[4]);
        long start = System.nanoTime();
        try (Side side = open(args[0], args[1], Inputs.in(Path.of(args[2])), Integer.parseInt(args[3]))) {
            side.pass();
            double millis = (System.nanoTime() - start) / 1e6;
            write(maps, side.maps());
            Map<String, Object> ready = new LinkedHashMap<>();
            ready.put("version", side.version());
            ready.put("setting", side.setting());
            ready.put("blurred", side.blurred());
            ready.put("load_ms", millis);
            answers.println(json.writeValueAsString(ready));
            BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                answers.println(json.writeValueAsString(run(side, Integer.parseInt(line.substring("run ".length())))));
            }
        } catch (Side.Unavailable e) {
            answers.println(json.writeValueAsString(Map.of("unavailable", e.getMessage())));
        }
    }

    private static Side open(String engine, String precision, Inputs inputs, int threads) throws IOException {
        return switch (engine) {
            case "trd4j" -> new TrdSide(inputs, precision, threads);
            case "onnxruntime" -> new OnnxRuntimeSide(inputs, threads);
            case "libtorch-fused" -> new FusedSide(inputs, precision, threads);
            case "libtorch" -> new LibTorchSide(inputs, threads);
            default -> throw new IllegalArgumentException("no engine is called " + engine);
        };
    }

    /** Milliseconds of each pass, by stage: {@code {"network": [...], ...}}. */
    private static Map<String, List<Double>> run(Side side, int passes) {
        side.pass();
        Map<String, List<Double>> millis = new LinkedHashMap<>();
        for (int i = 0; i < passes; i++) {
            side.pass()
                    .forEach((stage, ms) -> millis.computeIfAbsent(stage, s -> new ArrayList<>())
                            .add(ms));
        }
        return millis;
    }

    private static void write(Path file, float[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        Files.write(file, bytes.array());
    }
}
