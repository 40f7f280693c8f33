package io.trd4j.jni;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The variables that GCC's OpenMP runtime reads when it is loaded. Of a value that it cannot read it complains on
 * standard error, in words of its own, and of a stack that no thread gets it ends the process.
 */
final class OpenMpVariables {
    private static final String COUNT = "0*[1-9]\\d*";
    private static final String SWITCH = "true|false";
    private static final String BINDING = "master|primary|close|spread";
    private static final String SIZE = "\\d+\\s*[bkmg]?";
    /** Numbers, with lengths and strides. */
    private static final String CPUS = "\\d+(-\\d+(:\\d+)?)?";

    private static final Map<String, Pattern> VALUES = new TreeMap<>();

    private static final Pattern STACK = Pattern.compile("(\\d{1,15})\\s*([bkmg]?)");
    private static final long MIN_STACK = 16 << 10;
    private static final long MAX_STACK = 1 << 30;

    static {
        put(COUNT + "(\\s*,\\s*" + COUNT + ")*", "OMP_NUM_THREADS");
        put(COUNT, "OMP_THREAD_LIMIT");
        put("\\d+", "OMP_DEFAULT_DEVICE", "OMP_MAX_ACTIVE_LEVELS", "OMP_MAX_TASK_PRIORITY");
        put(SWITCH, "OMP_CANCELLATION", "OMP_DISPLAY_AFFINITY", "OMP_DYNAMIC", "OMP_NESTED");
        put(SWITCH + "|verbose", "OMP_DISPLAY_ENV");
        put(SWITCH + "|(" + BINDING + ")(\\s*,\\s*(" + BINDING + "))*", "OMP_PROC_BIND");
        put(
                "(threads|cores|sockets|ll_caches|numa_domains)(\\s*\\(\\s*" + COUNT + "\\s*\\))?|[{!][{}\\d:,!\\s-]*",
                "OMP_PLACES");
        put("((non)?monotonic\\s*:\\s*)?(static|dynamic|guided|auto)(\\s*,\\s*" + COUNT + ")?", "OMP_SCHEDULE");
        put("mandatory|disabled|default", "OMP_TARGET_OFFLOAD");
        put("active|passive", "OMP_WAIT_POLICY");
        put(SIZE, "GOMP_STACKSIZE", "OMP_STACKSIZE");
        put("infinite|infinity|\\d+\\s*[kmgt]?", "GOMP_SPINCOUNT");
        put(CPUS + "([\\s,]+" + CPUS + ")*", "GOMP_CPU_AFFINITY");
    }

    private OpenMpVariables() {}

    private static void put(String value, String... names) {
        for (String name : names) {
            VALUES.put(name, Pattern.compile(value));
        }
    }

    /** The names of variables that the runtime could not read, in the order of the alphabet. */
    static List<String> unreadable(Map<String, String> environment) {
        return VALUES.keySet().stream()
                .filter(environment::containsKey)
                .filter(name -> !isReadable(name, environment.get(name).strip().toLowerCase(Locale.ROOT)))
                .toList();
    }

    private static boolean isReadable(String name, String value) {
        return VALUES.get(name).matcher(value).matches() && (!name.endsWith("_STACKSIZE") || isStack(value));
    }

    private static boolean isStack(String value) {
        Matcher stack = STACK.matcher(value);
        if (!stack.matches()) {
            return false;
        }
        int shift = switch (stack.group(2)) {
            case "b" -> 0;
            case "m" -> 20;
            case "g" -> 30;
            default -> 10;
        };
        long number = Long.parseLong(stack.group(1));
        return number >= MIN_STACK >> shift && number << shift >= MIN_STACK && number <= MAX_STACK >> shift;
    }
}
