package io.trd4j.data.image;

import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The content of a second modality's file: exactly one of the two is not null.
 *
 * @param xyz metres, missing points as they are in the file
 */
public record SecondImage(PointCloud xyz, RgbImage normals) {
    /**
     * Reads a point cloud when the file is a TIFF of floats, else a surface-normal image.
     *
     * @throws InputException as {@link PointCloudReader#read} and {@link ImageReader#readNormals}
     */
    public static SecondImage read(Path file) throws IOException {
        EncodedImage image = EncodedImage.read(file);
        if (image.tiff != null && image.tiff.pages.get(0).isFloat()) {
            return new SecondImage(PointCloudReader.cloud(image), null);
        }
        return new SecondImage(null, ImageReader.normals(image));
    }
}
