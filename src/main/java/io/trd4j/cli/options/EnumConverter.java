package io.trd4j.cli.options;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
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
                .orElseThrow(() -> new TypeConversionException("'" + value + "' is not one of "
                        + values.stream().map(EnumConverter::key).collect(Collectors.joining(", "))));
    }

    private static String key(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
