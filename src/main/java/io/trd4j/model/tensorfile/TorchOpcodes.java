package io.trd4j.model.tensorfile;

import java.util.Map;
import java.util.Set;
import net.razorvine.pickle.Opcodes;

/** The pickle opcodes that checkpoints need, by how they are read. */
final class TorchOpcodes {
    private TorchOpcodes() {}

    /** Opcodes that only push plain values or copy references: left to the library. */
    static final Set<Short> PLAIN = Set.of(
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
            Opcodes.BINGET,
            Opcodes.LONG_BINGET,
            Opcodes.BINPUT,
            Opcodes.LONG_BINPUT,
            Opcodes.MEMOIZE,
            Opcodes.BINPERSID);

    /** Opcodes followed by a length, and how many bytes that length has. */
    static final Map<Short, Integer> LENGTH_BYTES = Map.of(
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

    /** Steps that objects stand for; all other opcodes are one. */
    static final Map<Short, Integer> STEPS = Map.ofEntries(
            Map.entry(Opcodes.EMPTY_LIST, 2),
            Map.entry(Opcodes.EMPTY_DICT, 4),
            Map.entry(Opcodes.TUPLE, 3),
            Map.entry(Opcodes.TUPLE1, 2),
            Map.entry(Opcodes.TUPLE2, 2),
            Map.entry(Opcodes.TUPLE3, 2),
            Map.entry(Opcodes.GLOBAL, 12),
            Map.entry(Opcodes.STACK_GLOBAL, 12),
            Map.entry(Opcodes.REDUCE, 4),
            Map.entry(Opcodes.NEWOBJ, 4),
            Map.entry(Opcodes.BINPUT, 3),
            Map.entry(Opcodes.LONG_BINPUT, 3),
            Map.entry(Opcodes.MEMOIZE, 3));
}
