package io.trd4j.data.synthetic;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.trd4j.data.Noise;
import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.image.ImageWriter;
import io.trd4j.io.AtomicFile;
import io.trd4j.io.Csv;
import io.trd4j.io.FileTrees;
import io.trd4j.io.InputException;
import io.trd4j.io.Stop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * Writes a synthetic product category in the MVTec 3D-AD layout: good parts to train and validate on, and test parts
 * that are good, stained (colour only), dented or bumped (geometry only), or have a hole, a crack or contamination
 * (both), with masks of what was changed. The same arguments give the same bytes.
 *
 * <p>Beside the parts, {@value #DEFECTS} says of each defect how severe it is:
 * {@code id,kind,grade,severity,height_mm}, where severity runs from 0, the smallest of its kind, to 1, grade is its
 * third: 1 slight, 2 medium, 3 severe, and height is by how much its highest place is raised or, below 0, its deepest
 * place sunk; empty without either. Of a {@linkplain SyntheticDifficulty#HARD hard} category there is also
 * {@code contrast}: by how much its pixels are lighter or darker than without it, as a share, in the mean over its mask
 * and before noise.
 */
public final class SyntheticParts {
    public static final int MIN_SIZE = 32;
    public static final int MAX_SIZE = 1024;
    /** The list of defects, in the category's folder; written last. */
    public static final String DEFECTS = "defects.csv";

    private SyntheticParts() {}

    /** A row of {@value #DEFECTS}. */
    @JsonPropertyOrder({"id", "kind", "grade", "severity", "height_mm"})
    private record Defect(
            String id,
            String kind,
            int grade,
            String severity,
            @JsonProperty("height_mm") String height) {}

    /** The same of a hard category. */
    @JsonPropertyOrder({"id", "kind", "grade", "severity", "height_mm", "contrast"})
    private record HardDefect(
            String id,
            String kind,
            int grade,
            String severity,
            @JsonProperty("height_mm") String height,
            String contrast) {
        static HardDefect of(String id, SyntheticDefect.Kind kind, Sample sample) {
            return new HardDefect(
                    id,
                    kind.key(),
                    SyntheticDefect.Grade.of(sample.severity).number(),
                    String.format(Locale.ROOT, "%.4f", sample.severity),
                    sample.raised == 0 ? "" : String.format(Locale.ROOT, "%.3f", 1e3 * sample.raised),
                    String.format(Locale.ROOT, "%.4f", sample.contrast));
        }

        Defect standard() {
            return new Defect(id, kind, grade, severity, height);
        }
    }

    /**
     * One part in memory, its ground truth (255 = defect), how severe the defect is, 0 to 1, how high, metres, and by
     * which share its pixels are lighter or darker.
     */
    record Sample(RgbImage rgb, PointCloud xyz, byte[] mask, double severity, double raised, double contrast) {}

    /** A standard category with so many test parts {@linkplain SyntheticTestSet#inAll in all}. */
    public static void write(
            Path categoryFolder,
            SyntheticProduct shape,
            int train,
            int validation,
            int test,
            int sizePx,
            long seed,
            IntConsumer progress)
            throws IOException {
        write(
                categoryFolder,
                shape,
                SyntheticDifficulty.STANDARD,
                train,
                validation,
                SyntheticTestSet.inAll(test),
                sizePx,
                seed,
                progress);
    }

    /**
     * @param categoryFolder created; must not exist or be empty
     * @param test which test parts
     * @param sizePx width and height of the images, 32 to 1024
     * @param progress told after each part how many are written
     * @throws InputException when the folder is not empty or a number is out of range
     * @throws IOException when a file cannot be written; what was written before is then removed
     * @throws io.trd4j.io.StoppedException when the thread was asked to {@linkplain Stop stop}; likewise
     */
    public static void write(
            Path categoryFolder,
            SyntheticProduct shape,
            SyntheticDifficulty difficulty,
            int train,
            int validation,
            SyntheticTestSet test,
            int sizePx,
            long seed,
            IntConsumer progress)
            throws IOException {
        SyntheticTestSet.checkRange("size", sizePx, MIN_SIZE, MAX_SIZE);
        SyntheticTestSet.checkRange("train", train, 0, SyntheticTestSet.MAX_PARTS);
        SyntheticTestSet.checkRange("validation", validation, 0, SyntheticTestSet.MAX_PARTS);
        if (train + validation + test.size() == 0) {
            throw new InputException("no parts to write; give at least one for train, validation or test");
        }
        List<Path> created = new ArrayList<>();
        for (Path folder = categoryFolder.toAbsolutePath();
                folder != null && !Files.exists(folder);
                folder = folder.getParent()) {
            created.add(folder);
        }
        if (!isEmpty(categoryFolder)) {
            throw new InputException(categoryFolder + " is not empty; choose another folder or category, or empty it");
        }
        int done = 0;
        try {
            for (int i = 0; i < train; i++) {
                save(
                        categoryFolder.resolve("train/good"),
                        i,
                        sample(shape, difficulty, sizePx, partSeed(seed, 0, i), null, null),
                        false);
                progress.accept(++done);
            }
            for (int i = 0; i < validation; i++) {
                save(
                        categoryFolder.resolve("validation/good"),
                        i,
                        sample(shape, difficulty, sizePx, partSeed(seed, 1, i), null, null),
                        false);
                progress.accept(++done);
            }
            int[] next = new int[SyntheticDefect.Kind.values().length + 1];
            List<HardDefect> defects = new ArrayList<>();
            for (int i = 0; i < test.size(); i++) {
                SyntheticTestSet.Entry entry = test.entries().get(i);
                SyntheticDefect.Kind kind = entry.kind();
                String folder = "test/" + (kind == null ? PartFiles.GOOD : kind.key());
                int number = next[kind == null ? 0 : kind.ordinal() + 1]++;
                Sample sample = sample(shape, difficulty, sizePx, partSeed(seed, 2, i), kind, entry.grade());
                save(categoryFolder.resolve(folder), number, sample, true);
                if (kind != null) {
                    defects.add(HardDefect.of(folder + "/" + name(number), kind, sample));
                }
                progress.accept(++done);
            }
            if (test.size() > 0) {
                AtomicFile.write(
                        categoryFolder.resolve(DEFECTS),
                        difficulty == SyntheticDifficulty.HARD
                                ? Csv.of(HardDefect.class, defects)
                                : Csv.of(
                                        Defect.class,
                                        defects.stream()
                                                .map(HardDefect::standard)
                                                .toList()));
            }
        } catch (IOException | RuntimeException e) {
            remove(categoryFolder, created);
            throw e;
        }
    }

    /**
     * A good part of a standard category in memory: the first that {@link #write} would write to train on.
     *
     * @param sizePx width and height of its colour image and point cloud, 32 to 1024
     */
    public static Part part(SyntheticProduct shape, int sizePx, long seed) {
        SyntheticTestSet.checkRange("size", sizePx, MIN_SIZE, MAX_SIZE);
        Sample sample = sample(shape, SyntheticDifficulty.STANDARD, sizePx, partSeed(seed, 0, 0), null, null);
        return Part.of(shape.key(), sample.rgb(), sample.xyz());
    }

    /**
     * The part that {@link #write} would write for a seed.
     *
     * @param kind null for the same part without its defect
     * @param grade null when the seed decides
     */
    static Sample sample(
            SyntheticProduct shape,
            SyntheticDifficulty difficulty,
            int size,
            long partSeed,
            SyntheticDefect.Kind kind,
            SyntheticDefect.Grade grade) {
        SyntheticScene scene = new SyntheticScene(shape, difficulty, size, partSeed, kind, grade);
        return new Sample(scene.rgb(), scene.xyz(), scene.mask(), scene.severity(), scene.raised(), scene.contrast());
    }

    static long partSeed(long seed, int split, int index) {
        return Noise.mix(Noise.mix(seed, 1000 + split), index);
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
        Stop.check();
        String name = name(number);
        AtomicFile.write(folder.resolve("rgb/" + name + ".png"), ImageWriter.png(sample.rgb()));
        AtomicFile.write(folder.resolve("xyz/" + name + ".tiff"), ImageWriter.tiffXyz(sample.xyz()));
        if (mask) {
            int size = sample.rgb().width();
            AtomicFile.write(folder.resolve("gt/" + name + ".png"), ImageWriter.pngGrey(size, size, sample.mask()));
        }
    }

    private static String name(int number) {
        return String.format(Locale.ROOT, "%03d", number);
    }

    /**
     * The folder was new or empty before: everything in it is ours.
     *
     * @param created it, when it was new, and those of its parents that were, from the inside out
     */
    private static void remove(Path folder, List<Path> created) throws IOException {
        FileTrees.clear(folder);
        for (Path parent : created) {
            Files.deleteIfExists(parent);
        }
    }
}
