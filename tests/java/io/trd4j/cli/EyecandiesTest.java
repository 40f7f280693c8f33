package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.SurfaceNormals;
import io.trd4j.data.image.ImageWriter;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.model.Modality;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From images and normals in the layout of Eyecandies to a model that inspects them from memory, too. */
class EyecandiesTest {
    private static final int SIZE = 64;

    @TempDir
    private Path folder;

    /** Towards the camera, of the slopes of the points; nothing where there is no point. */
    private static FloatBuffer normals(PointCloud cloud) {
        float[] xyz = cloud.xyz();
        FloatBuffer normals = ByteBuffer.allocateDirect(Float.BYTES * xyz.length)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        for (int row = 0; row < SIZE - 1; row++) {
            for (int column = 0; column < SIZE - 1; column++) {
                int at = 3 * (row * SIZE + column);
                int below = at + 3 * SIZE;
                if (xyz[at + 2] != 0 && xyz[at + 5] != 0 && xyz[below + 2] != 0) {
                    float x = (xyz[at + 5] - xyz[at + 2]) / (xyz[at + 3] - xyz[at]);
                    float y = (xyz[below + 2] - xyz[at + 2]) / (xyz[below + 1] - xyz[at + 1]);
                    float length = (float) Math.sqrt(x * x + y * y + 1);
                    normals.put(at, x / length).put(at + 1, y / length).put(at + 2, 1 / length);
                }
            }
        }
        return normals;
    }

    private static SurfaceNormals normals(int seed) {
        return SurfaceNormals.of(normals(part(seed).xyz()), SIZE, SIZE, 3 * SIZE);
    }

    private static Part part(int seed) {
        return SyntheticParts.part(SyntheticProduct.COOKIE, SIZE, seed);
    }

    private void write(String split, int from, int to) throws IOException {
        Path data =
                Files.createDirectories(folder.resolve("candies").resolve(split).resolve("data"));
        for (int i = from; i < to; i++) {
            Files.write(data.resolve("0" + i + "_image_4.png"), ImageWriter.png(part(i).rgb()));
            Files.write(
                    data.resolve("0" + i + "_normals.png"),
                    ImageWriter.png(new RgbImage(SIZE, SIZE, normals(i).image().rgb())));
        }
    }

    @Test
    void theSameNormalsFromFileAndMemoryGiveTheSameScore() throws IOException {
        write("train", 10, 14);
        write("val", 20, 22);
        write("test_public", 30, 32);
        Path model = folder.resolve("model.safetensors");
        Path category = folder.resolve("candies");
        Cli.run(List.of("train", "--data", category, "--out", model, "--size", SIZE, "--epochs", 1, "--batch", 2))
                .expect(0);
        String[] lines = Cli.here("inspect", "--model", model, "--data", category, "--json", "-")
                .expect(0)
                .out()
                .split("\n");
        assertEquals(2, lines.length);
        try (Inspector inspector = Inspector.open(model)) {
            assertEquals(Modality.NORMALS, inspector.model().modality());
            Inspection result = inspector.newInspection();
            for (int i = 0; i < lines.length; i++) {
                JsonNode fromFile = new ObjectMapper().readTree(lines[i]);
                inspector.inspect(Part.of("memory", part(30 + i).rgb(), normals(30 + i)), result);
                assertEquals(fromFile.get("score").floatValue(), result.score());
                assertEquals(fromFile.get("score_depth").floatValue(), result.scoreDepth());
            }
        }
    }
}
