package io.trd4j.data.image;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_64F;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_UNCHANGED;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecodemulti;

import io.trd4j.data.PointCloud;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;

/**
 * Reads point clouds: TIFF of 3-channel float32 or float64 with RGB or grey photometric tag, interleaved or as planes,
 * also as the pages tifffile makes of an H x W x 3 array tagged grey.
 */
public final class PointCloudReader {
    private PointCloudReader() {}

    /**
     * Reads a point cloud: metres, missing points as they are in the file, those of the stated no-data value 0.
     *
     * @throws InputException when the file is missing, damaged, truncated, of more than 32 million points or of another
     *     kind
     * @throws IOException when the disk fails
     */
    public static PointCloud read(Path file) throws IOException {
        EncodedImage image = EncodedImage.read(file);
        if (image.tiff == null) {
            throw notXyz(file, "is not a TIFF");
        }
        return cloud(image);
    }

    /** Of a TIFF. */
    static PointCloud cloud(EncodedImage image) {
        PointCloud cloud = stored(image);
        Float noData = image.tiff.pages.get(0).noData;
        float[] xyz = cloud.points().array();
        for (int i = 0; noData != null && i < xyz.length; i += 3) {
            if (xyz[i + 2] == noData || xyz[i] == noData && xyz[i + 1] == noData) {
                Arrays.fill(xyz, i, i + 3, 0);
            }
        }
        return cloud;
    }

    private static PointCloud stored(EncodedImage image) {
        List<TiffFile.Page> pages = image.tiff.pages;
        TiffFile.Page first = pages.get(0);
        for (TiffFile.Page page : pages) {
            boolean alike = page.isFloat()
                    && page.bits == first.bits
                    && page.samples == first.samples
                    && page.width == first.width
                    && page.height == first.height;
            if (!alike) {
                throw notXyz(
                        image.file,
                        page.isFloat()
                                ? "has pages of different kinds"
                                : "has " + page.bits + "-bit samples that are not float32 or float64");
            }
        }
        ImageChecks.checkSize(image.file, first.width, first.height * pages.size(), TiffFile.MAX_POINTS);
        int w = (int) first.width;
        int h = (int) first.height;
        int perPage = w * h * (int) first.samples;
        if (pages.size() == 1 && first.samples == 3) {
            return new PointCloud(w, h, samples(image, pages, perPage));
        }
        if (first.samples == 1 && w == 3 && pages.size() > 1) {
            // tifffile stores an H x W x 3 array tagged grey as H pages of W rows and 3 columns.
            return new PointCloud(h, pages.size(), samples(image, pages, perPage));
        }
        if (first.samples == 1 && pages.size() == 3) {
            float[] planes = samples(image, pages, perPage);
            float[] xyz = new float[planes.length];
            for (int i = 0; i < perPage; i++) {
                xyz[3 * i] = planes[i];
                xyz[3 * i + 1] = planes[perPage + i];
                xyz[3 * i + 2] = planes[2 * perPage + i];
            }
            return new PointCloud(w, h, xyz);
        }
        throw notXyz(
                image.file,
                "has " + first.samples + (first.samples == 1 ? " channel" : " channels")
                        + (pages.size() == 1 ? "" : " on each of " + pages.size() + " pages"));
    }

    /** All samples of all pages, one page after the other. */
    private static float[] samples(EncodedImage image, List<TiffFile.Page> pages, int perPage) {
        boolean plain = true;
        for (TiffFile.Page page : pages) {
            plain &= page.isPlain();
            if (!page.isPlain() && page.planar != 1) {
                throw notXyz(image.file, "stores compressed planes, which cannot be read");
            }
            if (!page.isPlain()) {
                image.tiff.verifyData(page);
            }
        }
        float[] out = new float[perPage * pages.size()];
        if (plain) {
            for (int i = 0; i < pages.size(); i++) {
                image.tiff.read(pages.get(i), out, i * perPage);
            }
            return out;
        }
        try (PointerScope scope = new PointerScope();
                BytePointer data = new BytePointer(image.bytes)) {
            MatVector mats = new MatVector();
            Mat buffer = new Mat(1, image.bytes.length, CV_8UC1, data);
            for (int i = 0; i < pages.size(); i++) {
                int page = i;
                Mat mat = OpenCv.decode(image, () -> {
                    if (page == 0) {
                        imdecodemulti(buffer, IMREAD_UNCHANGED, mats);
                    }
                    return mats.size() == pages.size() ? mats.get(page) : null;
                });
                copy(image, mat, out, i * perPage, perPage);
            }
        }
        return out;
    }

    private static void copy(EncodedImage image, Mat mat, float[] out, int start, int n) {
        if ((long) mat.rows() * mat.cols() * mat.channels() != n) {
            throw ImageChecks.damaged(image.file, "a page has another size than its header says");
        }
        if (mat.depth() == CV_32F) {
            new FloatPointer(mat.data()).get(out, start, n);
        } else if (mat.depth() == CV_64F) {
            double[] wide = new double[n];
            new DoublePointer(mat.data()).get(wide);
            for (int i = 0; i < n; i++) {
                out[start + i] = (float) wide[i];
            }
        } else {
            throw notXyz(image.file, "does not hold floats");
        }
        if (mat.channels() == 3) { // OpenCV hands colours, and whatever it takes for colours, over as B, G, R
            for (int i = start; i < start + n; i += 3) {
                float z = out[i];
                out[i] = out[i + 2];
                out[i + 2] = z;
            }
        }
    }

    private static InputException notXyz(Path file, String what) {
        return new InputException(
                file + " " + what + "; a point cloud is a TIFF of 3 float channels: x, y, z in metres");
    }
}
