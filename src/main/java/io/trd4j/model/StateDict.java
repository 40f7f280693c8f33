package io.trd4j.model;

import io.trd4j.io.InputException;
import io.trd4j.io.OneLine;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TensorElements;
import io.trd4j.model.tensorfile.TensorInfo;
import io.trd4j.model.tensorfile.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** State dicts as they come, turned into exactly the tensors a network needs. */
public final class StateDict {
    /** Parts that PyTorch's wrappers put into names, wherever they wrap: no network of ours has such a part. */
    private static final Set<String> WRAPPERS =
            Set.of("_orig_mod", "module", "_forward_module", "_fsdp_wrapped_module", "_checkpoint_wrapped_module");

    /** Of a name, divided by dots: far more than networks in networks have. */
    private static final int MAX_PARTS = 32;

    /** Which of several copies in one checkpoint is meant, as training scripts name it. */
    private static final List<String> MAIN = List.of("state_dict.", "model.");

    private StateDict() {}

    /**
     * Tensors of one network within a file.
     *
     * @param prefix that stood before their names, wrappers left out; empty or ending in a dot
     * @param tensors by name, without the prefix
     */
    record Found(String prefix, Map<String, SafetensorsWriter.Source> tensors) {}

    /** The value as a dict, null when it is none. */
    @SuppressWarnings("unchecked") // the maps of a checkpoint are all of this type
    public static Map<String, Object> asDict(Object value) {
        return value instanceof Map ? (Map<String, Object>) value : null;
    }

    /**
     * Finds a network among a file's tensors, whatever one prefix its names have in common.
     *
     * @param what it is, for messages
     * @param all the file's tensors
     * @param expected the network's
     * @param accepts which prefixes may be meant; another network of the same kind may stand beside
     * @throws InputException when no prefix has them all, or several have
     */
    static Found find(
            WeightsFile file,
            String what,
            Map<String, SafetensorsWriter.Source> all,
            List<TensorInfo> expected,
            Predicate<String> accepts) {
        Set<String> wanted = new LinkedHashSet<>();
        expected.stream()
                .map(TensorInfo::name)
                .filter(name -> !ParameterNames.isCounter(name))
                .forEach(wanted::add);
        Map<String, SafetensorsWriter.Source> named = unwrapped(file, all);
        Map<String, Integer> count = new LinkedHashMap<>();
        for (String name : named.keySet()) {
            for (int at = 0, dot = 0, part = 0; dot >= 0 && part < MAX_PARTS; at = dot + 1, part++) {
                if (wanted.contains(name.substring(at)) && accepts.test(name.substring(0, at))) {
                    count.merge(name.substring(0, at), 1, Integer::sum);
                }
                dot = name.indexOf('.', at);
            }
        }
        // A student's decoder has most names of a ResNet too, but not its first.
        String first = wanted.iterator().next();
        count.keySet().removeIf(prefix -> !prefix.isEmpty() && !named.containsKey(prefix + first));
        String prefix = chosen(file, what, count, wanted.size());
        if (prefix == null || 4 * count.get(prefix) < wanted.size()) {
            throw new InputException(file.path() + " holds no tensors of " + what + " (" + shown(all, file) + ")");
        }
        Map<String, SafetensorsWriter.Source> tensors = new LinkedHashMap<>();
        named.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                String own = name.substring(prefix.length());
                tensors.put(own, tensor.withName(own));
            }
        });
        if (count.get(prefix) < wanted.size() && !prefix.isEmpty()) {
            String missing = wanted.stream()
                    .filter(name -> !tensors.containsKey(name))
                    .findFirst()
                    .orElseThrow();
            throw new InputException(file.path() + ": tensor " + prefix + missing + " is missing; of " + what + "'s "
                    + wanted.size() + " tensors " + count.get(prefix) + " have the prefix '" + prefix + "'");
        }
        return new Found(prefix, tensors);
    }

    /** The prefix that has all tensors, or else most; null when none has any. */
    private static String chosen(WeightsFile file, String what, Map<String, Integer> count, int all) {
        List<String> complete =
                count.keySet().stream().filter(p -> count.get(p) == all).toList();
        if (complete.size() > 1 && !complete.contains("")) {
            for (String main : MAIN) {
                List<String> inMain =
                        complete.stream().filter(p -> p.startsWith(main)).toList();
                if (inMain.size() == 1) {
                    return inMain.get(0);
                }
            }
            throw new InputException(
                    file.path() + " holds " + what + " " + complete.size() + " times, with the prefixes "
                            + complete.stream()
                                    .limit(4)
                                    .map(p -> "'" + OneLine.start(p) + "'")
                                    .collect(Collectors.joining(", "))
                            + "; save the one that is meant");
        }
        return complete.contains("")
                ? ""
                : count.keySet().stream().max(Comparator.comparing(count::get)).orElse(null);
    }

    private static Map<String, SafetensorsWriter.Source> unwrapped(
            WeightsFile file, Map<String, SafetensorsWriter.Source> all) {
        Map<String, SafetensorsWriter.Source> out = new LinkedHashMap<>();
        Map<String, String> origin = new HashMap<>();
        all.forEach((name, tensor) -> {
            String plain = Arrays.stream(name.split("\\.", -1))
                    .filter(part -> !WRAPPERS.contains(part))
                    .collect(Collectors.joining("."));
            String twin = origin.put(plain, name);
            if (twin != null) {
                throw new InputException(
                        file.path() + " holds both " + twin + " and " + name + "; save the one that is meant");
            }
            out.put(plain, tensor);
        });
        return out;
    }

    /** How the names begin, and which objects were not read, on one line. */
    private static String shown(Map<String, SafetensorsWriter.Source> all, WeightsFile file) {
        String names = all.keySet().stream().limit(4).map(OneLine::start).collect(Collectors.joining(", "));
        return (all.isEmpty()
                        ? "it has no tensors"
                        : "its names begin with " + names.substring(0, Math.min(160, names.length())))
                + (file.skipped().isEmpty()
                        ? ""
                        : "; objects of " + String.join(", ", file.skipped())
                                + " were not read: save a model's state_dict(), not the model");
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
