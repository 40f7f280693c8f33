package io.trd4j.model.tensorfile;

import io.trd4j.io.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;

/**
 * Reads pickles of tensors, dicts, lists, tuples, strings and numbers, and nothing else. The pickle library has
 * constructors for many Python classes; none of them is reachable here, because every opcode that looks up, calls or
 * changes an object is handled in this class against a fixed list. Memory is bounded: the pickle, the number of its
 * opcodes, and every length in it, which is compared with the bytes that are left before the library allocates it.
 */
final class TorchUnpickler extends Unpickler {
    static final int MAX_BYTES = 16 << 20;

    private static final int MAX_OPCODES = 2_000_000;

    /** Opcodes that only push plain values or copy references: left to the library. */
    private static final Set<Short> PLAIN = Set.of(
            Opcodes.MARK,
            Opcodes.STOP,
            Opcodes.POP,
            Opcodes.NONE,
            Opcodes.NEWTRUE,
            Opcodes.NEWFALSE,
            Opcodes.BININT,
            Opcodes.BININT1,
            Opcodes.BININT2,
            Opcodes.BINFLOAT,
            Opcodes.PROTO,
            Opcodes.FRAME,
            Opcodes.EMPTY_LIST,
            Opcodes.EMPTY_TUPLE,
            Opcodes.TUPLE,
            Opcodes.TUPLE1,
            Opcodes.TUPLE2,
            Opcodes.TUPLE3,
            Opcodes.APPEND,
            Opcodes.APPENDS,
            Opcodes.BINGET,
            Opcodes.LONG_BINGET,
            Opcodes.BINPUT,
            Opcodes.LONG_BINPUT,
            Opcodes.MEMOIZE,
            Opcodes.BINPERSID);

    /** Opcodes followed by a length, and how many bytes that length has. */
    private static final Map<Short, Integer> LENGTH_BYTES = Map.of(
            Opcodes.SHORT_BINSTRING,
            1,
            Opcodes.SHORT_BINUNICODE,
            1,
            Opcodes.SHORT_BINBYTES,
            1,
            Opcodes.LONG1,
            1,
            Opcodes.BINSTRING,
            4,
            Opcodes.BINUNICODE,
            4,
            Opcodes.BINBYTES,
            4,
            Opcodes.LONG4,
            4,
            Opcodes.BINUNICODE8,
            8,
            Opcodes.BINBYTES8,
            8);

    private static final Map<String, TensorType> STORAGE_TYPES = new HashMap<>();

    static {
        Map<String, TensorType> byName = Map.of(
                "Float",
                TensorType.F32,
                "Double",
                TensorType.F64,
                "Half",
                TensorType.F16,
                "BFloat16",
                TensorType.BF16,
                "Long",
                TensorType.I64,
                "Int",
                TensorType.I32,
                "Short",
                TensorType.I16,
                "Char",
                TensorType.I8,
                "Byte",
                TensorType.U8,
                "Bool",
                TensorType.BOOL);
        byName.forEach((name, type) -> STORAGE_TYPES.put("torch." + name + "Storage", type));
        byName.forEach((name, type) -> STORAGE_TYPES.put("torch.cuda." + name + "Storage", type));
        STORAGE_TYPES.put("torch.UntypedStorage", TensorType.U8);
        STORAGE_TYPES.put("torch.storage.UntypedStorage", TensorType.U8);
    }

    private static final Set<String> CALLABLE = Set.of(
            "collections.OrderedDict",
            "torch.Size",
            "torch._utils._rebuild_tensor",
            "torch._utils._rebuild_tensor_v2",
            "torch._utils._rebuild_parameter");

    /** A Python class or function, named but never resolved. */
    private record Global(String name) {}

    private final Path file;
    private final TorchStorages storages;
    private final ByteBuffer bytes;
    private final Map<String, TorchTensors.Storage> known = new LinkedHashMap<>();
    private int opcodes;

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

