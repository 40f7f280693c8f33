package io.trd4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.SmallModel;
import io.trd4j.io.InputException;
import io.trd4j.io.Sha256;
import io.trd4j.model.tensorfile.Safetensors;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TensorInfo;
import io.trd4j.model.tensorfile.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checksums of a model file: made as it is written, kept when it is rewritten, compared when it is loaded. */
class TensorChecksumsTest {
    private static final String KEY = "trd.sha256.";

    @TempDir
    private static Path shared;

    private static Path written;

    @TempDir
    private Path folder;

    private Path model;

    @BeforeAll
    static void write() throws IOException {
        written = SmallModel.write(shared.resolve("model.safetensors"), Modality.METRIC, null);
    }

    @BeforeEach
    void copy() throws IOException {
        model = Files.copy(written, folder.resolve("model.safetensors"));
    }

    private static Map<String, String> checksums(Path file) throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (Safetensors tensors = Safetensors.open(file)) {
            tensors.metadata().forEach((key, value) -> {
                if (key.startsWith(KEY)) {
                    found.put(key.substring(KEY.length()), value);
                }
            });
        }
        return found;
    }

    private static Path rewrite(Path file, UnaryOperator<Map<String, String>> metadata) throws IOException {
        try (Safetensors tensors = Safetensors.open(file)) {
            SafetensorsWriter.write(
                    file,
                    metadata.apply(new TreeMap<>(tensors.metadata())),
                    tensors.tensors().stream()
                            .map(t -> tensors.source(t.name()))
                            .toList());
        }
        return file;
    }

    private static void requireIntact(Path file) throws IOException {
        try (ModelFile opened = ModelFile.open(file)) {
            opened.requireIntact();
        }
    }

    /** The format as the documents have it. */
    @Test
    void eachGroupHasTheHashOfItsTensorsHashes() throws IOException {
        Map<String, Sha256> expected = new TreeMap<>();
        try (Safetensors tensors = Safetensors.open(model)) {
            for (String name : tensors.tensors().stream()
                    .map(TensorInfo::name)
                    .sorted(SafetensorsWriter.NAME_ORDER)
                    .toList()) {
                expected.computeIfAbsent(name.replaceFirst("\\..*", ""), g -> new Sha256())
                        .add((name + "\0").getBytes(StandardCharsets.UTF_8))
                        .add(new Sha256().add(tensors.bytes(name)).bytes());
            }
        }
        Map<String, String> hex = new TreeMap<>();
        expected.forEach((group, sha256) -> hex.put(group, sha256.hex()));
        assertEquals(List.of("student_depth", "student_rgb", "teacher"), List.copyOf(hex.keySet()));
        assertEquals(hex, checksums(model));
        requireIntact(model);
    }

    /** Whoever rewrites a damaged file must not make a sound one of it. */
    @Test
    void replacingTheDescriptionKeepsThem() throws IOException {
        Map<String, String> before = checksums(model);
        DamagedFile.flip(model, "student_rgb.bn.bn_layer.0.conv1.weight", 5);
        ModelFile.replaceInfo(model, info -> info.withTraining(null));
        assertEquals(before, checksums(model));
        InputException e = assertThrows(InputException.class, () -> requireIntact(model));
        assertEquals(
                model + " is damaged: the tensors of student_rgb are not those that were written; restore it from a"
                        + " copy, or train it again",
                e.getMessage());
    }

    @Test
    void aFileWithoutThemIsReadAndGetsSome() throws IOException {
        Map<String, String> before = checksums(model);
        rewrite(model, metadata -> {
            metadata.keySet().removeIf(key -> key.startsWith(KEY));
            return metadata;
        });
        assertEquals(Map.of(), checksums(model));
        requireIntact(model);
        ModelFile.replaceInfo(model, info -> info);
        assertEquals(before, checksums(model));
        assertArrayEquals(Files.readAllBytes(written), Files.readAllBytes(model));
    }

    @Test
    void changedOnesAreRefused() throws IOException {
        String sum = checksums(model).get("teacher");
        for (String wrong : List.of("", sum.substring(1), sum.toUpperCase(), sum + "\n")) {
            Path file = rewrite(model, metadata -> {
                metadata.put(KEY + "teacher", wrong);
                return metadata;
            });
            InputException e = assertThrows(InputException.class, () -> ModelFile.open(file));
            assertTrue(
                    e.getMessage().startsWith(file + " is not a sound model: trd.sha256.teacher is wrong: '"),
                    e.getMessage());
            assertFalse(e.getMessage().contains("\n"), e.getMessage());
        }
        for (String key : List.of(KEY + "alignment", KEY, KEY + "x\ny")) {
            Path file = rewrite(model, metadata -> {
                metadata.put(KEY + "teacher", sum);
                metadata.keySet().removeIf(k -> k.startsWith(KEY) && !k.matches(".*(teacher|student_.*)"));
                metadata.put(key, sum);
                return metadata;
            });
            InputException e = assertThrows(InputException.class, () -> ModelFile.open(file));
            assertTrue(e.getMessage().contains(": it has checksums of "), e.getMessage());
            assertFalse(e.getMessage().contains("\n"), e.getMessage());
        }
        rewrite(model, metadata -> {
            metadata.keySet().removeIf(key -> key.startsWith(KEY) && !key.endsWith("teacher"));
            return metadata;
        });
        assertEquals(
                model + " is not a sound model: it has checksums of teacher, and tensors of student_depth,"
                        + " student_rgb, teacher",
                assertThrows(InputException.class, () -> ModelFile.open(model)).getMessage());
        // Of another file's weights.
        Path other = rewrite(Files.copy(written, folder.resolve("other")), metadata -> {
            metadata.put(KEY + "teacher", "0".repeat(64));
            return metadata;
        });
        assertTrue(assertThrows(InputException.class, () -> requireIntact(other))
                .getMessage()
                .contains("the tensors of teacher are not"));
    }

    /** The reason of a failure that damage led to is the damage, and nothing of a damaged file is handed out. */
    @Test
    void loadingEndsWithTheDamage() throws IOException {
        DamagedFile.flip(model, "teacher.conv1.weight", 0);
        DamagedFile.flip(model, "student_depth.decoder.w_c", 1);
        AtomicInteger closed = new AtomicInteger();
        try (ModelFile file = ModelFile.open(model)) {
            InputException e =
                    assertThrows(InputException.class, () -> file.<AutoCloseable>loaded(() -> closed::incrementAndGet));
            assertTrue(e.getMessage().contains("the tensors of student_depth, teacher are"), e.getMessage());
            assertEquals(1, closed.get());
            InputException led = assertThrows(
                    InputException.class,
                    () -> file.<AutoCloseable>loaded(() -> {
                        throw new IllegalStateException("not finite");
                    }));
            assertEquals(e.getMessage(), led.getMessage());
        }
        try (ModelFile file = ModelFile.open(model).vouchedFor()) {
            file.<AutoCloseable>loaded(() -> closed::incrementAndGet);
            file.requireIntact();
            assertEquals(1, closed.get(), "not closed");
            assertThrows(
                    IllegalStateException.class,
                    () -> file.<AutoCloseable>loaded(() -> {
                        throw new IllegalStateException("not finite");
                    }));
        }
    }

    @Test
    void metadataThatDependOnChecksumsHaveOneSize() throws IOException {
        Path file = folder.resolve("grows");
        List<SafetensorsWriter.Source> one = List.of(new SafetensorsWriter.Source(
                new TensorInfo("a", TensorType.U8, List.of(1L)), () -> ByteBuffer.allocate(1)));
        assertThrows(
                IllegalArgumentException.class,
                () -> SafetensorsWriter.write(
                        file,
                        sha256 -> Map.of("k", Arrays.toString(sha256.get("a")).repeat(9)),
                        one,
                        name -> true));
        assertFalse(Files.exists(file));
    }
}
