package io.trd4j.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that spreadsheet programs and this program read. */
class CsvTest {
    @TempDir
    private Path folder;

    @JsonPropertyOrder({"name", "value", "flag"})
    record Row(String name, double value, boolean flag) {}

    @Test
    void textsAreNoFormulasAndComeBack() throws IOException {
        List<String> names = List.of(
                "=1+1",
                "+1+1",
                "-1-1",
                "@SUM(A1)",
                "\t=1",
                "\r=1",
                "\n=1",
                "＝1",
                "'=1",
                "''=1",
                "'",
                "''",
                "'a",
                "a=1",
                "",
                " =1",
                "a,\"b\"",
                "=cmd|' /C calc'!A0",
                "größe");
        // Numbers as texts are numbers.
        String numbers = Csv.of(
                Row.class, List.of(new Row("-3.225", 0, true), new Row("+1e-5", 0, true), new Row("-1e", 0, true)));
        assertEquals("name,value,flag\n-3.225,0.0,true\n+1e-5,0.0,true\n'-1e,0.0,true\n", numbers);
        List<Row> rows = names.stream().map(name -> new Row(name, -1.5, true)).toList();
        String text = Csv.of(Row.class, rows);
        assertTrue(
                text.startsWith("name,value,flag\n'=1+1,-1.5,true\n'+1+1,-1.5,true\n'-1-1,-1.5,true\n'@SUM(A1),"),
                text);
        for (String formula : List.of("=", "+", "-", "@", "\t", "\r", "＝")) {
            assertTrue(!text.contains("true\n" + formula) && !text.contains("true\n\"" + formula), text);
        }
        List<String> read = new ArrayList<>();
        Csv.read(
                Files.writeString(folder.resolve("a.csv"), "\uFEFF" + text),
                row -> {
                    read.add(row.apply("name"));
                    assertEquals("-1.5", row.apply("value"));
                    assertEquals("true", row.apply("flag"));
                    assertEquals(null, row.apply("other"));
                },
                InputException::new);
        assertEquals(names, read);
    }

    @Test
    void whatIsNoTableIsRefused() throws IOException {
        Path file = folder.resolve("a.csv");
        Files.write(file, "name\n\"a".getBytes(StandardCharsets.US_ASCII));
        assertEquals(
                "it is no sound CSV",
                assertThrows(InputException.class, () -> Csv.read(file, row -> {}, InputException::new))
                        .getMessage());
        Files.write(file, "name\n\u00e4".getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(
                "its text is not UTF-8",
                assertThrows(InputException.class, () -> Csv.read(file, row -> {}, InputException::new))
                        .getMessage());
        Files.write(file, new byte[0]);
        Csv.read(file, row -> assertEquals("", "no row"), InputException::new);
    }
}
