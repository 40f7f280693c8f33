package io.trd4j.data.image;

import static io.trd4j.data.Fixtures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.Intrinsics;
import io.trd4j.data.PointCloud;
import io.trd4j.io.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** NumPy arrays, PLY and PCD: the same points from every kind of them, and one line for every damaged one. */
class PointFilesTest {
    private static final int W = 4;
    private static final int H = 3;
    /** Exact in every type, small whole numbers; one point is missing. */
    private static final float[] XYZ = new float[3 * W * H];

    static {
        for (int i = 0; i < XYZ.length; i++) {
            XYZ[i] = i == 15 || i == 16 || i == 17 ? Float.NaN : i + 1;
        }
    }

    @TempDir
    Path folder;

    private static byte[] bytes(ByteOrder order, float[] values) {
        ByteBuffer out = ByteBuffer.allocate(4 * values.length).order(order);
        out.asFloatBuffer().put(values);
        return out.array();
    }

    private static byte[] join(String header, byte[] data) {
        byte[] start = header.getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = Arrays.copyOf(start, start.length + data.length);
        System.arraycopy(data, 0, all, start.length, data.length);
        return all;
    }

    private static byte[] npy(String type, String shape, boolean fortran, byte[] data) {
        String header = "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': ("
                + shape + "), }";
        return join("\u0093NUMPY\u0001\0" + (char) header.length() + "\0" + header, data);
    }

    private static String plyHeader(String format, String comments, String properties) {
        return "ply\nformat " + format + " 1.0\n" + comments + "element vertex " + W * H
                + "\nproperty float x\nproperty float y\nproperty float z\n" + properties + "end_header\n";
    }

    private static final String GRID = "obj_info num_cols 4\nobj_info num_rows 3\n";

    private static String pcdHeader(String data, int height) {
        return "# .PCD v0.7\nVERSION 0.7\nFIELDS x y z rgb\nSIZE 4 4 4 4\nTYPE F F F U\nCOUNT 1 1 1 1\nWIDTH "
                + W * H / height + "\nHEIGHT " + height + "\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS " + W * H + "\nDATA "
                + data
                + "\n";
    }

