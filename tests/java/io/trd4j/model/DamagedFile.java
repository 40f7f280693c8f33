package io.trd4j.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** Changes values of a safetensors file in place, as a failing disk does. */
public final class DamagedFile {
    private DamagedFile() {}

    /** Flips a bit of the element's last byte: of a float32 one of its exponent, which stays finite if it was small. */
    public static void flip(Path file, String tensor, long element) throws IOException {
        try (RandomAccessFile edit = new RandomAccessFile(file.toFile(), "rw")) {
            long header = Long.reverseBytes(edit.readLong());
            byte[] json = new byte[Math.toIntExact(header)];
            edit.readFully(json);
            JsonNode found = new ObjectMapper().readTree(json).get(tensor);
            int bytes = found.get("dtype").asText().matches("U8")
                    ? 1
                    : found.get("dtype").asText().matches("I64") ? 8 : 4;
            long at = Long.BYTES + header + found.get("data_offsets").get(0).asLong() + bytes * (element + 1) - 1;
            edit.seek(at);
            int value = edit.read();
            edit.seek(at);
            edit.write(value ^ 0x10);
        }
    }
}
