package io.trd4j.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Needs;
import io.trd4j.data.Part;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.PlainFolder;
import io.trd4j.data.image.ImageWriter;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.inspect.DeviceChoice;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.io.FileTrees;
import io.trd4j.io.InputException;
import io.trd4j.model.Backbone;
import io.trd4j.model.Geometry;
import io.trd4j.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole run, with times that never pass or have always passed. */
class WatchRunTest {
    private static final long NEVER = TimeUnit.DAYS.toNanos(1);

    @TempDir
    private Path folder;

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final ExecutorService pool = Executors.newSingleThreadExecutor();
    private WatchRun run;
    private Future<?> end;

    /** Writes down what it hears. */
    private final WatchRun.Listener listener = new WatchRun.Listener() {
        @Override
        public boolean isKnown(PartFiles files, List<String> checksums) {
            assertEquals(2, checksums.size());
            if (files.id().equals("known")) {
                heard.add("known");
                return true;
            }
            return false;
        }

        @Override
        public void inspected(
                PartFiles files, List<String> checksums, Part part, long readNanos, Inspection inspection) {
            assertTrue(Float.isFinite(inspection.score()) && readNanos > 0);
            assertNotNull(part.xyz());
            heard.add("inspected " + files.id());
        }

        @Override
        public void refused(PartFiles files, List<String> checksums, InputException why) {
            heard.add("refused " + files.id());
        }

        @Override
        public void waits(Path file, Waiting why) {
            heard.add((why + " " + file.getFileName()).toLowerCase(Locale.ROOT));
        }

        @Override
        public void unreadable(String why) {
            heard.add("unreadable");
        }
    };

    @BeforeEach
    void folders() throws IOException {
        Files.createDirectory(folder.resolve("rgb"));
        Files.createDirectory(folder.resolve("xyz"));
    }

    @AfterEach
    void end() throws Exception {
        run.stop();
        pool.shutdown();
        end.get(1, TimeUnit.MINUTES);
    }

    private void start(long patience, long partner) throws IOException {
        Needs.precision(Precision.FP32);
        run = new WatchRun(PlainFolder.open(folder), new WatchTimes(1_000_000, 0, patience, partner));
        InspectorOptions options = new InspectorOptions(1, Precision.FP32).withDevice(DeviceChoice.CPU);
        end = pool.submit(() -> {
            try (Inspector inspector = Inspector.random(Backbone.RESNET18, 32, Geometry.normals(5), options)) {
                run.run(inspector, listener);
            }
            return null;
        });
    }

    private String next() throws InterruptedException {
        return heard.poll(2, TimeUnit.MINUTES);
    }

    /** Passes over that one of its files was there before the other. */
    private String nextResult() throws InterruptedException {
        String said = next();
        return said.startsWith("alone") ? nextResult() : said;
    }

    private byte[] points(int seed) {
        return ImageWriter.tiffXyz(
                SyntheticParts.part(SyntheticProduct.COOKIE, 48, seed).xyz());
    }

    /** The colour image comes last, as whole. */
    private void bring(String name, byte[] points) throws IOException {
        Files.write(folder.resolve("xyz/" + name + ".tiff"), points);
        Path temporary = folder.resolve("rgb/." + name);
        Files.write(
                temporary,
                ImageWriter.png(
                        SyntheticParts.part(SyntheticProduct.COOKIE, 48, 1).rgb()));
        Files.move(temporary, folder.resolve("rgb/" + name + ".png"));
    }

    /** While it may still grow, nothing is said of a file that cannot be read. */
    @Test
    void aFileThatEndsTooEarlyIsReadAgain() throws Exception {
        byte[] points = points(1);
        bring("a", Arrays.copyOf(points, points.length / 2));
        start(NEVER, NEVER);
        bring("b", points);
        assertEquals("inspected b", next(), "a was tried before it");
        Files.write(
                folder.resolve("xyz/a.tiff"),
                Arrays.copyOfRange(points, points.length / 2, points.length),
                StandardOpenOption.APPEND);
        assertEquals("inspected a", next());
    }

    @Test
    void whatCannotBeReadIsRefusedOnceAndOthersGoOn() throws Exception {
        bring("a", new byte[9]);
        bring("b", points(2));
        bring("known", points(2));
        Files.write(folder.resolve("xyz/lonely.tiff"), points(1));
        start(0, 0);
        assertEquals("alone lonely.tiff", next());
        assertEquals("refused a", next());
        assertEquals("inspected b", next());
        assertEquals("known", next());
        bring("c", points(3));
        assertEquals("inspected c", nextResult());
        Path mended = Files.write(folder.resolve("xyz/.a"), points(1));
        Files.move(mended, folder.resolve("xyz/a.tiff"), StandardCopyOption.REPLACE_EXISTING);
        assertEquals("inspected a", nextResult());
    }

    /** As a network that is down for a while. */
    @Test
    void aFolderThatIsGoneForAWhileIsTriedAgain() throws Exception {
        bring("a", points(1));
        start(NEVER, NEVER);
        assertEquals("inspected a", next());
        Path away = folder.resolve("away");
        Files.move(folder.resolve("rgb"), away);
        assertEquals("unreadable", next());
        Files.move(away, folder.resolve("rgb"));
        bring("b", points(2));
        assertEquals("inspected b", next(), "and a not again");
        FileTrees.delete(folder.resolve("xyz"));
        assertEquals("unreadable", next());
    }
}
