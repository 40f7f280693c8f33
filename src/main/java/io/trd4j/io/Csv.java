package io.trd4j.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import java.util.List;

/** Tables as CSV: a line of headings, then the rows, with commas, line feeds, and quotes where a value needs them. */
public final class Csv {

    private Csv() {}

    /**
     * The table's text.
     *
     * @param type of a row: a record of texts, numbers and booleans whose {@code JsonPropertyOrder} names the columns
     *     in order
     */
    public static <T> String of(Class<T> type, List<T> rows) {
        OptionalLibrary.CSV.require();
        // Else every value of more than 24 characters is quoted.
        CsvMapper mapper = CsvMapper.builder()
                .enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING)
                .build();
        try {
            return mapper.writer(mapper.schemaFor(type).withHeader()).writeValueAsString(rows);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("rows of texts and numbers can always be written", e);
        }
    }
}
