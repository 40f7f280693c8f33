package io.trd4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.Modality;
import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.engine.Inspection;
import io.trd4j.engine.Inspector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example of embedding: it compiles, it runs, and it stands in the README as it stands here. */
class EmbeddingExampleTest {
    private static final int WIDTH = 96;
    private static final int HEIGHT = 80;

    private final List<Float> scores = new ArrayList<>();
    private final List<float[]> maps = new ArrayList<>();

    /** What a camera's driver gives. */
    private record Frame(String name, int width, int height, byte[] rgb, float[] xyz) {}

    private void inspectAll(Path modelFile, List<Frame> camera) throws IOException {
        // README: from here
        try (Inspector inspector = Inspector.open(modelFile)) {      // once: reads the model; one thread at a time
            Inspection result = inspector.newInspection();           // once: filled anew by every inspect
            inspector.warmUp();                                      // so that the first part is not the slow one
            for (Frame f : camera) {                                 // byte[] rgb, float[] xyz in metres, row by row
                Part part = Part.of(f.name(), new RgbImage(f.width(), f.height(), f.rgb()),
                        new PointCloud(f.width(), f.height(), f.xyz()));
                inspector.inspect(part, result);
                report(part.id(), result.score(), result.map());     // map: size x size, copy it to keep it
            }
        }
        // README: to here
    }

    private void report(String id, float score, float[] map) {
        scores.add(score);
        maps.add(map.clone());
    }

    @Test
    void runs(@TempDir Path folder) throws IOException {
        Path model = SmallModel.write(folder.resolve("model.safetensors"), Modality.NORMALS, null);
        inspectAll(model, List.of(frame("a", 0), frame("b", 1), frame("a again", 0)));
        assertEquals(3, scores.size());
        for (int i = 0; i < 3; i++) {
            assertEquals(SmallModel.SIZE * SmallModel.SIZE, maps.get(i).length);
            float maximum = Float.NEGATIVE_INFINITY;
            for (float v : maps.get(i)) {
                assertTrue(Float.isFinite(v));
                maximum = Math.max(maximum, v);
            }
            assertEquals(maximum, scores.get(i), "the score is the map's maximum");
        }
        assertNotEquals(scores.get(0), scores.get(1), "another part has another score");
        assertArrayEquals(maps.get(0), maps.get(2), "the same part gives the same bits");
    }

    @Test
    void standsInTheReadme() throws IOException {
        Path root = Golden.fixture("../..");
        List<String> source = Files.readAllLines(root.resolve("tests/java/io/trd4j/EmbeddingExampleTest.java"));
        int from = marker(source, "from");
        List<String> example = source.subList(from + 1, marker(source, "to"));
        assertEquals(10, example.size(), "ten lines");
        String indent = source.get(from).substring(0, source.get(from).indexOf("//"));
        StringBuilder block = new StringBuilder("```java\n");
        for (String line : example) {
            assertTrue(line.startsWith(indent), line);
            block.append(line.substring(indent.length())).append('\n');
        }
        assertTrue(Files.readString(root.resolve("README.md")).contains(block.append("```\n")),
                "README.md must contain exactly these lines:\n" + block);
    }

    private static int marker(List<String> source, String which) {
        for (int i = 0; i < source.size(); i++) {
            if (source.get(i).strip().equals("// README: " + which + " here")) {
                return i;
            }
        }
        throw new AssertionError("no line with the marker '" + which + "'");
    }

    /** A raised square on a plane, its place and shade depending on the number. */
    private static Frame frame(String name, int number) {
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        float[] xyz = new float[3 * WIDTH * HEIGHT];
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int i = 3 * (y * WIDTH + x);
                boolean part = Math.abs(x - 40 - 8 * number) < 24 && Math.abs(y - 40) < 24;
                for (int c = 0; c < 3; c++) {
                    rgb[i + c] = (byte) (part ? 60 + 30 * c + 40 * number + (x * y) % 17 : 200);
                }
                xyz[i] = 0.001f * x;
                xyz[i + 1] = 0.001f * y;
                xyz[i + 2] = part ? 0.47f + 0.0002f * ((x + y) % 5) : 0.5f;
            }
        }
        return new Frame(name, WIDTH, HEIGHT, rgb, xyz);
    }
}
