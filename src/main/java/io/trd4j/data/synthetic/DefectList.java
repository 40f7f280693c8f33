package io.trd4j.data.synthetic;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import java.util.List;
import java.util.Locale;

/** The list of a category's defects, {@value SyntheticParts#DEFECTS}. */
final class DefectList {
    // Else what is longer than 24 characters is quoted, need it or not.
    private static final CsvMapper CSV = CsvMapper.builder()
            .enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING)
            .build();

    private DefectList() {}

    @JsonPropertyOrder({"id", "kind", "grade", "severity"})
    record Row(String id, String kind, int grade, String severity) {}

    /** @param severity 0 to 1 */
    static Row row(String id, SyntheticDefect.Kind kind, double severity) {
        return new Row(
                id,
                kind.key(),
                SyntheticDefect.Grade.of(severity).number(),
                String.format(Locale.ROOT, "%.4f", severity));
    }

    static String csv(List<Row> rows) {
        try {
            return CSV.writer(CSV.schemaFor(Row.class).withHeader()).writeValueAsString(rows);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("rows of text and numbers can always be written", e);
        }
    }
}
