package io.trd4j.data;

import io.trd4j.io.AtomicFile;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * Writes a synthetic product category in the MVTec 3D-AD layout: good parts to train and validate on, and test parts
 * that are good, stained (colour only), dented or bumped (geometry only), or have a hole, a crack or contamination
 * (both), with masks of what was changed. The same arguments give the same bytes.
 */
public final class SyntheticParts {
    public static final int MIN_SIZE = 32;
    public static final int MAX_SIZE = 1024;
    public static final int MAX_PARTS = 100_000;

    private SyntheticParts() {}

    /** One part in memory, and its ground truth (255 = defect). */
    record Sample(RgbImage rgb, PointCloud xyz, byte[] mask) {}

    /**
     * @param categoryFolder created; must not exist or be empty
     * @param test test parts in all: about a third good, the rest dealt out evenly to the six kinds of defect
     * @param sizePx width and height of the images, 32 to 1024
     * @param progress told after each part how many are written
     * @throws InputException when the folder is not empty or a number is out of range
     * @throws IOException when a file cannot be written; what was written before is then removed
     */
    public static void write(Path categoryFolder, Shape shape, int train, int validation, int test, int sizePx, long seed,
                             IntConsumer progress) throws IOException {
        checkRange("size", sizePx, MIN_SIZE, MAX_SIZE);
        checkRange("train", train, 0, MAX_PARTS);
        checkRange("validation", validation, 0, MAX_PARTS);
        checkRange("test", test, 0, MAX_PARTS);
        if (train + validation + test == 0) {
            throw new InputException("no parts to write; give at least one for train, validation or test");
        }
        List<Path> created = new ArrayList<>();
        for (Path folder = categoryFolder.toAbsolutePath(); folder != null && !Files.exists(folder); folder = folder.getParent()) {
            created.add(folder);
        }
        if (!isEmpty(categoryFolder)) {
            throw new InputException(categoryFolder + " is not empty; choose another folder or category, or empty it");
        }
        List<SyntheticDefect.Kind> kinds = deal(test);
        int done = 0;
        try {
            for (int i = 0; i < train; i++) {
                save(categoryFolder.resolve("train/good"), i, sample(shape, sizePx, partSeed(seed, 0, i), null), false);
                progress.accept(++done);
            }
            for (int i = 0; i < validation; i++) {
                save(categoryFolder.resolve("validation/good"), i, sample(shape, sizePx, partSeed(seed, 1, i), null), false);
                progress.accept(++done);
            }
            int[] next = new int[SyntheticDefect.Kind.values().length + 1];
            for (int i = 0; i < test; i++) {
                SyntheticDefect.Kind kind = kinds.get(i);
                Path folder = categoryFolder.resolve("test").resolve(kind == null ? PartFiles.GOOD : kind.key());
                int number = next[kind == null ? 0 : kind.ordinal() + 1]++;
                save(folder, number, sample(shape, sizePx, partSeed(seed, 2, i), kind), true);
                progress.accept(++done);
            }
        } catch (IOException | RuntimeException e) {
            remove(categoryFolder, created);
            throw e;
        }
    }

    /**
     * A good part in memory: the first that {@link #write} would write to train on.
     *
     * @param sizePx width and height of its colour image and point cloud, 32 to 1024
     */
    public static Part part(Shape shape, int sizePx, long seed) {
        checkRange("size", sizePx, MIN_SIZE, MAX_SIZE);
        Sample sample = sample(shape, sizePx, partSeed(seed, 0, 0), null);
        return Part.of(shape.key(), sample.rgb(), sample.xyz());
    }

    /** The part that {@link #write} would write for a seed; with {@code kind} null the same part without its defect. */
    static Sample sample(Shape shape, int size, long partSeed, SyntheticDefect.Kind kind) {
        SyntheticScene scene = new SyntheticScene(shape, size, partSeed, kind);
        return new Sample(scene.rgb(), scene.xyz(), scene.mask());
    }

    static long partSeed(long seed, int split, int index) {
        return SyntheticNoise.mix(SyntheticNoise.mix(seed, 1000 + split), index);
    }

    /** One entry per test part, null for good: about a third good, every kind once when there are enough parts. */
    static List<SyntheticDefect.Kind> deal(int test) {
        SyntheticDefect.Kind[] all = SyntheticDefect.Kind.values();
        int good = Math.round(test / 3f);
        if (test > all.length) {
            good = Math.min(good, test - all.length);
        }
        List<SyntheticDefect.Kind> kinds = new ArrayList<>();
        for (int i = 0; i < test; i++) {
            kinds.add(i < good ? null : all[(i - good) % all.length]);
        }
        return kinds;
    }

    private static void checkRange(String what, int value, int low, int high) {
        if (value < low || value > high) {
            throw new InputException(what + " " + value + " is not in " + low + ".." + high);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        for (Path parent = folder.toAbsolutePath().getParent(); parent != null; parent = parent.getParent()) {
            if (Files.exists(parent) && !Files.isDirectory(parent)) {
                throw new InputException(parent + " is a file; choose another folder");
            }
        }
        if (!Files.exists(folder)) {
            return true;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        } catch (NotDirectoryException e) {
            throw new InputException(folder + " is a file; choose another folder or category", e);
        }
    }

    private static void save(Path folder, int number, Sample sample, boolean mask) throws IOException {
        String name = String.format(Locale.ROOT, "%03d", number);
        AtomicFile.write(folder.resolve("rgb/" + name + ".png"), ImageFiles.png(sample.rgb()));
        AtomicFile.write(folder.resolve("xyz/" + name + ".tiff"), ImageFiles.tiffXyz(sample.xyz()));
        if (mask) {
            int size = sample.rgb().width();
            AtomicFile.write(folder.resolve("gt/" + name + ".png"), ImageFiles.pngGrey(size, size, sample.mask()));
        }
    }

    /**
     * The folder was new or empty before: everything in it is ours.
     *
     * @param created it, when it was new, and those of its parents that were, from the inside out
     */
    private static void remove(Path folder, List<Path> created) throws IOException {
        if (Files.exists(folder)) {
            List<Path> entries;
            try (Stream<Path> walk = Files.walk(folder)) {
                entries = walk.filter(entry -> !entry.equals(folder)).sorted(Comparator.reverseOrder()).toList();
            }
            for (Path entry : entries) {
                Files.deleteIfExists(entry);
            }
        }
        for (Path parent : created) {
            Files.deleteIfExists(parent);
        }
    }
}
