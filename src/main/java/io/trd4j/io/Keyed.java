package io.trd4j.io;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** An enum whose values have names of their own on the command line, in files and in results. */
public interface Keyed {
    /** That name. */
    String key();

    /** The value of this name. */
    static <E extends Enum<E> & Keyed> Optional<E> find(Class<E> type, String key) {
        return Arrays.stream(type.getEnumConstants())
                .filter(e -> e.key().equals(key))
                .findFirst();
    }

    /**
     * The value of this name.
     *
     * @param noun what a value is called, such as {@code precision}
     * @throws InputException for an unknown name, listing the known ones
     */
    static <E extends Enum<E> & Keyed> E of(Class<E> type, String key, String noun) {
        return find(type, key)
                .orElseThrow(() -> new InputException("unknown " + noun + " '" + OneLine.start(key) + "'"
                        + Nearest.hint(key, names(type)) + "; use one of " + keys(type)));
    }

    /** All names in the order of the values, with commas between them. */
    static <E extends Enum<E> & Keyed> String keys(Class<E> type) {
        return String.join(", ", names(type));
    }

    private static <E extends Enum<E> & Keyed> List<String> names(Class<E> type) {
        return Arrays.stream(type.getEnumConstants()).map(Keyed::key).toList();
    }

    /** The usual name: the constant's, in lower case, with hyphens in place of underscores. */
    static String hyphenated(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
