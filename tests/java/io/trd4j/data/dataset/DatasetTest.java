package io.trd4j.data.dataset;

import static io.trd4j.data.Fixtures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.Fixtures;
import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.PointConvention;
import io.trd4j.data.image.ImageWriter;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetTest {
    @TempDir
    Path root;

    private Path put(String fixture, String target) throws IOException {
        Path file = root.resolve(target);
        Files.createDirectories(file.getParent());
        return Files.copy(Fixtures.image(fixture), file);
    }

    private void pair(String folder, String stem) throws IOException {
        put("rgb.png", folder + "/rgb/" + stem + ".png");
        put("xyz_rgb_none.tiff", folder + "/xyz/" + stem + ".tiff");
    }

    private Path mask(String target, int size, int from) throws IOException {
        byte[] pixels = new byte[size * size];
        for (int i = from; i < pixels.length; i++) {
            pixels[i] = (byte) 255;
        }
        Path file = root.resolve(target);
        Files.createDirectories(file.getParent());
        return Files.write(file, ImageWriter.pngGrey(size, size, pixels));
    }

    @Test
    void mvtec() throws IOException {
        pair("cat/train/good", "001");
        pair("cat/train/good", "000");
        pair("cat/validation/good", "000");
        pair("cat/test/good", "000");
        pair("cat/test/hole", "000");
        pair("cat/test/dent", "000");
        mask("cat/test/hole/gt/000.png", 8, 32);
        put("oriented.jpg", "cat/test/dent/rgb/001.JPG");
        put("xyz_grey_none.tiff", "cat/test/dent/xyz/001.TIF");
        Files.writeString(root.resolve("cat/train/good/rgb/Thumbs.db"), "");
        Files.writeString(root.resolve("cat/train/good/rgb/._000.png"), "");
        Files.writeString(root.resolve("cat/readme.txt"), "");

        Dataset data = Dataset.open(root.resolve("cat"));
        assertEquals("cat", data.category());
        assertTrue(data.labelled());
        assertEquals(
                "[train/good/000, train/good/001]",
                data.train().stream().map(PartFiles::id).toList().toString());
        assertEquals(
                "[validation/good/000]",
                data.validation().stream().map(PartFiles::id).toList().toString());
        assertEquals(
                "[test/dent/000, test/dent/001, test/good/000, test/hole/000]",
                data.test().stream().map(PartFiles::id).toList().toString());
        PartFiles dent = data.test().get(0);
        PartFiles good = data.test().get(2);
        PartFiles hole = data.test().get(3);
        assertTrue(dent.anomalous());
        assertFalse(good.anomalous());
        assertFalse(data.train().get(0).anomalous());
        assertRefused(() -> dent.mask(4), dent.rgb(), "gt/000.png");
        for (boolean pixel : good.mask(4)) {
            assertFalse(pixel);
        }
        boolean[] truth = hole.mask(4);
        for (int i = 0; i < 16; i++) {
            assertEquals(i >= 8, truth[i]);
        }
        Part part = data.test().get(1).load();
        assertEquals(16, part.rgb().width()); // 24 x 16, turned by its EXIF tag
        assertEquals(5, part.xyz().width());
        assertNull(part.normals());
    }

    /** rgb/ and depth/ with the camera at the top, as depth cameras' programs write it; other kinds of points, too. */
    @Test
    void depthImagesAndOtherPoints() throws IOException {
        put("rgb.png", "cat/train/good/rgb/000.png");
        put("int16.tiff", "cat/train/good/depth/000.tiff");
        put("rgb.png", "cat/test/good/rgb/000.png");
        put("rgb.png", "cat/test/good/rgb/001.png");
        Files.createDirectories(root.resolve("cat/test/good/xyz"));
        String ply = "ply\nformat ascii 1.0\nelement vertex 30\nproperty float x\nproperty float y\nproperty float z\n"
                + "end_header\n" + "1 2 3\n".repeat(30);
        Files.writeString(root.resolve("cat/test/good/xyz/000.PLY"), ply);
        Files.writeString(
                root.resolve("cat/test/good/xyz/001.pcd"),
                "VERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\n" + "COUNT 1 1 1\nWIDTH 5\nHEIGHT 6\nDATA ascii\n"
                        + "1 2 3\n".repeat(30));
        Dataset without = Dataset.open(root.resolve("cat"));
        assertRefused(() -> without.train().get(0).load(), "depth/000.tiff", "whose unit is not known");
        Files.writeString(
                root.resolve("cat/camera.json"), "{\"fx\":100,\"fy\":100,\"cx\":2,\"cy\":2,\"depth_unit_m\":0.001}");
        Dataset data = Dataset.open(root.resolve("cat"));
        assertNotNull(data.train().get(0).load().xyz());
        for (PartFiles part : data.test()) {
            assertEquals(5, part.load().xyz().width());
            assertEquals(6, part.load().xyz().height());
        }
    }

    @Test
    void colourBitsAreThoseOfAllImages() throws IOException {
        pair("cat/train/good", "000");
        pair("cat/validation/good", "000");
        assertEquals(8, Dataset.open(root.resolve("cat")).colorBits());
        put("rgb16_zstd.tif", "cat/validation/good/rgb/001.tif");
        put("xyz_rgb_none.tiff", "cat/validation/good/xyz/001.tiff");
        Dataset data = Dataset.open(root.resolve("cat"));
        assertEquals(16, data.colorBits());
        assertEquals(12, data.withColorBits(12).train().get(0).reading().colorBits());
    }

    @Test
    void preprocessedEyecandies() throws IOException {
        put("rgb.png", "candy/train/good/rgb/000.png");
        put("rgb.png", "candy/train/good/normals/000.png");
        put("rgb.png", "candy/test/bad/rgb/000.png");
        put("rgb.png", "candy/test/bad/normals/000.png");
        Dataset data = Dataset.open(root.resolve("candy"));
        assertTrue(data.test().get(0).anomalous());
        Part part = data.train().get(0).load();
        assertNotNull(part.normals());
        assertNull(part.xyz());
    }

    @Test
    void rawEyecandies() throws IOException {
        for (String split : new String[] {"train", "val", "test_public"}) {
            for (String number : new String[] {"000", "001"}) {
                put("rgb.png", "drop/" + split + "/data/" + number + "_image_4.png");
                put("grey.png", "drop/" + split + "/data/" + number + "_image_0.png");
                put("rgb.png", "drop/" + split + "/data/" + number + "_normals.png");
            }
        }
        mask("drop/test_public/data/00_mask.png", 6, 36);
        mask("drop/test_public/data/01_mask.png", 6, 30);
        Dataset data = Dataset.open(root.resolve("drop"));
        assertEquals(2, data.train().size());
        assertEquals(2, data.validation().size());
        assertTrue(data.labelled());
        assertEquals(
                "[test_public/good/000, test_public/anomalous/001]",
                data.test().stream().map(PartFiles::id).toList().toString());
        assertTrue(data.test().get(1).mask(6)[35]);
        assertNotNull(data.test().get(0).load().normals());
        Files.delete(root.resolve("drop/test_public/data/00_mask.png"));
        assertFalse(Dataset.open(root.resolve("drop")).labelled());
        Files.delete(root.resolve("drop/val/data/001_normals.png"));
        assertRefused(() -> Dataset.open(root.resolve("drop")), "001_image_4.png", "001_normals.png");
    }

    @Test
    void plainFolderIsUnlabelled() throws IOException {
        pair("plain", "b");
        pair("plain", "a");
        Dataset data = Dataset.open(root.resolve("plain"));
        assertFalse(data.labelled());
        assertEquals("[a, b]", data.test().stream().map(PartFiles::id).toList().toString());
        PartFiles part = data.test().get(0);
        assertFalse(part.labelled());
        assertRefused(part::anomalous, part.rgb(), "not labelled");
        assertRefused(() -> part.mask(8), part.rgb(), "not labelled");
        assertEquals("a", PartFiles.of(part.rgb(), part.second()).id());
    }

    @Test
    void pointsAreMeantAsStated() throws IOException {
        pair("plain", "a");
        float[] metres =
                SyntheticParts.part(SyntheticProduct.COOKIE, 48, 1).xyz().xyz();
        float[] millimetres = new float[metres.length];
        for (int i = 0; i < metres.length; i++) {
            millimetres[i] = metres[i] == 0 ? -1 : 1000 * metres[i];
        }
        Dataset data = Dataset.open(root.resolve("plain"));
        Path xyz = data.test().get(0).second();
        Files.write(xyz, ImageWriter.tiffXyz(new PointCloud(48, 48, millimetres)));
        assertRefused(() -> data.test().get(0).load(), xyz, "--point-unit mm");
        PointConvention convention =
                PointConvention.UNSTATED.withMetresPerUnit(1e-3).withMissing(List.of(-1f));
        float[] read = data.withPoints(convention).test().get(0).load().xyz().xyz();
        for (int i = 0; i < metres.length; i++) {
            assertEquals(metres[i], read[i], 1e-7f);
        }
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        Path missing = root.resolve("missing");
        assertRefused(() -> Dataset.open(missing), missing, "does not exist");
        Path file = Files.writeString(root.resolve("file"), "x");
        assertRefused(() -> Dataset.open(file), file, "not a folder");
        Path empty = Files.createDirectory(root.resolve("empty"));
        assertRefused(() -> Dataset.open(empty), empty, "is empty", "MVTec");
        Files.createDirectories(root.resolve("odd/pictures"));
        assertRefused(() -> Dataset.open(root.resolve("odd")), "odd", "no layout");
        Files.createDirectories(root.resolve("bare/train"));
        assertRefused(() -> Dataset.open(root.resolve("bare")), "bare", "no parts");
        pair("all/cookie/train/good", "000");
        assertRefused(() -> Dataset.open(root.resolve("all")), "several categories", root.resolve("all/cookie"));

        pair("a/train/good", "000");
        put("rgb.png", "a/train/good/rgb/001.png");
        assertRefused(() -> Dataset.open(root.resolve("a")), root.resolve("a/train/good/rgb/001.png"), "xyz/001.*");
        pair("b/test/good", "000");
        put("xyz_rgb_none.tiff", "b/test/good/xyz/002.tiff");
        assertRefused(() -> Dataset.open(root.resolve("b")), "xyz/002.tiff", "rgb/002.*");
        pair("c/train/good", "000");
        put("oriented.jpg", "c/train/good/rgb/000.jpg");
        assertRefused(() -> Dataset.open(root.resolve("c")), "000.jpg", "000.png", "keep one");
        put("rgb.png", "d/train/good/rgb/000.png");
        assertRefused(() -> Dataset.open(root.resolve("d")), root.resolve("d/train/good/xyz"), "does not exist");
        pair("e/train/hole", "000");
        assertRefused(() -> Dataset.open(root.resolve("e")), root.resolve("e/train/hole"), "all normal");
        Files.createDirectories(root.resolve("f/train/good/rgb"));
        Files.createDirectories(root.resolve("f/train/good/xyz"));
        assertRefused(() -> Dataset.open(root.resolve("f")), root.resolve("f/train/good/rgb"), "is empty");
    }

    private static String ids(List<PartFiles> parts) {
        return parts.stream().map(PartFiles::id).toList().toString();
    }

    /** As unpacked on other systems, in upper case, beside results, with words in the names. */
    @Test
    void foldersAsTheyCome() throws IOException {
        pair("cat/Train/Good", "000");
        put("rgb.png", "cat/Test/GOOD/RGB/000.PNG");
        put("xyz_rgb_none.tiff", "cat/Test/GOOD/XYZ/000.TIFF");
        put("rgb.png", "cat/Test/Hole/rgb/000_rgb.png");
        put("xyz_rgb_none.tiff", "cat/Test/Hole/xyz/000_xyz.tiff");
        mask("cat/Test/Hole/Ground_Truth/000_mask.png", 8, 32);
        for (String junk : new String[] {"__MACOSX", "@eaDir", ".git", "#recycle"}) {
            put("rgb.png", "cat/Train/" + junk + "/rgb/000.png");
            put("rgb.png", "cat/Test/Hole/rgb/" + junk + "/000.png");
        }
        Files.writeString(root.resolve("cat/Train/Good/rgb/Thumbs.db"), "");
        Files.writeString(root.resolve("cat/Train/Good/rgb/.DS_Store"), "");
        put("rgb.png", "cat/Train/Good/rgb/._000.png");
        put("rgb.png", "cat/Test/results/Hole/000/overlay.png");
        Files.writeString(root.resolve("cat/Test/results/Hole/000/result.json"), "{}");
        put("rgb.png", "cat/Train/Good/rgb/overlay.png");
        Files.writeString(root.resolve("cat/Train/Good/rgb/result.json"), "{}");
        Files.createDirectories(root.resolve("cat/Test/notes"));
        Files.writeString(root.resolve("cat/Test/notes/readme.txt"), "");
        Dataset data = Dataset.open(root.resolve("cat"));
        assertEquals("[train/good/000]", ids(data.train()));
        assertEquals("[test/good/000, test/Hole/000]", ids(data.test()));
        assertFalse(data.test().get(0).anomalous());
        assertTrue(data.test().get(1).mask(4)[15]);

        pair("cat/Train/good", "001");
        assertRefused(() -> Dataset.open(root.resolve("cat")), "Good", "good", "upper and lower case");
        pair("split/train/good", "000");
        assertRefused(() -> Dataset.open(root.resolve("split/train")), "split of a category", root.resolve("split"));
        pair("flat/test", "000");
        assertRefused(() -> Dataset.open(root.resolve("flat")), "test", "put them into", "good");
    }

    @Test
    void adamAndFolder3d() throws IOException {
        pair("1m1/train/good", "000");
        mask("1m1/train/good/ground_truth/000.png", 8, 64);
        pair("1m1/test/bulge", "000");
        mask("1m1/test/bulge/ground_truth/000.png", 8, 32);
        pair("1m1/test/good", "000");
        mask("1m1/test/good/ground_truth/000.png", 8, 64);
        Dataset adam = Dataset.open(root.resolve("1m1"));
        assertEquals("[test/bulge/000, test/good/000]", ids(adam.test()));
        assertTrue(adam.test().get(0).mask(4)[15]);
        assertFalse(adam.test().get(1).mask(4)[15]);

        for (String folder : new String[] {"normal", "abnormal", "normal_test"}) {
            put("rgb.png", "f3d/" + folder + "/000.png");
            put("xyz_rgb_none.tiff", "f3d/" + folder + "_depth/000.tiff");
        }
        mask("f3d/mask/000.png", 8, 32);
        Dataset folder3d = Dataset.open(root.resolve("f3d"));
        assertEquals("[train/good/000]", ids(folder3d.train()));
        assertEquals("[test/abnormal/000, test/good/000]", ids(folder3d.test()));
        assertTrue(folder3d.labelled() && folder3d.test().get(0).mask(4)[15]);
        put("rgb.png", "half/normal/000.png");
        assertRefused(() -> Dataset.open(root.resolve("half")), "normal_depth", "does not exist");
    }

    /** One file is missing, one is no image: both parts are named, the others go on. */
    @Test
    void brokenPartsAreSkippedWhenAsked() throws IOException {
        pair("cat/train/good", "000");
        pair("cat/train/good", "001");
        put("rgb.png", "cat/train/good/rgb/002.png");
        Files.writeString(root.resolve("cat/train/good/xyz/002.webp"), "");
        Files.writeString(root.resolve("cat/train/good/xyz/001.tiff"), "");
        List<String> found = new ArrayList<>();
        BrokenParts broken = why -> found.add(why.getMessage());
        Dataset data = Dataset.open(root.resolve("cat"), broken);
        assertEquals("[train/good/000, train/good/001]", ids(data.train()));
        assertEquals(1, found.size());
        assertTrue(
                found.get(0).contains("002.png has no partner") && found.get(0).contains("002.webp is there"),
                found.get(0));
        assertEquals("[train/good/000]", ids(data.readable(broken).train()));
        assertTrue(found.get(1).contains("001.tiff is empty"), found.get(1));
        SkippedParts skipped = new SkippedParts(broken);
        Dataset.open(root.resolve("cat"), skipped).readable(skipped);
        assertEquals(
                List.of("train/good/002", "train/good/001"),
                skipped.of(SkippedParts.TRAINING).stream().map(SkippedPart::id).toList());
        assertEquals(List.of(), skipped.of(SkippedParts.TEST));
        assertRefused(
                () -> skipped.requireUsable("cat", SkippedParts.TRAINING, List.of()),
                "cat: none of the 2 training parts can be used; the first: ",
                "002.png has no partner");
        skipped.requireUsable("cat", SkippedParts.TRAINING, data.train());
        skipped.requireUsable("cat", SkippedParts.TEST, List.of());
        SkippedParts refused = new SkippedParts(BrokenParts.REFUSE);
        assertRefused(() -> Dataset.open(root.resolve("cat"), refused), "002.png has no partner");
        assertEquals(List.of(), refused.of(SkippedParts.TRAINING));
        assertRefused(() -> Dataset.open(root.resolve("cat")), "002.png has no partner");
    }

    /** One rule says whether a part is anomalous and where. */
    @Test
    void masksOfEyecandies() throws IOException {
        for (String number : new String[] {"000", "001", "002"}) {
            put("rgb.png", "drop/test_public/data/" + number + "_image_4.png");
            put("rgb.png", "drop/test_public/data/" + number + "_normals.png");
        }
        int[] values = {0, 1, 100};
        for (int i = 0; i < 3; i++) {
            byte[] pixels = new byte[36];
            for (int p = 18; p < 36; p++) {
                pixels[p] = (byte) values[i];
            }
            Files.write(root.resolve("drop/test_public/data/0" + i + "_mask.png"), ImageWriter.pngGrey(6, 6, pixels));
        }
        Dataset data = Dataset.open(root.resolve("drop"));
        for (int i = 0; i < 3; i++) {
            assertEquals(i > 0, data.test().get(i).anomalous());
            assertEquals(i > 0, data.test().get(i).mask(6)[35]);
        }
    }
}
