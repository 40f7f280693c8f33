package io.trd4j.data.image;

import io.trd4j.data.PointCloud;
import io.trd4j.data.PointConvention;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Reads point clouds.
 *
 * <ul>
 *   <li>TIFF of three channels of float16, 32 or 64, or integers: interleaved, as planes, as three pages, or as the
 *       pages tifffile makes of an H x W x 3 array tagged grey; in strips or tiles; uncompressed or with LZW, deflate,
 *       PackBits or ZSTD; any predictor; turned by its orientation;
 *   <li>NumPy's {@code .npy} of H x W x 3 or 3 x H x W;
 *   <li>organised PLY and PCD, in every encoding of these.
 * </ul>
 */
public final class PointCloudReader {
    /** Of floats in one channel: beyond it they are the camera's units. */
    private static final double FARTHEST_METRES = 10;

    private PointCloudReader() {}

    /** As the other, of a file that needs no camera. */
    public static PointCloud read(Path file) throws IOException {
        return read(file, Reading.UNSTATED);
    }

    /**
     * Reads points, or a depth image in a TIFF or {@code .npy}: metres, missing points as they are in the file.
     *
     * @param reading has the camera of a depth image, and the unit of integers
     * @throws InputException when the file is missing, damaged, truncated, of more than 32 million points or of another
     *     kind; when a depth image's camera, or the unit of integers, is not known; or the camera has images of another
     *     size
     * @throws IOException when the disk fails
     */
    public static PointCloud read(Path file, Reading reading) throws IOException {
        return ImageChecks.read(file, () -> {
            byte[] bytes = EncodedImage.bytes(file);
            Grid grid = untagged(file, bytes);
            if (grid == null) {
                EncodedImage image = EncodedImage.check(file, bytes);
                if (image.tiff == null) {
                    throw ImageChecks.notXyz(file, "is not a TIFF");
                }
                grid = grid(image);
            }
            return points(grid, reading, 0, 0);
        });
    }

    /** Of a format that is no image; null when it is none of these. */
    static Grid untagged(Path file, byte[] bytes) {
        FileKind kind = FileKind.of(bytes);
        if (kind == null) {
            return null;
        }
        return switch (kind) {
            case GIT_LFS -> throw EncodedImage.pointer(file);
            case NPY -> NpyFile.read(file, bytes);
            case PLY, PLY_CRLF -> PlyFile.read(file, bytes);
            case PCD, PCD_BARE -> PcdFile.read(file, bytes);
            default -> throw ImageChecks.notXyz(file, "is " + kind.title());
        };
    }

    /** Of a TIFF: three channels, or one. */
    static Grid grid(EncodedImage image) {
        List<TiffPage> pages = image.tiff.pages;
        TiffPage first = pages.get(0);
        for (TiffPage page : pages) {
            if (page.type() == null) {
                throw ImageChecks.notXyz(image.file, "has " + page.bits + "-bit samples of a kind that is not read");
            }
            if (page.compression == TiffCodec.JPEG) {
                throw ImageChecks.notXyz(image.file, "is compressed as a photograph (JPEG)");
            }
            boolean alike = page.type() == first.type()
                    && page.samples == first.samples
                    && page.width == first.width
                    && page.height == first.height
                    && page.orientation == first.orientation;
            if (!alike) {
                throw ImageChecks.notXyz(image.file, "has pages of different kinds");
            }
        }
        ImageChecks.checkSize(image.file, first.width, first.height * pages.size(), TiffFile.MAX_POINTS);
        int w = (int) first.width;
        int h = (int) first.height;
        int n = pages.size();
        SampleType type = first.type();
        Grid grid;
        if (n == 1 && (first.samples == 3 || first.samples == 1)) {
            grid = new Grid(image.file, w, h, (int) first.samples, samples(image), type);
        } else if (first.samples == 1 && w == 3 && n > 1) {
            // tifffile stores an H x W x 3 array tagged grey as H pages of W rows and 3 columns.
            grid = new Grid(image.file, h, n, 3, samples(image), type);
        } else if (first.samples == 1 && n == 3) {
            grid = new Grid(image.file, w, h, 3, Grid.interleaved(samples(image)), type);
        } else {
            throw ImageChecks.notXyz(
                    image.file,
                    "has " + first.samples + (first.samples == 1 ? " channel" : " channels")
                            + (n == 1 ? "" : " on each of " + n + " pages"));
        }
        removeMissing(grid, first.noData);
        return grid.turned(image.orientation);
    }

