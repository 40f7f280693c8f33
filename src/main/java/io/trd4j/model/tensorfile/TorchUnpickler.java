package io.trd4j.model.tensorfile;

import io.trd4j.io.InputException;
import io.trd4j.io.OneLine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;

/**
 * Reads tensors, dicts, lists, tuples, strings and numbers out of pickles, and reads past all other objects: these are
 * named, never resolved, and what they are made of is dropped. The pickle library has constructors for many Python
 * classes; none of them is reachable here, because every opcode that looks up, calls or changes an object is handled in
 * this class against a fixed list. Memory and time are bounded: the pickle, the number of its opcodes and of the
 * elements that they copy, and every length in it, which is compared with the bytes that are left before the library
 * allocates it.
 */
final class TorchUnpickler extends Unpickler {
    static final int MAX_BYTES = 8 << 20;

    /** Of about 16 bytes each; a network of a thousand tensors takes a hundred thousand. */
    private static final int MAX_STEPS = 2_000_000;
    /** Longer than any name of a class or parameter. */
    private static final int MAX_NAME = 512;
    /** More than PyTorch's own code makes; the integers of optimisers and random states are smaller. */
    private static final int MAX_INTEGER_BYTES = 255;

    private static final int MAX_DIMENSIONS = 64;
    private static final int MAX_SKIPPED_NAMES = 8;

    private static final int TEXT_STEPS = 4;
    /** Of a text that are one step. */
    private static final int TEXT_BYTES = 8;

    private static final int ENTRY_STEPS = 8;
    private static final int TENSOR_STEPS = 32;

    /** A Python class or function, named but never resolved. */
    private record Global(String name) {}

    /** An object that is no tensor, and of which nothing but the name of its class is kept. */
    record Skipped(String name) {}

    private final Path file;
    private final TorchStorages storages;
    private final ByteBuffer bytes;
    private final Map<String, TorchTensors.Storage> known = new LinkedHashMap<>();
    private final Set<String> skipped = new LinkedHashSet<>();
    private long steps;

