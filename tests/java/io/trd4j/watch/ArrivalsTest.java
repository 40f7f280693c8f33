package io.trd4j.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.PlainFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When parts are taken, by times that the test gives: nothing waits. */
class ArrivalsTest {
    private static final WatchTimes TIMES = new WatchTimes(1, 200, 2000, 10000);

    @TempDir
    private Path folder;

    private final Arrivals arrivals = new Arrivals(TIMES);
    private final List<Arrivals.Waits> waits = new ArrayList<>();

    @BeforeEach
    void folders() throws IOException {
        Files.createDirectory(folder.resolve("rgb"));
        Files.createDirectory(folder.resolve("xyz"));
    }

    private List<String> look(long now) throws IOException {
        waits.clear();
        return arrivals.look(PlainFolder.open(folder).parts(), true, now, waits).stream()
                .map(PartFiles::id)
                .toList();
    }

    private PartFiles part(String id) throws IOException {
        return PlainFolder.open(folder).parts().stream()
                .filter(part -> part.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Written to a moment ago, as the system says: all of its times are the same. */
    private Path grow(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return file;
    }

    /** Written before, under another name or with a copied time. */
    private Path finish(String name, String text) throws IOException {
        Path file = grow(name, text);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
        return file;
    }

    @Test
    void aFileIsCompleteWhenItNoLongerGrows() throws IOException {
        grow("rgb/a.png", "a");
        grow("xyz/a.tiff", "a");
        assertEquals(List.of(), look(0));
        assertEquals(List.of(), look(199));
        grow("xyz/a.tiff", "more");
        assertEquals(List.of(), look(200), "it grew between the looks");
        assertEquals(List.of(), look(399));
        assertEquals(List.of("a"), look(400));
        assertEquals(List.of("a"), look(401), "until it is done");
        arrivals.inspected(part("a"), List.of("1", "2"));
        assertEquals(List.of(), look(5000));
    }

    @Test
    void aFileThatWasRenamedIsCompleteAtOnce() throws IOException {
        finish("rgb/a.png", "a");
        finish("xyz/.a.tiff.partial", "a");
        assertEquals(List.of(), look(0), "a temporary name is no part");
        Files.move(folder.resolve("xyz/.a.tiff.partial"), folder.resolve("xyz/a.tiff"));
        assertEquals(List.of("a"), look(1));
    }

    @Test
    void anEmptyFileIsNeverCompleteAndIsSaidOnce() throws IOException {
        finish("rgb/a.png", "a");
        Path xyz = finish("xyz/a.tiff", "");
        assertEquals(List.of(), look(0));
        assertEquals(List.of(), look(9_999));
        assertEquals(List.of(), waits);
        assertEquals(List.of(), look(10_000));
        assertEquals(List.of(new Arrivals.Waits(xyz, Waiting.EMPTY)), waits);
        assertEquals(1, arrivals.waiting(10_000));
        assertEquals(List.of(), look(100_000));
        assertEquals(List.of(), waits);
        finish("xyz/a.tiff", "a");
        assertEquals(List.of("a"), look(100_001));
        assertEquals(0, arrivals.waiting(100_001), "it is its turn");
    }

    /** A file that is copied over a slow line. */
    @Test
    void aFileThatGrowsForALongTimeIsSaidOnce() throws IOException {
        Path rgb = finish("rgb/a.png", "a");
        assertEquals(List.of(), look(0));
        Path xyz = grow("xyz/a.tiff", "a");
        List<Arrivals.Waits> all = new ArrayList<>();
        for (int now = 5000; now <= 30_000; now += 100) {
            grow("xyz/a.tiff", "more");
            assertEquals(List.of(), look(now));
            assertEquals(now == 15_000, waits.size() == 1, now + ": " + waits);
            all.addAll(waits);
        }
        assertEquals(List.of(new Arrivals.Waits(xyz, Waiting.GROWING)), all);
        assertEquals(1, arrivals.waiting(30_100));
        assertEquals(List.of("a"), look(30_200));
        arrivals.inspected(part("a"), List.of("1", "2"));
        assertEquals(0, arrivals.waiting(30_200));
        Files.delete(rgb);
        assertEquals(List.of(), look(30_300));
        assertEquals(0, arrivals.waiting(30_300), "nothing new is there");
    }

    @Test
    void onlyOneOfTwoFilesWaitsAndIsSaidOnce() throws IOException {
        Path rgb = finish("rgb/a.png", "a");
        Path xyz = finish("xyz/b.tiff", "b");
        assertEquals(List.of(), look(0));
        assertEquals(List.of(), look(9_999));
        assertEquals(List.of(), waits);
        assertEquals(List.of(), look(10_000));
        assertEquals(List.of(new Arrivals.Waits(rgb, Waiting.ALONE), new Arrivals.Waits(xyz, Waiting.ALONE)), waits);
        assertEquals(List.of(), look(20_000));
        assertEquals(List.of(), waits);
        finish("xyz/a.tiff", "a");
        assertEquals(List.of("a"), look(20_001));
    }

    private void replace(String name, String text) throws IOException {
        Path other = finish(name + ".other", text);
        Files.move(other, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    /** The new colours and the old points are no part. */
    @Test
    void replacedFilesAreAnotherPartWhenBothAreThere() throws IOException {
        finish("rgb/a.png", "a");
        finish("xyz/a.tiff", "a");
        assertEquals(List.of("a"), look(0));
        PartFiles part = part("a");
        assertTrue(arrivals.unchanged(part));
        arrivals.inspected(part, List.of("1", "2"));
        assertEquals(List.of(), look(1));
        replace("rgb/a.png", "other");
        assertFalse(arrivals.unchanged(part), "seen without another look");
        assertEquals(List.of(), look(2));
        assertEquals(List.of(), look(10_001));
        assertEquals(List.of(), waits);
        assertEquals(List.of(), look(10_002));
        assertEquals(
                List.of(new Arrivals.Waits(part.rgb(), Waiting.ALONE)),
                waits,
                "as of a part of which one file is there");
        replace("xyz/a.tiff", "other");
        assertEquals(List.of("a"), look(10_003));
        assertTrue(arrivals.wasDone(part, List.of("1", "2")), "the same content once more");
        assertFalse(arrivals.wasDone(part, List.of("1", "3")));
        arrivals.inspected(part, List.of("1", "3"));
        assertEquals(List.of(), look(10_004));
    }

    /** So that thousands of them cost nothing. */
    @Test
    void partsThatAreDoneAreLookedAtWhenAllAre() throws IOException {
        finish("rgb/a.png", "a");
        finish("xyz/a.tiff", "a");
        assertEquals(List.of("a"), look(0));
        arrivals.inspected(part("a"), List.of("1", "2"));
        replace("rgb/a.png", "other");
        replace("xyz/a.tiff", "other");
        assertEquals(List.of(), arrivals.look(PlainFolder.open(folder).parts(), false, 1, waits));
        assertEquals(List.of("a"), look(2));
    }

    /** Who mends the file that is damaged need not write the other one again. */
    @Test
    void aPartThatWasRefusedIsTriedWhenOneFileChanges() throws IOException {
        finish("rgb/a.png", "a");
        finish("xyz/a.tiff", "a");
        assertEquals(List.of("a"), look(0));
        arrivals.refused(part("a"), List.of("1", "2"));
        assertEquals(List.of(), look(1));
        replace("xyz/a.tiff", "other");
        assertEquals(List.of("a"), look(2));
    }

    /** So memory does not grow where parts are taken out of the folder. */
    @Test
    void aPartThatLeftIsForgotten() throws IOException {
        finish("rgb/a.png", "a");
        Path xyz = finish("xyz/a.tiff", "a");
        assertEquals(List.of("a"), look(0));
        arrivals.inspected(part("a"), List.of("1", "2"));
        Path aside = folder.resolve("a.tiff");
        Files.move(xyz, aside);
        Files.move(folder.resolve("rgb/a.png"), folder.resolve("a.png"));
        assertEquals(List.of(), look(1));
        Files.move(aside, xyz);
        Files.move(folder.resolve("a.png"), folder.resolve("rgb/a.png"));
        assertEquals(List.of("a"), look(2));
        assertFalse(arrivals.wasDone(part("a"), List.of("1", "2")));
    }

    @Test
    void filesThatCannotBeReadAreTriedForSomeTime() throws IOException {
        finish("rgb/a.png", "a");
        finish("xyz/a.tiff", "a");
        look(0);
        PartFiles part = part("a");
        assertTrue(arrivals.mayBeIncomplete(part, 5000), "the first time, whenever that is");
        assertTrue(arrivals.mayBeIncomplete(part, 6999));
        assertFalse(arrivals.mayBeIncomplete(part, 7000));
        finish("xyz/a.tiff", "more");
        look(7001);
        assertTrue(arrivals.mayBeIncomplete(part, 7001), "others have their own time");
    }
}
