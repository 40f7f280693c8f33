package io.trd4j.model.tensorfile;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The Python classes and functions in a checkpoint that mean something here. */
final class TorchNames {
    /** Types of elements by the class of a storage. */
    static final Map<String, TensorType> STORAGE_TYPES = new HashMap<>();

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

    /** Those whose results are known. */
    static final Set<String> CALLABLE = Set.of(
            "collections.OrderedDict",
            "torch.Size",
            "torch._utils._rebuild_tensor",
            "collections.defaultdict",
            "torch._utils._rebuild_tensor_v2",
            "torch._utils._rebuild_parameter",
            "torch._utils._rebuild_parameter_with_state",
            "torch._tensor._rebuild_from_type_v2");

    /** Modules that no checkpoint needs and with which a pickle attacks whoever loads it: worth a refusal. */
    private static final Set<String> ATTACKS = Set.of(
            "os",
            "posix",
            "nt",
            "subprocess",
            "sys",
            "runpy",
            "pty",
            "shutil",
            "socket",
            "ctypes",
            "importlib",
            "code");

    private static final Set<String> ATTACKING_BUILTINS =
            Set.of("eval", "exec", "execfile", "compile", "open", "__import__", "apply");

    private TorchNames() {}

    /** Whether a class or function, with its module before it, has no other use in a checkpoint than an attack. */
    static boolean attacks(String name) {
        int dot = name.lastIndexOf('.');
        String module = dot < 0 ? "" : name.substring(0, dot);
        boolean builtin = module.equals("builtins") || module.equals("__builtin__");
        return ATTACKS.contains(module.split("\\.", 2)[0])
                || builtin && ATTACKING_BUILTINS.contains(name.substring(dot + 1));
    }
}
