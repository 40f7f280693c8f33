package io.trd4j.model.tensorfile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.io.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class SafetensorsTest {
    public static final Path FIXTURES = Path.of(System.getProperty("trd.fixtures"));

    @TempDir
    private Path folder;

    public static SafetensorsWriter.Source source(String name, TensorType type, byte[] bytes, Long... shape) {
        return new SafetensorsWriter.Source(new TensorInfo(name, type, List.of(shape)), () -> ByteBuffer.wrap(bytes));
    }

    private static byte[] random(Random random, int count) {
        byte[] out = new byte[count];
        random.nextBytes(out);
        return out;
    }

    /** A file of a header text and data bytes. */
    static byte[] file(String header, int dataBytes) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array();
    }

    @Test
    void everyTypeComesBackByteForByte() throws IOException {
        Random random = new Random(1);
        Map<String, byte[]> content = new LinkedHashMap<>();
        List<SafetensorsWriter.Source> sources = Stream.of(TensorType.values())
                .map(type -> {
                    byte[] bytes = random(random, 6 * type.bytes());
                    content.put("t." + type, bytes);
                    return source("t." + type, type, bytes, 2L, 1L, 3L);
                })
                .toList();
        Path file = folder.resolve("a/b.safetensors");
        SafetensorsWriter.write(file, Map.of("schlüssel", "wert \"ä\" \u0001\n"), sources);
        try (Safetensors read = Safetensors.open(file)) {
            assertEquals(Map.of("schlüssel", "wert \"ä\" \u0001\n"), read.metadata());
            assertEquals(content.size(), read.tensors().size());
            for (TensorInfo info : read.tensors()) {
                byte[] expected = content.get(info.name());
                assertArrayEquals(expected, read.bytes(info.name()));
                assertEquals(List.of(2L, 1L, 3L), info.shape());
                ByteBuffer direct = ByteBuffer.allocateDirect(expected.length);
                read.read(info.name(), direct);
                assertFalse(direct.hasRemaining());
                assertEquals(ByteBuffer.wrap(expected), direct.flip());
            }
        }
    }

    @Test
    void unusualTensorsAndNames() throws IOException {
        byte[] large = random(new Random(2), 3_000_000); // several reads
        Path file = folder.resolve("x");
        SafetensorsWriter.write(
                file,
                Map.of(),
                List.of(
                        source("größe.α.😀", TensorType.U8, large, 3_000_000L),
                        source("", TensorType.F32, new byte[4]),
                        source("empty", TensorType.F64, new byte[0], 3L, 0L),
                        source("empty2", TensorType.U8, new byte[0], 0L, Long.MAX_VALUE)));
        try (Safetensors read = Safetensors.open(file)) {
            assertArrayEquals(large, read.bytes("größe.α.😀"));
            assertArrayEquals(new float[1], read.floats(""));
            assertArrayEquals(new double[0], read.doubles("empty"));
            assertEquals(0, read.info("empty2").elements());
            assertEquals(Map.of(), read.metadata());
            assertTrue(assertThrows(InputException.class, () -> read.floats("absent"))
                    .getMessage()
                    .contains("absent"));
            assertThrows(IllegalArgumentException.class, () -> read.read("", ByteBuffer.allocate(5)));
        }
    }

    @Test
    void layoutIsThatOfThePythonLibrary() throws IOException {
        Path file = folder.resolve("x");
        SafetensorsWriter.write(
                file,
                Map.of("b", "2", "a", "1"),
                List.of(
                        source("u", TensorType.U8, new byte[] {9}, 1L),
                        source("y", TensorType.F32, new byte[] {1, 2, 3, 4}, 1L),
                        source("n", TensorType.I64, new byte[8]),
                        source("x", TensorType.F32, new byte[] {5, 6, 7, 8}, 1L, 1L)));
        String header = "{\"__metadata__\":{\"a\":\"1\",\"b\":\"2\"},"
                + "\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
                + "\"x\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[8,12]},"
                + "\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]},"
                + "\"u\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[16,17]}}";
        header += " ".repeat(Math.floorMod(-header.length(), 8));
        byte[] expected = file(header, 17);
        System.arraycopy(new byte[] {5, 6, 7, 8, 1, 2, 3, 4, 9}, 0, expected, expected.length - 9, 9);
        assertArrayEquals(expected, Files.readAllBytes(file));
    }

    @Test
    void aFileWrittenInPythonIsRewrittenToTheSameBytes() throws IOException {
        Path python = FIXTURES.resolve("torch/expected.safetensors");
        Path copy = folder.resolve("copy");
        try (Safetensors read = Safetensors.open(python)) {
            List<SafetensorsWriter.Source> sources =
                    read.tensors().stream().map(t -> read.source(t.name())).toList();
            SafetensorsWriter.write(copy, read.metadata(), sources);
            assertArrayEquals(
                    new float[] {1.5f, -0.099975586f, 65504f, 5.9604645e-8f, Float.POSITIVE_INFINITY, 0},
                    read.floats("odd/half"));
            assertArrayEquals(new double[] {0x1p40, -1}, read.doubles("odd/long"));
            assertArrayEquals(new float[] {0, 255}, read.floats("odd/byte"));
            assertArrayEquals(new float[] {-3, 3}, read.floats("odd/char"));
            assertArrayEquals(new float[] {-300}, read.floats("odd/short"));
            assertArrayEquals(new float[] {1, 0, 1}, read.floats("odd/bool"));
        }
        assertArrayEquals(Files.readAllBytes(python), Files.readAllBytes(copy));
    }

    @Test
    void halvesAreExact() {
        for (int bits = 0; bits < 0x10000; bits++) {
            int exponent = bits >> 10 & 0x1f;
            double fraction = bits & 0x3ff;
            double magnitude = exponent == 0
                    ? fraction * Math.pow(2, -24)
                    : exponent == 31
                            ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
                            : (1 + fraction / 1024) * Math.pow(2, exponent - 15);
            double expected = bits < 0x8000 ? magnitude : -magnitude;
            assertEquals(expected, TensorElements.half((short) bits), 0, "bits " + bits);
        }
    }

    @Test
    void damagedFilesGiveOneClearLine() throws IOException {
        String good = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
        Files.write(folder.resolve("good"), file(good, 8));
        Safetensors.open(folder.resolve("good")).close();
        Map<String, byte[]> bad = new LinkedHashMap<>();
        bad.put("empty", new byte[0]);
        bad.put("short", new byte[7]);
        bad.put("header length 0", new byte[64]);
        bad.put(
                "length huge",
                ByteBuffer.allocate(64)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(Long.MAX_VALUE)
                        .array());
        bad.put(
                "length negative",
                ByteBuffer.allocate(64)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(-1)
                        .array());
        bad.put(
                "length beyond file",
                ByteBuffer.allocate(64)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(57)
                        .array());
        bad.put("data cut", Arrays.copyOf(file(good, 8), file(good, 8).length - 1));
        bad.put("data left over", file(good, 9));
        bad.put("not an object", file("[1]     ", 0));
        bad.put("leading space", file(" {}     ", 0));
        bad.put("two roots", file("{} {}   ", 0));
        bad.put("json cut", file(good.substring(0, good.length() - 1), 8));
        bad.put("not UTF-8", latin1(good.replace("\"a\"", "\"\u00e4\"")));
        bad.put(
                "duplicate",
                file(
                        "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},"
                                + "\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}",
                        0));
        bad.put("duplicate field", file(good.replace("\"shape\":[2]", "\"shape\":[2],\"shape\":[2]"), 8));
        bad.put("deep", file("{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}", 0));
        bad.put("metadata number", file("{\"__metadata__\":{\"k\":1}}", 0));
        bad.put("metadata list", file("{\"__metadata__\":[]}", 0));
        bad.put("tensor number", file("{\"a\":1}", 0));
        bad.put("unknown dtype", file(good.replace("F32", "F8_E4M3"), 8));
        bad.put("dtype number", file(good.replace("\"F32\"", "32"), 8));
        bad.put("no dtype", file(good.replace("\"dtype\":\"F32\",", ""), 8));
        bad.put("unknown field", file(good.replace("dtype", "dtyqe"), 8));
        bad.put("negative shape", file(good.replace("[2]", "[-2]"), 8));
        bad.put("fractional shape", file(good.replace("[2]", "[2.0]"), 8));
        bad.put("nested shape", file(good.replace("[2]", "[[2]]"), 8));
        bad.put("shape beyond long", file(good.replace("[2]", "[9223372036854775808]"), 8));
        bad.put("product overflows", file(good.replace("[2]", "[4294967296,4294967296]"), 8));
        bad.put("shape and offsets differ", file(good.replace("[2]", "[3]"), 8));
        bad.put("65 dimensions", file(good.replace("[2]", "[2" + ",1".repeat(64) + "]"), 8));
        bad.put(
                "2^16 + 1 tensors",
                file(
                        "{"
                                + IntStream.rangeClosed(0, 1 << 16)
                                        .mapToObj(i ->
                                                "\"" + i + "\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}")
                                        .collect(Collectors.joining(","))
                                + "}",
                        0));
        bad.put("name of 513 characters", file(good.replace("\"a\"", "\"" + "a".repeat(513) + "\""), 8));
        bad.put("metadata of 9 MB", file("{\"__metadata__\":{\"k\":\"" + "a".repeat(9 << 20) + "\"}}", 0));
        bad.put(
                "metadata of 17 MB",
                file(
                        "{\"__metadata__\":{"
                                + IntStream.range(0, 17)
                                        .mapToObj(i -> "\"" + i + "\":\"" + "a".repeat(1 << 20) + "\"")
                                        .collect(Collectors.joining(","))
                                + "}}",
                        0));
        bad.put(
                "4097 keys",
                file(
                        "{\"__metadata__\":{"
                                + IntStream.rangeClosed(0, 4096)
                                        .mapToObj(i -> "\"" + i + "\":\"\"")
                                        .collect(Collectors.joining(","))
                                + "}}",
                        0));
        bad.put("key twice", file("{\"__metadata__\":{\"k\":\"a\",\"k\":\"b\"}}", 0));
        bad.put("number of 30 digits", file(good.replace("[2]", "[" + "1".repeat(30) + "]"), 8));
        bad.put("offsets reversed", file(good.replace("[0,8]", "[8,0]"), 8));
        bad.put("three offsets", file(good.replace("[0,8]", "[0,8,8]"), 8));
        bad.put("beyond the file", file(good.replace("[0,8]", "[8,16]"), 8));
        bad.put("hole", file(good.replace("[0,8]", "[1,9]"), 9));
        bad.put(
                "overlap",
                file(good.replace("}}", "},\"b\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}}"), 8));
        for (Map.Entry<String, byte[]> e : bad.entrySet()) {
            Path file = folder.resolve("damaged.safetensors");
            Files.write(file, e.getValue());
            InputException thrown = assertThrows(
                    InputException.class, () -> Safetensors.open(file).close(), e.getKey());
            assertTrue(thrown.getMessage().startsWith(file.toString()), e.getKey() + ": " + thrown.getMessage());
            assertFalse(thrown.getMessage().contains("\n"), e.getKey() + ": " + thrown.getMessage());
        }
        assertThrows(InputException.class, () -> Safetensors.open(folder));
        assertTrue(assertThrows(InputException.class, () -> {
                    Files.write(folder.resolve("f8"), bad.get("unknown dtype"));
                    Safetensors.open(folder.resolve("f8"));
                })
                .getMessage()
                .contains("tensor a has the dtype F8_E4M3"));
    }

    private static byte[] latin1(String header) {
        byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(16 + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array();
    }

    @Test
    void mutationsNeverDoWorseThanAnInputException() throws IOException {
        byte[] good = Files.readAllBytes(FIXTURES.resolve("torch/expected.safetensors"));
        Path file = folder.resolve("mutated");
        Random random = new Random(3);
        int refused = 0;
        for (int round = 0; round < 2000; round++) {
            byte[] bytes = good.clone();
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                bytes[random.nextInt(round % 2 == 0 ? 64 : bytes.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, random.nextInt(8) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes);
            try (Safetensors read = Safetensors.open(file)) {
                for (TensorInfo info : read.tensors()) {
                    assertEquals(info.elements(), read.floats(info.name()).length);
                }
            } catch (InputException e) {
                refused++;
            }
        }
        assertTrue(refused > 700 && refused < 2000, "refused " + refused);
    }

    @Test
    void aFailedWriteLeavesTheOldFile() throws IOException {
        Path file = folder.resolve("x");
        Files.writeString(file, "old");
        SafetensorsWriter.Source wrong = source("w", TensorType.F32, new byte[3], 1L);
        assertThrows(IllegalArgumentException.class, () -> SafetensorsWriter.write(file, Map.of(), List.of(wrong)));
        SafetensorsWriter.Source failing = new SafetensorsWriter.Source(wrong.info(), () -> {
            throw new UncheckedIOException(new IOException("disk"));
        });
        String message = assertThrows(
                        IOException.class, () -> SafetensorsWriter.write(file, Map.of(), List.of(failing)))
                .getMessage();
        assertTrue(message.startsWith(file + " cannot be written: disk"), message);
        SafetensorsWriter.Source twice = source("w", TensorType.U8, new byte[1], 1L);
        assertThrows(
                IllegalArgumentException.class, () -> SafetensorsWriter.write(file, Map.of(), List.of(twice, twice)));
        assertEquals("old", Files.readString(file));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }
}