    /** @param pickles one or more pickles, one after another; what follows the last is left unread */
    TorchUnpickler(Path file, TorchStorages storages, ByteBuffer pickles) {
        this.file = file;
        this.storages = storages;
        this.bytes = pickles.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The storages named so far, by key, in order of appearance. */
    Map<String, TorchTensors.Storage> known() {
        return known;
    }

    /** The classes of the first objects that were read past, by name. */
    Set<String> skipped() {
        return skipped;
    }

    /**
     * The next pickle: maps (in the file's order, keys as strings), lists, Object[] for tuples, String, Long, Integer,
     * Double, Boolean, null and {@link TorchTensor}; {@link Skipped} where another object is not an entry of a map,
     * which is left out.
     *
     * @throws InputException when it is damaged, too large, or made to attack whoever loads it
     */
    Object next() {
        try {
            return load(new Bytes());
        } catch (InputException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The library reports damage in many ways, from class casts to index errors.
            throw new InputException(file + " is damaged: its pickle makes no sense at byte " + bytes.position(), e);
        }
    }

    @Override
    protected Object dispatch(short opcode) throws PickleException, IOException {
        Integer lengthBytes = TorchOpcodes.LENGTH_BYTES.get(opcode);
        spend(lengthBytes != null ? TEXT_STEPS : TorchOpcodes.STEPS.getOrDefault(opcode, 1));
        if (lengthBytes != null) {
            checkLength(opcode, lengthBytes);
            return super.dispatch(opcode);
        }
        if (TorchOpcodes.PLAIN.contains(opcode)) {
            return super.dispatch(opcode);
        }
        switch (opcode) {
            case Opcodes.EMPTY_DICT -> stack.add(new LinkedHashMap<String, Object>());
            case Opcodes.SETITEM -> {
                Object value = stack.pop();
                Object key = stack.pop();
                set(Arrays.asList(key, value));
            }
            case Opcodes.SETITEMS -> set(stack.pop_all_since_marker());
            case Opcodes.APPEND -> append(Collections.singletonList(stack.pop()));
            case Opcodes.APPENDS -> append(stack.pop_all_since_marker());
            case Opcodes.EMPTY_SET -> stack.add(skip("set"));
            case Opcodes.ADDITEMS -> append(stack.pop_all_since_marker());
            case Opcodes.FROZENSET -> {
                stack.pop_all_since_marker();
                stack.add(skip("frozenset"));
            }
            case Opcodes.GLOBAL -> {
                String module = PickleUtils.readline(input);
                String name = PickleUtils.readline(input);
                requireName(name);
                requireName(module);
                global(module + "." + name);
            }
            case Opcodes.STACK_GLOBAL -> {
                String name = (String) stack.pop();
                String module = (String) stack.pop();
                requireName(name);
                requireName(module);
                global(module + "." + name);
            }
            case Opcodes.REDUCE -> {
                Object[] arguments = (Object[]) stack.pop();
                stack.add(call(stack.pop(), arguments));
            }
            case Opcodes.NEWOBJ -> {
                Object[] arguments = (Object[]) stack.pop();
                stack.add(create(stack.pop(), arguments));
            }
            case Opcodes.NEWOBJ_EX -> {
                stack.pop();
                Object[] arguments = (Object[]) stack.pop();
                stack.add(create(stack.pop(), arguments));
            }
            case Opcodes.BUILD -> {
                // State dicts carry their modules' versions as an attribute; it is of no use here.
                stack.pop();
                if (!(stack.peek() instanceof Skipped)) {
                    dict(stack.peek());
                }
            }
            default ->
                throw new InputException(file + " contains the pickle opcode " + opcode
                        + ", which checkpoints of tensors do not need; it is damaged or holds other objects");
        }
        return NO_RETURN_VALUE;
    }

    /** Counts what takes time and memory: opcodes, objects that they make, and elements that one of them copies. */
    private void spend(long count) {
        steps += count;
        if (steps > MAX_STEPS) {
            throw new InputException(file + " is too large to be a checkpoint of tensors: its pickle has more than "
                    + MAX_STEPS + " steps");
        }
    }

    private void checkLength(short opcode, int lengthBytes) {
        int at = bytes.position();
        long length = switch (lengthBytes) {
            case 1 -> bytes.get(at) & 0xff;
            case 4 -> bytes.getInt(at);
            default -> bytes.getLong(at);
        };
        if (length < 0 || length > bytes.remaining() - lengthBytes) {
            throw new InputException(file + " is damaged: its pickle is cut at byte " + at);
        }
        if (opcode == Opcodes.LONG4 && length > MAX_INTEGER_BYTES) {
            throw new InputException(
                    file + " is no checkpoint of tensors: its pickle holds a whole number of " + length + " bytes");
        }
        spend(length / TEXT_BYTES);
    }

    /** Joined over and over, long ones would fill the memory. */
    private void requireName(String name) {
        spend(name.length() / TEXT_BYTES);
        if (name.length() > MAX_NAME) {
            throw new InputException(file + " is damaged: its pickle holds a name of " + name.length() + " characters");
        }
    }

    private void global(String name) {
        if (TorchNames.attacks(name)) {
            throw new InputException(file + " contains " + shown(name) + ", which runs code and has no place in a "
                    + "checkpoint; nothing of it was executed, do not trust this file");
        }
        stack.add(new Global(name));
    }

    private static String shown(String name) {
        return OneLine.start(name);
    }

    private Skipped skip(String name) {
        String plain = shown(name);
        if (skipped.size() < MAX_SKIPPED_NAMES) {
            skipped.add(plain);
        }
        return new Skipped(plain);
    }

    /** A dict's entries; those of a class of its own are dropped. */
    private void set(List<Object> items) {
        if (!(stack.peek() instanceof Skipped)) {
            Map<String, Object> dict = dict(stack.peek());
            for (int i = 0; i < items.size(); i += 2) {
                put(dict, items.get(i), items.get(i + 1));
            }
        }
    }

    @SuppressWarnings("unchecked") // the library makes every list on the stack
    private void append(List<Object> items) {
        if (!(stack.peek() instanceof Skipped)) {
            ((ArrayList<Object>) stack.peek()).addAll(items);
        }
    }

    /** {@code cls.__new__(cls, *arguments)}: of dicts alone. */
    private Object create(Object cls, Object[] arguments) {
        return isCallable(cls) && ((Global) cls).name.startsWith("collections.")
                ? call(cls, arguments)
                : skip(nameOf(cls));
    }

    private static boolean isCallable(Object function) {
        return function instanceof Global global
                && (TorchNames.CALLABLE.contains(global.name) || TorchNames.STORAGE_TYPES.containsKey(global.name));
    }

    private static String nameOf(Object object) {
        if (object instanceof Global global) {
            return global.name;
        }
        return ((Skipped) object).name; // what a skipped object returned
    }

    private Object call(Object function, Object[] arguments) {
        if (!isCallable(function)) {
            return skip(nameOf(function));
        }
        String name = ((Global) function).name;
        return switch (name) {
            case "collections.OrderedDict" -> orderedDict(arguments);
            case "collections.defaultdict" -> new LinkedHashMap<String, Object>();
            case "torch.Size" -> (Object[]) arguments[0];
            case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state" ->
                arguments[0] instanceof Skipped ? arguments[0] : (TorchTensor) arguments[0];
            case "torch._tensor._rebuild_from_type_v2" -> {
                if (nameOf(arguments[0]).equals(name)) {
                    throw new InputException(file + " is damaged: its pickle calls " + name + " by itself");
                }
                yield call(arguments[0], (Object[]) arguments[2]);
            }
            case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" ->
                arguments[0] instanceof Skipped ? arguments[0] : tensor(arguments);
            default -> throw new InputException(file + " is damaged: it calls " + name);
        };
    }

    private TorchTensor tensor(Object[] arguments) {
        spend(TENSOR_STEPS);
        return TorchTensors.view(
                file,
                storages,
                (TorchTensors.Storage) arguments[0],
                integer(arguments[1]),
                integers(arguments[2]),
                integers(arguments[3]));
    }

    private Map<String, Object> orderedDict(Object[] arguments) {
        Map<String, Object> dict = new LinkedHashMap<>();
        if (arguments.length > 0) {
            // The same list may be copied over and over: each of its entries is counted anew.
            for (Object pair : (List<?>) arguments[0]) {
                List<?> items = pair instanceof Object[] tuple ? Arrays.asList(tuple) : (List<?>) pair;
                put(dict, items.get(0), items.get(1));
            }
        }
        return dict;
    }

    /** ('storage', class, key, location, elements[, (view key, offset, elements)]) */
    @Override
    protected Object persistentLoad(Object id) {
        Object[] parts = (Object[]) id;
        if (!"storage".equals(parts[0])) {
            throw new InputException(file + " contains a whole Python module; only checkpoints of tensors are read "
                    + "(save its state_dict() instead)");
        }
        String storageClass = ((Global) parts[1]).name;
        TensorType type = TorchNames.STORAGE_TYPES.get(storageClass);
        if (type == null) {
            return skip(storageClass); // of quantised or complex tensors
        }
        TorchTensors.Storage whole = new TorchTensors.Storage((String) parts[2], type, 0, integer(parts[4]));
        if (whole.elements() < 0 || whole.elements() > Long.MAX_VALUE / 8) {
            throw new InputException(
                    file + " is damaged: storage " + shown(whole.key()) + " has an impossible type or size");
        }
        TorchTensors.Storage first = known.putIfAbsent(whole.key(), whole);
        if (first != null && first.elements() * first.type().bytes() != whole.elements() * type.bytes()) {
            throw new InputException(file + " is damaged: storage " + shown(whole.key()) + " has two sizes");
        }
        if (parts.length < 6 || parts[5] == null) {
            return whole;
        }
        Object[] view = (Object[]) parts[5];
        long offset = integer(view[1]);
        long elements = integer(view[2]);
        if (offset < 0 || elements < 0 || elements > whole.elements() - offset) {
            throw new InputException(
                    file + " is damaged: a part of storage " + shown(whole.key()) + " reaches beyond it");
        }
        return new TorchTensors.Storage(whole.key(), type, offset, elements);
    }

    private void put(Map<String, Object> dict, Object key, Object value) {
        if (key instanceof List || key instanceof Map) {
            throw new InputException(file + " is damaged: it contains a dict whose keys are lists or dicts");
        }
        spend(ENTRY_STEPS);
        boolean named = key instanceof String || key instanceof Integer || key instanceof Long || key instanceof Double;
        if ((named || key instanceof Boolean) && !(value instanceof Skipped || value instanceof Global)) {
            String name = key.toString();
            requireName(name);
            dict.put(name, value);
        }
    }

    @SuppressWarnings("unchecked") // this class makes every map on the stack
    private static Map<String, Object> dict(Object object) {
        return (LinkedHashMap<String, Object>) object;
    }

    private static long integer(Object value) {
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        throw new ClassCastException("not an integer");
    }

    private List<Long> integers(Object tuple) {
        List<Long> out = new ArrayList<>();
        Object[] values = (Object[]) tuple;
        if (values.length > MAX_DIMENSIONS) {
            throw new InputException(file + " is damaged: it holds a tensor of " + values.length + " dimensions");
        }
        spend(2 * values.length);
        for (Object value : values) {
            out.add(integer(value));
        }
        return out;
    }

    private final class Bytes extends InputStream {
        @Override
        public int read() {
            return bytes.hasRemaining() ? bytes.get() & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (!bytes.hasRemaining()) {
                return length == 0 ? 0 : -1;
            }
            int count = Math.min(length, bytes.remaining());
            bytes.get(target, offset, count);
            return count;
        }
    }
}
