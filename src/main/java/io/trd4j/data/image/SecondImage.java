package io.trd4j.data.image;

import io.trd4j.data.PointCloud;
import io.trd4j.data.SurfaceNormals;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The content of a second modality's file: exactly one of the two is not null.
 *
 * @param xyz metres, missing points as they are in the file
 */
public record SecondImage(PointCloud xyz, SurfaceNormals normals) {
    /** Of a normals image, the share of pixels that are no direction at most: edges that were smoothed. */
    private static final double MAX_WRONG_NORMALS = 0.5;

    /**
     * Reads points ({@link PointCloudReader}), a depth image or a surface-normal image, by what the file holds. A depth
     * image has one channel: PNG of 16 bits, TIFF or {@code .npy} of integers or floats.
     *
     * @param reading has the depth image's camera, and the unit of integers
     * @param columns of the colour image, in which a list of points is arranged when it has as many; 0 = not known
     * @param rows of the colour image; 0 = not known
     * @throws io.trd4j.io.InputException as {@link PointCloudReader#read} and {@link ImageReader#readNormals}
     */
    public static SecondImage read(Path file, Reading reading, int columns, int rows) throws IOException {
        return ImageChecks.read(file, () -> {
            byte[] bytes = EncodedImage.bytes(file);
            Grid grid = PointCloudReader.untagged(file, bytes);
            EncodedImage image = grid != null ? null : EncodedImage.check(file, bytes);
            if (image != null && holdsNumbers(image, reading)) {
                grid = image.tiff != null ? PointCloudReader.grid(image) : ImageReader.depth(image);
            }
            return grid != null
                    ? new SecondImage(PointCloudReader.points(grid, reading, columns, rows), null)
                    : new SecondImage(null, SurfaceNormals.encoded(ImageReader.normals(image)));
        });
    }

    /** Whether an image holds points or depths; else its pixels are directions. */
    private static boolean holdsNumbers(EncodedImage image, Reading reading) {
        if (image.tiff == null) {
            return image.isGrey16Png();
        }
        TiffPage page = image.tiff.pages.get(0);
        SampleType type = page.type();
        if (type == null || type == SampleType.UINT8) {
            return false;
        }
        if (type != SampleType.UINT16 || page.samples < 3) {
            return true;
        }
        if (page.samples > 3) {
            return false;
        }
        // Three channels of uint16 can be both. Directions have the length 1.
        return !isDirections(PointCloudReader.grid(image).values());
    }

    private static boolean isDirections(float[] values) {
        int wrong = 0;
        int any = 0;
        for (int i = 0; i < values.length; i += 3) {
            if (values[i] != 0 || values[i + 1] != 0 || values[i + 2] != 0) {
                double x = values[i] / 32767.5 - 1;
                double y = values[i + 1] / 32767.5 - 1;
                double z = values[i + 2] / 32767.5 - 1;
                any++;
                wrong += Math.abs(Math.sqrt(x * x + y * y + z * z) - 1) > 0.2 ? 1 : 0;
            }
        }
        return wrong <= MAX_WRONG_NORMALS * any;
    }
}