    /**
     * The next pickle: maps (in the file's order, keys as strings), lists, Object[] for tuples, String, Long, Integer,
     * Double, Boolean, null and {@link TorchTensor}.
     *
     * @throws InputException when it is damaged or holds anything else
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
        if (++opcodes > MAX_OPCODES) {
            throw new InputException(file + " is too large to be a checkpoint of tensors: its pickle has more than "
                    + MAX_OPCODES + " steps");
        }
        Integer lengthBytes = LENGTH_BYTES.get(opcode);
        if (lengthBytes != null) {
            checkLength(lengthBytes);
            return super.dispatch(opcode);
        }
        if (PLAIN.contains(opcode)) {
            return super.dispatch(opcode);
        }
        switch (opcode) {
            case Opcodes.EMPTY_DICT -> stack.add(new LinkedHashMap<String, Object>());
            case Opcodes.SETITEM -> {
                Object value = stack.pop();
                Object key = stack.pop();
                put(dict(stack.peek()), key, value);
            }
            case Opcodes.SETITEMS -> {
                List<Object> items = stack.pop_all_since_marker();
                Map<String, Object> dict = dict(stack.peek());
                for (int i = 0; i < items.size(); i += 2) {
                    put(dict, items.get(i), items.get(i + 1));
                }
            }
            case Opcodes.GLOBAL -> {
                String module = PickleUtils.readline(input);
                global(module + "." + PickleUtils.readline(input));
            }
            case Opcodes.STACK_GLOBAL -> {
                String name = (String) stack.pop();
                global(stack.pop() + "." + name);
            }
            case Opcodes.REDUCE -> {
                Object[] arguments = (Object[]) stack.pop();
                stack.add(call(((Global) stack.pop()).name, arguments));
            }
            case Opcodes.BUILD -> {
                // State dicts carry their modules' versions as an attribute; it is of no use here.
                stack.pop();
                dict(stack.peek());
            }
            default ->
                throw new InputException(file + " contains the pickle opcode " + opcode
                        + ", which checkpoints of tensors do not need; it is damaged or holds other objects");
        }
        return NO_RETURN_VALUE;
    }

    private void checkLength(int lengthBytes) {
        int at = bytes.position();
        long length = switch (lengthBytes) {
            case 1 -> bytes.get(at) & 0xff;
            case 4 -> bytes.getInt(at);
            default -> bytes.getLong(at);
        };
        if (length < 0 || length > bytes.remaining() - lengthBytes) {
            throw new InputException(file + " is damaged: its pickle is cut at byte " + at);
        }
    }

    private void global(String name) {
        if (!CALLABLE.contains(name) && !STORAGE_TYPES.containsKey(name)) {
            String shown = name.replaceAll("[^\\x20-\\x7e]", "?");
            throw new InputException(file + " contains " + shown.substring(0, Math.min(100, shown.length()))
                    + ", which is not a tensor; only checkpoints of tensors are read (save the state dicts alone)");
        }
        stack.add(new Global(name));
    }

    private Object call(String name, Object[] arguments) {
        return switch (name) {
            case "collections.OrderedDict" -> orderedDict(arguments);
            case "torch.Size" -> (Object[]) arguments[0];
            case "torch._utils._rebuild_parameter" -> (TorchTensor) arguments[0];
            case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" ->
                TorchTensors.view(
                        file,
                        storages,
                        (TorchTensors.Storage) arguments[0],
                        integer(arguments[1]),
                        integers(arguments[2]),
                        integers(arguments[3]));
            default -> throw new InputException(file + " is damaged: it calls " + name);
        };
    }

    private Map<String, Object> orderedDict(Object[] arguments) {
        Map<String, Object> dict = new LinkedHashMap<>();
        if (arguments.length > 0) {
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
        TensorType type = STORAGE_TYPES.get(((Global) parts[1]).name);
        TorchTensors.Storage whole = new TorchTensors.Storage((String) parts[2], type, 0, integer(parts[4]));
        if (type == null || whole.elements() < 0 || whole.elements() > Long.MAX_VALUE / 8) {
            throw new InputException(file + " is damaged: storage " + whole.key() + " has an impossible type or size");
        }
        TorchTensors.Storage first = known.putIfAbsent(whole.key(), whole);
        if (first != null && first.elements() * first.type().bytes() != whole.elements() * type.bytes()) {
            throw new InputException(file + " is damaged: storage " + whole.key() + " has two sizes");
        }
        if (parts.length < 6 || parts[5] == null) {
            return whole;
        }
        Object[] view = (Object[]) parts[5];
        long offset = integer(view[1]);
        long elements = integer(view[2]);
        if (offset < 0 || elements < 0 || elements > whole.elements() - offset) {
            throw new InputException(file + " is damaged: a part of storage " + whole.key() + " reaches beyond it");
        }
        return new TorchTensors.Storage(whole.key(), type, offset, elements);
    }

    private void put(Map<String, Object> dict, Object key, Object value) {
        if (!(key instanceof String || key instanceof Number || key instanceof Boolean)) {
            throw new InputException(file + " contains a dict whose keys are neither strings nor numbers; "
                    + "only checkpoints of tensors are read");
        }
        dict.put(key.toString(), value);
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

    private static List<Long> integers(Object tuple) {
        List<Long> out = new ArrayList<>();
        for (Object value : (Object[]) tuple) {
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
