package io.trd4j.model;

import io.trd4j.io.InputException;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TensorElements;
import io.trd4j.model.tensorfile.TensorInfo;
import io.trd4j.model.tensorfile.TensorType;
import io.trd4j.model.tensorfile.TorchTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** State dicts as they come, turned into exactly the tensors a network needs. */
public final class StateDict {
    private static final List<String> WRAPPERS = List.of("state_dict", "model");
    private static final String DATA_PARALLEL = "module.";

    private StateDict() {}

    /** The dict inside {@code {"state_dict": …}} or {@code {"model": …}}, as training scripts save it; else itself. */
    static Map<String, Object> unwrap(Map<String, Object> dict) {
        Map<String, Object> inner = dict;
        // A damaged file's dict may contain itself, so the depth is limited.
        for (int depth = 0; depth < 3; depth++) {
            Map<String, Object> current = inner;
            inner = WRAPPERS.stream()
                    .map(key -> asDict(current.get(key)))
                    .filter(d -> d != null)
                    .findFirst()
                    .orElse(current);
        }
        return inner;
    }

    /** The value as a dict, null when it is none. */
    @SuppressWarnings("unchecked") // the maps of a checkpoint are all of this type
    public static Map<String, Object> asDict(Object value) {
        return value instanceof Map ? (Map<String, Object>) value : null;
    }

    /** The tensors of a state dict, {@code module.} removed from their names; other values are skipped. */
    public static Map<String, SafetensorsWriter.Source> tensors(Map<String, Object> dict) {
        Map<String, SafetensorsWriter.Source> out = new LinkedHashMap<>();
        unwrap(dict).forEach((key, value) -> {
            if (value instanceof TorchTensor tensor) {
                String name = key.startsWith(DATA_PARALLEL) ? key.substring(DATA_PARALLEL.length()) : key;
                out.put(name, tensor.named(name));
            }
        });
        return out;
    }

    /**
     * The expected tensors in the expected order, as F32 (batch-norm counters I64, 0 when absent). Names and shapes are
     * checked now, values when they are read: not a number or infinite is refused.
     *
     * @param prefix stands before the names in messages only
     */
    static List<SafetensorsWriter.Source> complete(
            Path file, String prefix, List<TensorInfo> expected, Map<String, SafetensorsWriter.Source> found) {
        ParameterNames.check(
                file,
                prefix,
                expected,
                found.values().stream().map(SafetensorsWriter.Source::info).toList());
        List<SafetensorsWriter.Source> out = new ArrayList<>();
        for (TensorInfo want : expected) {
            SafetensorsWriter.Source have = found.get(want.name());
            out.add(new SafetensorsWriter.Source(
                    want, () -> ParameterNames.isCounter(want.name()) ? counter(have) : floats(file, prefix, have)));
        }
        return out;
    }

    private static ByteBuffer counter(SafetensorsWriter.Source have) {
        long steps = have == null
                ? 0
                : (long) TensorElements.doubles(have.info().type(), have.data().get())[0];
        return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, steps);
    }

    private static ByteBuffer floats(Path file, String prefix, SafetensorsWriter.Source have) {
        ByteBuffer raw = have.data().get();
        float[] values = TensorElements.floats(have.info().type(), raw);
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new InputException(
                        file + ": tensor " + prefix + have.info().name() + " holds " + values[i] + " at element " + i
                                + "; these weights cannot be used");
            }
        }
        if (have.info().type() == TensorType.F32) {
            return raw;
        }
        ByteBuffer out = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.asFloatBuffer().put(values);
        return out;
    }
}
