package io.trd4j.hostile;

import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.image.EncodedImage;
import io.trd4j.data.image.ImageReader;
import io.trd4j.data.image.ImageWriter;
import io.trd4j.data.image.Reading;
import io.trd4j.data.image.SecondImage;
import io.trd4j.data.image.StoredImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The readers of images, of which native libraries are a part. */
final class HostileImages {
    private final Path folder;

    private HostileImages(Path folder) {
        this.folder = folder;
    }

    /** @param args the folder for the files */
    public static void main(String[] args) throws IOException {
        HostileImages images = new HostileImages(Path.of(args[0]));
        images.png();
        images.jpeg();
        images.bmp();
        images.tiff();
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private static long colour(Path file) throws IOException {
        RgbImage image = ImageReader.readRgb(file);
        return 3L * image.width() * image.height();
    }

    private static long mask(Path file) throws IOException {
        StoredImage image = ImageReader.stored(EncodedImage.read(file));
        return 2L * image.samples().length;
    }

    private static long second(Path file) throws IOException {
        SecondImage image = SecondImage.read(file, Reading.UNSTATED, 0, 0);
        return image.xyz() != null
                ? 12L * image.xyz().width() * image.xyz().height()
                : 3L * image.normals().width() * image.normals().height();
    }

    private void png() throws IOException {
        Hostile.check(file("colour.png"), Corpus.pngs(), Corpus::repairedPng, HostileImages::colour);
        Hostile.check(file("mask.png"), Corpus.pngs(), Corpus::repairedPng, HostileImages::mask);
    }

    private void jpeg() throws IOException {
        Hostile.check(file("colour.jpg"), Corpus.jpegs(), UnaryOperator.identity(), HostileImages::colour);
    }

    private void bmp() throws IOException {
        Hostile.check(file("colour.bmp"), Corpus.bmps(), UnaryOperator.identity(), HostileImages::colour);
    }

    private void tiff() throws IOException {
        Hostile.check(file("colour.tiff"), Corpus.tiffs(), UnaryOperator.identity(), HostileImages::colour);
        List<byte[]> points = new ArrayList<>();
        float[] xyz = new float[3 * 9 * 7];
        for (int i = 0; i < xyz.length; i++) {
            xyz[i] = i / 4;
        }
        points.add(ImageWriter.tiffXyz(new PointCloud(9, 7, xyz)));
        for (String name : List.of("zstd_p3_tiled", "bigtiff", "planar_deflate", "lzw_p3", "three_pages", "packbits")) {
            points.add(
                    Files.readAllBytes(Path.of(System.getProperty("trd.fixtures"), "images", "xyz_" + name + ".tiff")));
        }
        Hostile.check(file("points.tiff"), points, UnaryOperator.identity(), HostileImages::second);
    }
}