    private static void removeMissing(Grid grid, Double mark) {
        if (mark != null) {
            float[] values = grid.values();
            float no = mark.floatValue();
            int channels = grid.channels();
            for (int i = 0; i < values.length; i += channels) {
                boolean depth = values[i + channels - 1] == no;
                if (depth || channels == 3 && values[i] == no && values[i + 1] == no) {
                    Arrays.fill(values, i, i + channels, 0);
                }
            }
        }
    }

    /** All samples of all pages, one page after the other. */
    private static float[] samples(EncodedImage image) {
        List<TiffPage> pages = image.tiff.pages;
        TiffPage first = pages.get(0);
        int perPage = (int) (first.width * first.height * first.samples);
        float[] out = new float[perPage * pages.size()];
        for (int i = 0; i < pages.size(); i++) {
            image.tiff.read(pages.get(i), out, i * perPage);
        }
        return out;
    }

    /**
     * From a file's numbers to points in metres.
     *
     * @param reading has the camera of depths, and of integers the unit
     * @param columns in which a list is arranged when that leaves no point over, where the camera has none; 0 = none
     */
    static PointCloud points(Grid stored, Reading reading, int columns, int rows) {
        DepthCamera camera = reading.camera();
        PointConvention convention = reading.points();
        Grid grid = stored;
        if (camera != null) {
            grid = grid.arranged(camera.width(), camera.height());
        }
        grid = grid.arranged(columns, rows);
        Double unit = camera == null ? null : camera.metresPerUnit();
        if (grid.channels() == 1 && camera != null && camera.intrinsics() != null) {
            return depth(grid, camera, convention);
        }
        PointCloud cloud = grid.cloud();
        if (!grid.type().integer) {
            return cloud;
        }
        if (unit == null) {
            return requireUnit(grid, convention, cloud);
        }
        float[] xyz = cloud.xyz();
        for (int i = 0; i < xyz.length; i++) {
            xyz[i] = (float) (xyz[i] * unit);
        }
        return new PointCloud(grid.width(), grid.height(), xyz);
    }

    /** Whoever stated the unit of the points multiplies by it. */
    private static PointCloud requireUnit(Grid grid, PointConvention convention, PointCloud cloud) {
        if (convention.metresPerUnit() == null) {
            throw new InputException(grid.file() + " holds " + grid.type().title
                    + ", whose unit is not known; say it with --point-unit, or as \"depth_unit_m\" (metres of one "
                    + "unit) in the camera's file, which also fits points: --camera FILE, or camera.json in the "
                    + "category's folder");
        }
        return cloud;
    }

    private static PointCloud depth(Grid grid, DepthCamera camera, PointConvention convention) {
        boolean other = camera.width() > 0 && (camera.width() != grid.width() || camera.height() != grid.height());
        if (other) {
            throw new InputException(grid.file() + " has " + grid.width() + "x" + grid.height()
                    + " pixels, but its camera's file is for " + camera.width() + "x" + camera.height()
                    + "; give the camera of these images, as they are shown");
        }
        Double unit = camera.metresPerUnit();
        for (float missing : convention.missing()) {
            for (int i = 0; i < grid.values().length; i++) {
                grid.values()[i] = grid.values()[i] == missing ? 0 : grid.values()[i];
            }
        }
        if (unit == null && grid.type().integer) {
            return requireUnit(
                    grid,
                    convention,
                    new PointCloud(grid.width(), grid.height(), camera.points(grid.values(), grid.width(), 1)));
        }
        // A camera's unit is that of its integers; floats are metres, unless they cannot be.
        boolean metres = unit == null || !grid.type().integer && medianDepth(grid.values()) <= FARTHEST_METRES;
        return new PointCloud(
                grid.width(), grid.height(), camera.points(grid.values(), grid.width(), metres ? 1 : unit));
    }

    /** Of the points that there are; 0 without any. */
    private static double medianDepth(float[] depths) {
        float[] there = new float[depths.length];
        int n = 0;
        for (float depth : depths) {
            if (depth > 0 && depth < Float.POSITIVE_INFINITY) {
                there[n++] = depth;
            }
        }
        Arrays.sort(there, 0, n);
        return n == 0 ? 0 : there[n / 2];
    }
}
