package io.trd4j.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.dataset.PlainFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListingTest {
    @TempDir
    private Path folder;

    @Test
    void aFolderIsListedWhenSomethingChanged() throws IOException {
        Path rgb = Files.createDirectory(folder.resolve("rgb"));
        Files.createDirectory(folder.resolve("xyz"));
        Listing listing = new Listing(PlainFolder.open(folder));
        assertTrue(listing.refresh(0), "all is new");
        assertFalse(listing.refresh(1));
        assertEquals(0, listing.parts().size());
        Files.write(rgb.resolve("a.png"), new byte[1]);
        // Times are as coarse as the system's clock.
        Files.setLastModifiedTime(rgb, FileTime.fromMillis(1_000_000));
        assertFalse(listing.refresh(2), "what is known is not looked at");
        assertEquals(1, listing.parts().size());
        assertTrue(listing.refresh(TimeUnit.MINUTES.toNanos(10)), "from time to time in any case");
    }

    /** A folder that cannot be listed is listed as soon as it can. */
    @Test
    void aFaultIsNotTheLastWord() throws IOException {
        Path rgb = Files.createDirectory(folder.resolve("rgb"));
        Files.createDirectory(folder.resolve("xyz"));
        Listing listing = new Listing(PlainFolder.open(folder));
        listing.refresh(0);
        listing.refresh(1);
        Files.write(rgb.resolve("a.png"), new byte[1]);
        Files.write(rgb.resolve("a.jpg"), new byte[1]);
        Files.setLastModifiedTime(rgb, FileTime.fromMillis(1_000_000));
        for (int time = 2; time < 5; time++) {
            long now = time;
            assertThrows(RuntimeException.class, () -> listing.refresh(now), "two files of one name");
        }
        Files.delete(rgb.resolve("a.jpg"));
        listing.refresh(5);
        assertEquals(1, listing.parts().size());
    }
}
