package io.trd4j.data.image;

import io.trd4j.data.PointCloud;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Path;
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
    private PointCloudReader() {}

    /**
     * Reads a point cloud, missing points as they are in the file: metres when the file holds floats, as is the
     * convention for them; else the file's own unit.
     *
     * @throws InputException when the file is missing, damaged, truncated, of more than 32 million points or of another
     *     kind
     * @throws IOException when the disk fails
     */
    public static PointCloud read(Path file) throws IOException {
        byte[] bytes = EncodedImage.bytes(file);
        Grid grid = untagged(file, bytes);
        if (grid != null) {
            return grid.cloud();
        }
        EncodedImage image = EncodedImage.check(file, bytes);
        if (image.tiff == null) {
            throw notXyz(file, "is not a TIFF");
        }
        return grid(image).cloud();
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
            default -> throw notXyz(file, "is " + kind.title());
        };
    }

    /** Of a TIFF: three channels, or one. */
    static Grid grid(EncodedImage image) {
        List<TiffFile.Page> pages = image.tiff.pages;
        TiffFile.Page first = pages.get(0);
        for (TiffFile.Page page : pages) {
            if (page.type() == null) {
                throw notXyz(image.file, "has " + page.bits + "-bit samples of a kind that is not read");
            }
            if (page.compression == TiffCodec.JPEG) {
                throw notXyz(image.file, "is compressed as a photograph (JPEG)");
            }
            boolean alike = page.type() == first.type()
                    && page.samples == first.samples
                    && page.width == first.width
                    && page.height == first.height
                    && page.orientation == first.orientation;
            if (!alike) {
                throw notXyz(image.file, "has pages of different kinds");
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
            grid = new Grid(image.file, w, h, 3, interleaved(samples(image)), type);
        } else {
            throw notXyz(
                    image.file,
                    "has " + first.samples + (first.samples == 1 ? " channel" : " channels")
                            + (n == 1 ? "" : " on each of " + n + " pages"));
        }
        return grid.turned(image.orientation);
    }

    /** All samples of all pages, one page after the other. */
    private static float[] samples(EncodedImage image) {
        List<TiffFile.Page> pages = image.tiff.pages;
        TiffFile.Page first = pages.get(0);
        int perPage = (int) (first.width * first.height * first.samples);
        float[] out = new float[perPage * pages.size()];
        for (int i = 0; i < pages.size(); i++) {
            image.tiff.read(pages.get(i), out, i * perPage);
        }
        return out;
    }

    /** From x, y and z one after the other. */
    static float[] interleaved(float[] planes) {
        int n = planes.length / 3;
        float[] xyz = new float[planes.length];
        for (int i = 0; i < n; i++) {
            xyz[3 * i] = planes[i];
            xyz[3 * i + 1] = planes[n + i];
            xyz[3 * i + 2] = planes[2 * n + i];
        }
        return xyz;
    }

    static InputException notXyz(Path file, String what) {
        return new InputException(file + " " + what
                + "; points are a TIFF or .npy of 3 channels (x, y, z; float32 in metres), an organised PLY or PCD, or a "
                + "depth image with its camera");
    }
}
