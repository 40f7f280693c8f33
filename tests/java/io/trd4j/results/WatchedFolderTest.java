package io.trd4j.results;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.SmallModel;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.PlainFolder;
import io.trd4j.inspect.InspectorOptions;
import io.trd4j.inspect.Verdict;
import io.trd4j.model.Modality;
import io.trd4j.watch.Waiting;
import io.trd4j.watch.WatchTimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program watches a folder, without the command line. */
class WatchedFolderTest {
    private static final WatchTimes AT_ONCE = new WatchTimes(1_000_000, 0, 0, 0);

    @TempDir
    private Path folder;

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private Path model;
    private Path watched;
    private Path lines;
    private List<PartFiles> parts;

    private final WatchedFolder.Listener listener = new WatchedFolder.Listener() {
        @Override
        public void skipped(SkippedResult part) {
            heard.add("skipped " + part.id());
        }

        @Override
        public void waits(Path file, Waiting why) {
            heard.add(why + " " + file.getFileName());
        }
    };

    @BeforeEach
    void parts() throws IOException {
        model = SmallModel.write(folder.resolve("model.safetensors"), Modality.NORMALS, -1000.0);
        parts = SmallModel.category(folder.resolve("cookie"), 1, 1, 2).test();
        watched = folder.resolve("line");
        Files.createDirectories(watched.resolve("rgb"));
        Files.createDirectories(watched.resolve("xyz"));
        lines = folder.resolve("lines.jsonl");
    }

    private void bring(String name, PartFiles part) throws IOException {
        Files.copy(part.rgb(), watched.resolve("rgb/" + name + ".png"));
        Files.copy(part.second(), watched.resolve("xyz/" + name + ".tiff"));
    }

    /** Runs until all of this was heard, in any order. */
    private WatchedFolder.Result until(List<String> wanted) throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try (ModelInUse open = ModelInUse.open(model, InspectorOptions.defaults());
                JsonLines out = JsonLines.appending(lines)) {
            WatchedFolder run = new WatchedFolder(open, PlainFolder.open(watched), AT_ONCE);
            Outputs outputs = Outputs.of(out, part -> heard.add("inspected " + part.id()));
            Future<WatchedFolder.Result> end = pool.submit(() -> run.run(out.known(), outputs, listener));
            List<String> left = new ArrayList<>(wanted);
            while (!left.isEmpty()) {
                String said = heard.poll(2, TimeUnit.MINUTES);
                assertTrue(said != null, "never said: " + left);
                left.remove(said);
            }
            run.stop();
            return end.get(1, TimeUnit.MINUTES);
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void everythingIsCountedAndARestartKnowsTheVerdicts() throws Exception {
        bring("a", parts.get(0));
        bring("b", parts.get(1));
        Files.write(watched.resolve("xyz/b.tiff"), new byte[9]);
        bring("c", parts.get(1));
        Files.write(watched.resolve("xyz/c.tiff"), new byte[0]);
        Files.copy(parts.get(0).rgb(), watched.resolve("rgb/d.png"));
        WatchedFolder.Result first = until(List.of("inspected a", "skipped b", "EMPTY c.tiff", "ALONE d.png"));
        assertEquals(new WatchedFolder.Result(Map.of(Verdict.NG, 1), Map.of(), 1, 2), first);
        assertEquals(1, first.inspected());
        assertEquals(2, Files.readAllLines(lines).size());

        Files.copy(parts.get(0).second(), watched.resolve("xyz/d.tiff"));
        WatchedFolder.Result second = until(List.of("inspected d", "skipped b", "EMPTY c.tiff"));
        assertEquals(new WatchedFolder.Result(Map.of(Verdict.NG, 1), Map.of(Verdict.NG, 1), 1, 1), second);
        assertEquals(4, Files.readAllLines(lines).size());
    }
}
