package io.trd4j.cli.options;

import io.trd4j.io.Nearest;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An option's fixed set of values, in the lower case in which help texts and model files write them. */
public final class EnumConverter<E extends Enum<E>> implements ITypeConverter<E> {
    private final List<E> values;

    /** For all values. */
    public EnumConverter(Class<E> type) {
        this(List.of(type.getEnumConstants()));
    }

    /** For some values, where an option has no others. */
    public EnumConverter(List<E> values) {
        this.values = List.copyOf(values);
    }

    @Override
    public E convert(String value) {
        return values.stream()
                .filter(e -> key(e).equals(value.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> keys = values.stream().map(EnumConverter::key).toList();
                    return new TypeConversionException(
                            "'" + value + "' is not one of " + String.join(", ", keys) + Nearest.hint(value, keys));
                });
    }

    private static String key(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
