package io.trd4j.data;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.function.Executable;

/** Where the fixtures lie and what several tests ask of them. */
public final class Fixtures {
    public static final Path ROOT = Path.of(System.getProperty("trd.fixtures"));

    private Fixtures() {}

    public static Path image(String name) {
        return ROOT.resolve("images").resolve(name);
    }

    public static Path golden(String name) {
        return ROOT.resolve("golden/preprocess").resolve(name);
    }

    /** One float32 tensor of a safetensors file. */
    public static float[] tensor(Path file, String name) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[(int) in.getLong()];
        in.get(header);
        JsonNode offsets = new ObjectMapper().readTree(header).get(name).get("data_offsets");
        int start = in.position() + offsets.get(0).intValue();
        float[] values = new float[(offsets.get(1).intValue() - offsets.get(0).intValue()) / 4];
        in.position(start);
        in.asFloatBuffer().get(values);
        return values;
    }

    /** The call is refused in one line that holds every one of {@code mentions}. */
    public static void assertRefused(Executable call, Object... mentions) {
        String message = assertThrows(InputException.class, call).getMessage();
        assertFalse(message.contains("\n"), message);
        for (Object mention : mentions) {
            assertTrue(message.contains(mention.toString()), () -> "'" + message + "' does not mention " + mention);
        }
    }
}
