package io.trd4j.benchmarks.latency;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.data.Part;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;

/**
 * Start-up in a fresh process: from {@code Inspector.open} to the first verdict, and beside it the time to read the
 * same file once, twice over: into memory that keeps it all, as every start-up must, and through one small buffer,
 * which is the fastest way of touching every byte. Loading trd4j's native libraries is part of the start-up.
 */
public final class StartUp {
    private static final int SMALL_BYTES = 1 << 20;
    private static final long PIECE_BYTES = 1L << 30;

    private StartUp() {}

    /**
     * Arguments: folder that {@link Inputs} wrote, order ({@code open-first} or {@code read-first}). Prints one line of
     * JSON.
     */
    public static void main(String[] args) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err);
        Inputs inputs = Inputs.in(Path.of(args[0]));
        Part part = inputs.part();
        Map<String, Double> millis = new LinkedHashMap<>();
        boolean openFirst = args[1].equals("open-first");
        if (!openFirst) {
            read(inputs.model(), millis);
        }
        long start = System.nanoTime();
        try (Inspector inspector = Inspector.open(inputs.model())) {
            millis.put("open", (System.nanoTime() - start) / 1e6);
            Inspection result = inspector.newInspection();
            inspector.inspect(part, result);
            millis.put("first_verdict", (System.nanoTime() - start) / 1e6);
            long again = System.nanoTime();
            inspector.inspect(part, result);
            millis.put("second_part", (System.nanoTime() - again) / 1e6);
        }
        if (openFirst) {
            read(inputs.model(), millis);
        }
        answers.println(new ObjectMapper().writeValueAsString(millis));
    }

    private static void read(Path file, Map<String, Double> millis) throws IOException {
        long start = System.nanoTime();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            List<BytePointer> kept = new ArrayList<>();
            for (long left = channel.size(); left > 0; left -= PIECE_BYTES) {
                BytePointer piece = new BytePointer(Math.min(left, PIECE_BYTES));
                kept.add(piece);
                ByteBuffer target = piece.asByteBuffer();
                while (target.hasRemaining() && channel.read(target) >= 0) {
                    continue;
                }
            }
            millis.put("read", (System.nanoTime() - start) / 1e6);
            kept.forEach(BytePointer::close);
        }
        ByteBuffer small = ByteBuffer.allocateDirect(SMALL_BYTES);
        start = System.nanoTime();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (channel.read(small) >= 0) {
                small.clear();
            }
        }
        millis.put("read_through", (System.nanoTime() - start) / 1e6);
    }
}
