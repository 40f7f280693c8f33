package io.trd4j.data.dataset;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trd4j.io.InputException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FileNamesTest {
    /** In an ASCII locale, Java shows every byte of such a name as the same character: pairs would be mixed up. */
    @Test
    void aNameThatJavaCannotReadIsRefusedWithWhatToDo() {
        assumeTrue(System.getProperty("sun.jnu.encoding").equals("UTF-8"), "such a name cannot be made here");
        InputException refused = assertThrows(
                InputException.class, () -> FileNames.isImage(Path.of("parts", "rgb", "Pr\uFFFD\uFFFDfling.png")));
        assertTrue(
                refused.getMessage().startsWith("parts/rgb has a file whose name cannot be read")
                        && refused.getMessage().contains("set LC_ALL=C.UTF-8"),
                refused.getMessage());
        assertTrue(FileNames.isImage(Path.of("Prüfling.png")));
    }
}
