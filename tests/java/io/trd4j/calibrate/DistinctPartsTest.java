package io.trd4j.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.calibrate.ThresholdNote.Kind;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of any content: they are compared, not decoded. */
class DistinctPartsTest {
    @TempDir
    private Path folder;

    private PartFiles part(String id, String rgb, String xyz) throws IOException {
        String name = id.replace('/', '-');
        return new PartFiles(
                id,
                PartFiles.GOOD,
                Files.writeString(folder.resolve(name + ".png"), rgb),
                Files.writeString(folder.resolve(name + ".tiff"), xyz),
                null);
    }

    @Test
    void copiesAndTrainingPartsDoNotCount() throws IOException {
        List<PartFiles> train = List.of(part("train/good/000", "aaa", "x"), part("train/good/001", "bb", "x"));
        List<PartFiles> validation = List.of(
                part("validation/good/000", "ccc", "x"),
                part("validation/good/001", "aaa", "x"),
                part("validation/good/002", "ccc", "x"),
                part("validation/good/003", "ccc", "y"),
                part("validation/good/004", "aab", "x"));
        DistinctParts distinct = new DistinctParts(validation, train);
        assertEquals(
                List.of("validation/good/000", "validation/good/003", "validation/good/004"),
                distinct.parts().stream().map(PartFiles::id).toList());
        assertEquals(1, distinct.trained());
        assertEquals(
                List.of(Kind.TRAINED, Kind.COPIES),
                distinct.notes().stream().map(ThresholdNote::kind).toList());
        assertTrue(distinct.notes().get(0).message().startsWith("1 of 5 parts are training parts"));
        assertTrue(distinct.notes().get(0).message().contains("validation/good/001 is train/good/000"));
        assertTrue(distinct.notes().get(1).message().contains("validation/good/002 is validation/good/000"));
        assertEquals(List.of(), new DistinctParts(validation.subList(3, 5), train).notes());
    }

    /** 59 parts would do: ten copies and all training parts are none. */
    @Test
    void aPromiseNeedsDifferentParts() throws IOException {
        List<PartFiles> train = new ArrayList<>();
        List<PartFiles> copied = new ArrayList<>();
        List<PartFiles> again = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            train.add(part("train/good/" + i, "part " + i, "x"));
            again.add(part("validation/good/" + i, "part " + i, "x"));
            copied.add(part("copied/good/" + i, i < 50 ? "new " + i : "new 0", "x"));
        }
        ThresholdPlan plan = ThresholdPlan.exact(new Rate(0.05));
        String trained = assertThrows(
                        InputException.class,
                        () -> new ThresholdRun(plan, new Dataset("c", folder, train, again, List.of())))
                .getMessage();
        assertTrue(trained.contains("c/validation, without 0 copies of parts and 60 training parts, has 0"), trained);
        String copies = assertThrows(
                        InputException.class,
                        () -> new ThresholdRun(plan, new Dataset("c", folder, train, copied, List.of())))
                .getMessage();
        assertTrue(copies.contains("without 10 copies of parts and 0 training parts, has 50"), copies);
    }
}
