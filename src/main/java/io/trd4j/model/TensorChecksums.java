package io.trd4j.model;

import io.trd4j.io.InputException;
import io.trd4j.io.OneLine;
import io.trd4j.io.Sha256;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TensorInfo;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The checksums of a model file's tensors, one for each group: {@code teacher}, {@code student_rgb}, what else stands
 * before the first dot of a name. A group's is the SHA-256 over, per tensor in the order of the names' UTF-8 bytes, the
 * name in UTF-8, a zero byte and the 32 bytes of the SHA-256 of its values: so tensors are hashed in any order, by any
 * number of threads.
 */
final class TensorChecksums {
    private static final String KEY = "trd.sha256.";

    private TensorChecksums() {}

    /** The group of a tensor. */
    static String group(String tensor) {
        int dot = tensor.indexOf('.');
        return dot < 0 ? tensor : tensor.substring(0, dot);
    }

    /**
     * Of each group.
     *
     * @param sha256 of the values of each tensor, 32 bytes, by its name; groups must be complete
     */
    static Map<String, String> of(Map<String, byte[]> sha256) {
        Map<String, byte[]> sorted = new TreeMap<>(SafetensorsWriter.NAME_ORDER);
        sorted.putAll(sha256);
        Map<String, Sha256> groups = new TreeMap<>();
        sorted.forEach((tensor, values) -> groups.computeIfAbsent(group(tensor), g -> new Sha256())
                .add(tensor)
                .add((byte) 0)
                .add(values));
        Map<String, String> out = new TreeMap<>();
        groups.forEach((group, hash) -> out.put(group, hash.hex()));
        return out;
    }

    /** As a model file's metadata has them. */
    static Map<String, String> toMetadata(Map<String, String> checksums) {
        Map<String, String> out = new TreeMap<>();
        checksums.forEach((group, checksum) -> out.put(KEY + group, checksum));
        return out;
    }

    /**
     * Those of a model file, by group; empty of one that was written before there were checksums.
     *
     * @throws InputException when one is no checksum, or they are not one for each group
     */
    static Map<String, String> fromMetadata(Path file, Map<String, String> metadata, Collection<TensorInfo> tensors) {
        Map<String, String> out = new TreeMap<>();
        metadata.forEach((key, value) -> {
            if (key.startsWith(KEY)) {
                if (!value.matches("[0-9a-f]{64}")) {
                    throw new InputException(file + " is not a sound model: " + OneLine.start(key) + " is wrong: '"
                            + OneLine.start(value) + "', not 64 hexadecimal digits");
                }
                out.put(key.substring(KEY.length()), value);
            }
        });
        Set<String> groups = new TreeSet<>();
        tensors.forEach(t -> groups.add(group(t.name())));
        if (!out.isEmpty() && !out.keySet().equals(groups)) {
            throw new InputException(file + " is not a sound model: it has checksums of "
                    + OneLine.start(String.join(", ", out.keySet())) + ", and tensors of "
                    + String.join(", ", groups));
        }
        return out;
    }
}
