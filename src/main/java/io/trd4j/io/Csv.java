package io.trd4j.io;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Tables as CSV: a line of headings, then the rows, with commas, line feeds, and quotes where a value needs them.
 *
 * <p>Spreadsheet programs take a text that begins with {@code = + - @}, a tab or a carriage return for a formula, and
 * run it. An apostrophe stands before such a text, and before one that already looks guarded; reading removes it.
 * Numbers stay as they are.
 */
public final class Csv {
    private static final char GUARD = '\'';
    /** Some programs write it before UTF-8. */
    private static final String MARK = "\uFEFF";

    /** A number with a sign is one for every program, also where a column holds its exact text. */
    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d+(\\.\\d+)?([eE][+-]?\\d+)?");

    private static final String FORMULA = "=+-@\t\r\n＝＋－＠";

    /** Made when first used: an application without the CSV library is told so by this class's methods. */
    private static final class Mappers {
        // Else every value of more than 24 characters is quoted.
        static final CsvMapper TABLE = CsvMapper.builder()
                .enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING)
                .addModule(new SimpleModule().addSerializer(String.class, new Guarded()))
                .build();
        static final CsvMapper ROWS =
                CsvMapper.builder().enable(CsvParser.Feature.WRAP_AS_ARRAY).build();
    }

    private Csv() {}

    /** Writes texts so that no program runs them. */
    private static final class Guarded extends StdScalarSerializer<String> {
        private static final long serialVersionUID = 1L;

        Guarded() {
            super(String.class);
        }

        @Override
        public void serialize(String text, JsonGenerator out, SerializerProvider provider) throws IOException {
            boolean runs = isFormula(text, 0) && !NUMBER.matcher(text).matches();
            out.writeString(runs || isGuarded(text) ? GUARD + text : text);
        }
    }

    private static boolean isFormula(String text, int at) {
        return text.length() > at && FORMULA.indexOf(text.charAt(at)) >= 0;
    }

    private static boolean isGuarded(String text) {
        return text.length() > 1 && text.charAt(0) == GUARD && (text.charAt(1) == GUARD || isFormula(text, 1));
    }

    /**
     * The table's text.
     *
     * @param type of a row: a record of texts, numbers and booleans whose {@code JsonPropertyOrder} names the columns
     *     in order
     */
    public static <T> String of(Class<T> type, List<T> rows) {
        OptionalLibrary.CSV.require();
        try {
            return Mappers.TABLE
                    .writer(Mappers.TABLE.schemaFor(type).withHeader())
                    .writeValueAsString(rows);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("rows of texts and numbers can always be written", e);
        }
    }

    /**
     * Reads a table row by row, in UTF-8, texts as they were before {@link #of}.
     *
     * @param row is given the cells by their columns' headings: the cell, or null where the table has no such column or
     *     the row ends before it
     * @param refused makes the exception of what is wrong with the table
     * @throws MissingLibraryException when the CSV library is not on the class path
     * @throws IOException when the disk fails
     */
    public static void read(Path file, Consumer<UnaryOperator<String>> row, Function<String, InputException> refused)
            throws IOException {
        OptionalLibrary.CSV.require();
        try (Reader reader = Readable.text(file);
                MappingIterator<String[]> rows =
                        Mappers.ROWS.readerFor(String[].class).readValues(reader)) {
            Map<String, Integer> columns = new HashMap<>();
            String[] headings = rows.hasNextValue() ? rows.nextValue() : new String[0];
            for (int i = 0; i < headings.length; i++) {
                boolean marked = i == 0 && headings[i].startsWith(MARK);
                columns.putIfAbsent(marked ? headings[i].substring(MARK.length()) : headings[i], i);
            }
            while (rows.hasNextValue()) {
                String[] cells = rows.nextValue();
                row.accept(heading -> {
                    Integer i = columns.get(heading);
                    return i == null || i >= cells.length
                            ? null
                            : isGuarded(cells[i]) ? cells[i].substring(1) : cells[i];
                });
            }
        } catch (JsonProcessingException e) {
            throw refused.apply("it is no sound CSV");
        } catch (CharacterCodingException e) {
            throw refused.apply("its text is not UTF-8");
        }
    }
}
