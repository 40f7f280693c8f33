package io.trd4j.cli.options;

import io.trd4j.io.Nearest;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * An option's value that is a whole number, or {@code auto}: chosen from the data.
 *
 * @param number null = auto
 */
public record AutoNumber(Integer number) {
    public boolean auto() {
        return number == null;
    }

    /** The number, or another in place of auto. */
    public int orElse(int automatic) {
        return number == null ? automatic : number;
    }

    /** Reads the option. */
    public static final class Converter implements ITypeConverter<AutoNumber> {
        @Override
        public AutoNumber convert(String value) {
            try {
                return new AutoNumber(value.equals("auto") ? null : Integer.valueOf(value));
            } catch (NumberFormatException e) {
                throw new TypeConversionException(
                        "'" + value + "' is neither auto nor a whole number" + Nearest.hint(value, List.of("auto")));
            }
        }
    }
}