    private static String text(String more, String nan) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < XYZ.length; i++) {
            out.append(Float.isNaN(XYZ[i]) ? nan : Float.toString(XYZ[i])).append(i % 3 == 2 ? more : " ");
        }
        return out.toString();
    }

    /** Of a PCD: each point followed by four bytes of colour. */
    private static byte[] withColour() {
        ByteBuffer out = ByteBuffer.allocate(16 * W * H).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < XYZ.length; i++) {
            out.putFloat(XYZ[i]);
            if (i % 3 == 2) {
                out.putInt(-1);
            }
        }
        return out.array();
    }

    private static byte[] planes() {
        float[] planes = new float[XYZ.length];
        for (int i = 0; i < XYZ.length; i++) {
            planes[i % 3 * W * H + i / 3] = XYZ[i];
        }
        return bytes(ByteOrder.LITTLE_ENDIAN, planes);
    }

    /**
     * All x, all y, all z, then all colours: these are 48 equal bytes, of which LZF stores one and a copy of 47.
     *
     * @param more bytes behind them
     */
    private static byte[] compressed(int more) {
        byte[] planes = planes();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < planes.length; at += 32) {
            int n = Math.min(32, planes.length - at);
            out.write(n - 1);
            out.write(planes, at, n);
        }
        out.writeBytes(new byte[] {0, -1, (byte) 0xE0, 47 - 9, 0});
        for (int i = 0; i < more; i++) {
            out.writeBytes(new byte[] {0, 7});
        }
        return ByteBuffer.allocate(8 + out.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(out.size())
                .putInt(16 * W * H + more)
                .put(out.toByteArray())
                .array();
    }

    private static byte[] file(String kind) {
        ByteOrder little = ByteOrder.LITTLE_ENDIAN;
        ByteOrder big = ByteOrder.BIG_ENDIAN;
        return switch (kind) {
            case "a.npy" -> npy("<f4", "3, 4, 3", false, bytes(little, XYZ));
            case "big.npy" -> npy(">f4", "3, 4, 3", false, bytes(big, XYZ));
            case "batch.npy" -> npy("<f4", "1, 3, 4, 3", false, bytes(little, XYZ));
            case "planes.npy" -> npy("<f4", "3, 3, 4", false, planes());
            case "fortran.npy" -> {
                float[] turned = new float[XYZ.length];
                for (int i = 0; i < XYZ.length; i++) {
                    turned[i % 3 * W * H + i / 3 % W * H + i / 3 / W] = XYZ[i];
                }
                yield npy("<f4", "3, 4, 3", true, bytes(little, turned));
            }
            case "double.npy" -> {
                ByteBuffer out = ByteBuffer.allocate(8 * XYZ.length).order(little);
                for (float value : XYZ) {
                    out.putDouble(value);
                }
                yield npy("<f8", "3, 4, 3", false, out.array());
            }
            case "ascii.ply" ->
                join(plyHeader("ascii", GRID, ""), text("\n", "nan").getBytes());
            case "crlf.ply" ->
                join(
                        plyHeader("ascii", GRID, "").replace("\n", "\r\n"),
                        text("\r\n", "-nan(ind)").getBytes());
            case "colour.ply" ->
                join(
                        plyHeader("ascii", GRID, "property uchar red\n"),
                        text(" 255\n", "NaN").getBytes());
            case "comment.ply" ->
                join(
                        plyHeader("binary_little_endian", "comment Width: 4\ncomment Height: 3\n", ""),
                        bytes(little, XYZ));
            case "big.ply" -> join(plyHeader("binary_big_endian", GRID, ""), bytes(big, XYZ));
            case "ascii.pcd" ->
                join(pcdHeader("ascii", H), text(" 4.2108e+06\n", "nan").getBytes());
            case "binary.pcd" -> join(pcdHeader("binary", H), withColour());
            case "compressed.pcd" -> join(pcdHeader("binary_compressed", H), compressed(0));
            default -> throw new AssertionError(kind);
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.npy",
                "big.npy",
                "batch.npy",
                "planes.npy",
                "fortran.npy",
                "double.npy",
                "ascii.ply",
                "crlf.ply",
                "colour.ply",
                "comment.ply",
                "big.ply",
                "ascii.pcd",
                "binary.pcd",
                "compressed.pcd"
            })
    void readsPoints(String kind) throws IOException {
        byte[] whole = file(kind);
        Path file = Files.write(folder.resolve(kind), whole);
        PointCloud cloud = PointCloudReader.read(file);
        // That planes.npy has 3 x 3 x 4, and no H x W x 3, is told by its last dimension.
        assertEquals(W, cloud.width());
        assertEquals(H, cloud.height());
        assertArrayEquals(XYZ, cloud.xyz());
        // Cut anywhere: one line, and no memory for what is not there.
        for (int length = 0; length < whole.length - 5; length += 1 + length / 20) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertRefused(() -> PointCloudReader.read(file), file);
        }
        Random random = new Random(3);
        for (int trial = 0; trial < 200; trial++) {
            byte[] damaged = whole.clone();
            for (int k = 0; k < 3; k++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, damaged);
            try {
                assertTrue(PointCloudReader.read(file).width() > 0);
            } catch (InputException e) {
                assertTrue(e.getMessage().startsWith(file.toString())
                        && !e.getMessage().contains("\n"));
            }
        }
    }

    /** Writers fill up blocks, and PCL reads their files. */
    @Test
    void bytesBehindTheLastPointOfAPcdAreLeftOut() throws IOException {
        byte[][] files = {
            join(pcdHeader("ascii", H), (text(" 4.2e6\n", "nan") + "\n# end\n").getBytes()),
            join(pcdHeader("binary", H), Arrays.copyOf(withColour(), 16 * W * H + 100)),
            join(pcdHeader("binary_compressed", H), Arrays.copyOf(compressed(0), 4096)),
            join(pcdHeader("binary_compressed", H), compressed(5)),
        };
        for (byte[] content : files) {
            Path file = Files.write(folder.resolve("a.pcd"), content);
            assertArrayEquals(XYZ, PointCloudReader.read(file).xyz());
        }
        Path less = Files.write(
                folder.resolve("b.pcd"),
                join(pcdHeader("binary_compressed", H).replace("SIZE 4", "SIZE 8"), compressed(5)));
        assertRefused(() -> PointCloudReader.read(less), less, "another size than its points");
    }

    /** Scanners write a cell per pixel, which names a vertex or none. */
    @Test
    void rangeGrid() throws IOException {
        String header = "ply\nformat ascii 1.0\nobj_info num_cols 2\nobj_info num_rows 2\nelement vertex 3\n"
                + "property float x\nproperty float y\nproperty float z\nelement range_grid 4\n"
                + "property list uchar int vertex_indices\nend_header\n";
        Path file = Files.writeString(folder.resolve("a.ply"), header + "1 2 3\n4 5 6\n7 8 9\n1 0\n0\n1 2\n1 1\n");
        assertArrayEquals(
                new float[] {1, 2, 3, 0, 0, 0, 7, 8, 9, 4, 5, 6},
                PointCloudReader.read(file).xyz());
        Files.writeString(file, header + "1 2 3\n4 5 6\n7 8 9\n1 0\n0\n1 2\n1 3\n");
        assertRefused(() -> PointCloudReader.read(file), file, "a vertex that is not there");
    }

    /** A list that does not say its columns has those of the camera, or of the colour image. */
    @Test
    void listsAreArranged() throws IOException {
        for (String kind : new String[] {"list.ply", "list.pcd", "list.npy"}) {
            Path file = Files.write(
                    folder.resolve(kind),
                    switch (kind) {
                        case "list.ply" ->
                            join(plyHeader("binary_little_endian", "", ""), bytes(ByteOrder.LITTLE_ENDIAN, XYZ));
                        case "list.pcd" -> join(pcdHeader("binary", 1), withColour());
                        default -> npy("<f4", "12, 3", false, bytes(ByteOrder.LITTLE_ENDIAN, XYZ));
                    });
            assertRefused(() -> PointCloudReader.read(file), file, "lists 12 points", "--camera");
            assertRefused(() -> SecondImage.read(file, Reading.UNSTATED, 5, 3), file, "lists 12 points");
            PointCloud cloud = SecondImage.read(file, Reading.UNSTATED, W, H).xyz();
            assertEquals(W, cloud.width());
            assertArrayEquals(XYZ, cloud.xyz());
            Reading camera =
                    Reading.UNSTATED.withCamera(new DepthCamera(new Intrinsics(1, 1, 0, 0), List.of(), 6, 2, null));
            assertEquals(6, SecondImage.read(file, camera, W, H).xyz().width());
        }
    }

    /** Headers that lie are refused before memory is asked for. */
    @Test
    void refusesLyingHeaders() throws IOException {
        byte[] none = new byte[8];
        Object[][] cases = {
            {npy("<f4", "5000, 5000, 3", false, none), "ends before the last number"},
            {npy("<f4", "900000000, 900000000, 3", false, none), "900000000"},
            {npy("<f4", "99999999999, 3, 3", false, none), "32 million"},
            {npy("<f4", "0, 3, 3", false, none), "3x0"},
            {npy("<f4", "7, 7, 2", false, none), "7 x 7 x 2"},
            {npy("|O", "3, 4, 3", false, none), "'|O'"},
            {npy("<c8", "3, 4, 3", false, none), "'<c8'"},
            {join("\u0093NUMPY\u0001\0\u0010\0{'descr': [('x'", none), "named fields"},
            {join("\u0093NUMPY\u0002\0\u00FF\u00FF\u00FF\u00FF", none), "inside its header"},
            {
                join(plyHeader("binary_little_endian", "", "").replace("vertex 12", "vertex 31000000"), none),
                "last vertex"
            },
            {join(plyHeader("ascii", "", "").replace("vertex 12", "vertex 4000000000"), none), "last vertex"},
            {join("ply\nformat ascii 1.0\nelement face 1\nproperty list uchar int v\nend_header\n1 5\n", none), "PLY"},
            {join("ply\nformat ascii 1.0\n", new byte[70_000]), "header does not end"},
            {join(pcdHeader("binary", H).replace("WIDTH 4", "WIDTH 4000000"), none), "last point"},
            {join(pcdHeader("binary", H).replace("WIDTH 4", "WIDTH 400000000"), none), "million"},
            {join(pcdHeader("binary", H).replace("x y z", "a y z"), none), "x, y and z"},
            {join(pcdHeader("binary", H).replace("SIZE 4", "SIZE 9"), none), "impossible values"},
            {
                join(
                        pcdHeader("binary_compressed", H).replace("WIDTH 4", "WIDTH 4000000"),
                        new byte[] {1, 0, 0, 0, 0, -1, -1, 120}),
                "damaged"
            },
        };
        for (Object[] one : cases) {
            Path file = Files.write(folder.resolve("a.bin"), (byte[]) one[0]);
            assertRefused(() -> PointCloudReader.read(file), file, one[1]);
        }
    }
}
