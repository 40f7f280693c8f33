package io.trd4j.hostile;

import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/** Small sound files of every kind. */
final class Corpus {
    private static final int W = 24;
    private static final int H = 17;
    private static final int HEADER_END = 29;
    private static final long PNG_SIGNATURE = 0x89504E470D0A1A0AL;

    private Corpus() {}

    /** Of OpenCV's encoder; the pixels are smooth with some noise. */
    private static byte[] encoded(String extension, int type, int... settings) {
        try (PointerScope scope = new PointerScope()) {
            Mat mat = new Mat(H, W, type);
            int bytes = (int) (mat.elemSize() * W * H);
            Random random = new Random(5);
            for (int i = 0; i < bytes; i++) {
                mat.data().put(i, (byte) (i / 5 + random.nextInt(8)));
            }
            BytePointer out = new BytePointer();
            if (!imencode(extension, mat, out, new IntPointer(settings))) {
                throw new IllegalStateException(extension);
            }
            byte[] encoded = new byte[(int) out.limit()];
            out.get(encoded);
            return encoded;
        }
    }

    static List<byte[]> pngs() {
        return List.of(
                png(8, 2, 0, false),
                png(8, 6, 1, true),
                png(16, 2, 0, true),
                png(16, 6, 0, false),
                png(16, 0, 0, false),
                png(8, 4, 0, false),
                png(8, 3, 0, false),
                png(2, 3, 1, false),
                png(1, 0, 0, true));
    }

    /** With every kind of filter, and image data in two chunks. */
    static byte[] png(int bits, int colour, int interlaced, boolean text) {
        int channels = colour == 2 ? 3 : colour == 4 ? 2 : colour == 6 ? 4 : 1;
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        Random random = new Random(bits + colour);
        int[][] passes = interlaced == 0
                ? new int[][] {{0, 0, 1, 1}}
                : new int[][] {
                    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
                };
        for (int[] p : passes) {
            for (int y = p[1]; y < H; y += p[3]) {
                raw.write(y % 5);
                int columns = (W - p[0] + p[2] - 1) / p[2];
                for (int i = (columns * channels * bits + 7) / 8; i > 0; i--) {
                    raw.write(random.nextInt(4));
                }
            }
        }
        byte[] data = deflated(raw.toByteArray());
        ByteBuffer header =
                ByteBuffer.allocate(13).putInt(W).putInt(H).put((byte) bits).put((byte) colour);
        header.put(12, (byte) interlaced);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(8).putLong(PNG_SIGNATURE).array());
        chunk(out, "IHDR", header.array());
        if (colour == 3) {
            chunk(out, "PLTE", new byte[3 << Math.min(bits, 4)]);
        }
        if (text) {
            chunk(out, "tEXt", "Comment\0none".getBytes(StandardCharsets.US_ASCII));
            chunk(out, "eXIf", new byte[] {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0});
        }
        chunk(out, "IDAT", Arrays.copyOf(data, data.length / 2));
        chunk(out, "IDAT", Arrays.copyOfRange(data, data.length / 2, data.length));
        chunk(out, "IEND", new byte[0]);
        return out.toByteArray();
    }

    private static byte[] deflated(byte[] raw) {
        Deflater deflater = new Deflater();
        deflater.setInput(raw);
        deflater.finish();
        byte[] out = new byte[raw.length + 100];
        int n = deflater.deflate(out);
        deflater.end();
        return Arrays.copyOf(out, n);
    }

    private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
        byte[] chunk = ByteBuffer.allocate(8 + data.length)
                .putInt(data.length)
                .put(type.getBytes(StandardCharsets.ISO_8859_1))
                .put(data)
                .array();
        CRC32 crc = new CRC32();
        crc.update(chunk, 4, chunk.length - 4);
        out.writeBytes(chunk);
        out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    /** A PNG with the image data that can still be decompressed, compressed anew, and right checksums. */
    static byte[] repairedPng(byte[] png) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        out.write(png, 0, Math.min(8, png.length));
        ByteBuffer in = ByteBuffer.wrap(png);
        int length;
        for (int at = 8; at <= png.length - 12; at += length + 12) {
            length = Math.max(0, Math.min(in.getInt(at), png.length - 12 - at));
            String type = new String(png, at + 4, 4, StandardCharsets.ISO_8859_1);
            if (type.equals("IDAT")) {
                data.write(png, at + 8, length);
                continue;
            }
            if (type.equals("IEND")) {
                byte[] raw = inflated(data.toByteArray());
                chunk(out, "IDAT", deflated(Arrays.copyOf(raw, rawBytes(in, raw.length))));
            }
            chunk(out, type, Arrays.copyOfRange(png, at + 8, at + 8 + length));
        }
        return out.toByteArray();
    }

    /** Of an image that is small and not interlaced, what its header asks for. */
    private static int rawBytes(ByteBuffer png, int now) {
        if (png.limit() < HEADER_END) {
            return now;
        }
        int channels = png.get(25) == 2 ? 3 : png.get(25) == 4 ? 2 : png.get(25) == 6 ? 4 : 1;
        long rows = png.getInt(20);
        long bytes = rows * (1 + ((long) png.getInt(16) * channels * png.get(24) + 7) / 8);
        return png.get(28) == 0 && bytes > 0 && bytes <= 1 << 16 ? (int) bytes : now;
    }

    private static byte[] inflated(byte[] data) {
        Inflater inflater = new Inflater();
        inflater.setInput(data);
        byte[] out = new byte[1 << 16];
        int n = 0;
        try {
            for (int more = 1; more > 0 && n < out.length; n += more) {
                more = inflater.inflate(out, n, out.length - n);
            }
            return Arrays.copyOf(out, n);
        } catch (DataFormatException e) {
            return Arrays.copyOf(out, n); // what came before it
        } finally {
            inflater.end();
        }
    }

    static List<byte[]> jpegs() {
        int colour = opencv_core.CV_8UC3;
        int quality = opencv_imgcodecs.IMWRITE_JPEG_QUALITY;
        int progressive = opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE;
        int restart = opencv_imgcodecs.IMWRITE_JPEG_RST_INTERVAL;
        int sampling = opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR;
        return List.of(
                encoded(".jpg", colour, quality, 90),
                encoded(".jpg", colour, quality, 30, progressive, 1),
                encoded(".jpg", colour, quality, 95, progressive, 1, restart, 2),
                encoded(".jpg", colour, quality, 80, restart, 1, sampling, 0x111111),
                encoded(".jpg", colour, quality, 80, sampling, 0x211111, opencv_imgcodecs.IMWRITE_JPEG_OPTIMIZE, 1),
                encoded(".jpg", opencv_core.CV_8UC1, quality, 90));
    }

    static List<byte[]> bmps() {
        return List.of(
                encoded(".bmp", opencv_core.CV_8UC3),
                encoded(".bmp", opencv_core.CV_8UC1),
                encoded(".bmp", opencv_core.CV_8UC4));
    }

    /** Colour images in every compression. */
    static List<byte[]> tiffs() {
        int compression = opencv_imgcodecs.IMWRITE_TIFF_COMPRESSION;
        int predictor = opencv_imgcodecs.IMWRITE_TIFF_PREDICTOR;
        int colour = opencv_core.CV_8UC3;
        return List.of(
                encoded(".tiff", colour, compression, 1),
                encoded(".tiff", colour, compression, 5, predictor, 2),
                encoded(".tiff", opencv_core.CV_16UC3, compression, 8, predictor, 2),
                encoded(".tiff", opencv_core.CV_8UC4, compression, 32773),
                encoded(".tiff", colour, compression, 7),
                encoded(".tiff", opencv_core.CV_8UC1, compression, 5));
    }

    /** Points in every kind of file that is no image. */
    static List<byte[]> clouds() {
        return List.of(
                npy("'<f4'", false, "3, 4, 3", 4),
                npy("'>i2'", true, "4, 3", 2),
                npy("'<f8'", false, "3, 5, 6", 8),
                ply("ascii"),
                ply("binary_little_endian"),
                ply("binary_big_endian"),
                pcd("ascii"),
                pcd("binary"),
                pcd("binary_compressed"));
    }

    private static byte[] npy(String type, boolean fortran, String shape, int bytes) {
        int n = bytes;
        for (String side : shape.split(", ")) {
            n *= Integer.parseInt(side);
        }
        byte[] header = ("{'descr': " + type + ", 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': ("
                        + shape + "), }\n")
                .getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(10 + header.length + n)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
                .putShort((short) header.length)
                .put(header)
                .array();
    }

    private static byte[] ply(String format) {
        String header = "ply\nformat " + format + " 1.0\ncomment width 3\ncomment height 2\nobj_info num_cols 3\n"
                + "element vertex 5\nproperty float x\nproperty float y\nproperty double z\nproperty uchar red\n"
                + "element range_grid 6\nproperty list uchar int vertex_indices\nend_header\nobj";
        header = header.replace("obj_info num_cols 3\n", "obj_info num_cols 3\nobj_info num_rows 2\n")
                .replace("\nobj", "\n");
        if (format.equals("ascii")) {
            return (header + "1 2 3 4\n".repeat(5) + "1 0\n1 1\n0\n1 2\n1 3\n1 4\n")
                    .getBytes(StandardCharsets.US_ASCII);
        }
        ByteBuffer out = ByteBuffer.allocate(1000)
                .order(format.contains("little") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN)
                .put(header.getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < 5; i++) {
            out.putFloat(i).putFloat(2).putDouble(3).put((byte) 4);
        }
        for (int i = 0; i < 6; i++) {
            out.put((byte) (i == 2 ? 0 : 1));
            if (i != 2) {
                out.putInt(i > 2 ? i - 1 : i);
            }
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    private static byte[] pcd(String data) {
        String header = "# .PCD v0.7\nVERSION 0.7\nFIELDS x y z rgb\nSIZE 4 4 4 4\nTYPE F F F U\nCOUNT 1 1 1 1\n"
                + "WIDTH 3\nHEIGHT 2\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 6\nDATA " + data + "\n";
        byte[] start = header.getBytes(StandardCharsets.US_ASCII);
        if (data.equals("ascii")) {
            return (header + "1 2.5 nan 4\n".repeat(6)).getBytes(StandardCharsets.US_ASCII);
        }
        if (data.equals("binary")) {
            return Arrays.copyOf(start, start.length + 96);
        }
        // Three literal bytes of 0, then copies of up to 264 of them.
        byte[] packed = {2, 0, 0, 0, (byte) 0xE0, 84, 0};
        return ByteBuffer.allocate(start.length + 8 + packed.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(start)
                .putInt(packed.length)
                .putInt(96)
                .put(packed)
                .array();
    }

    static List<byte[]> cameras() {
        return texts(
                "{\"fx\": 867.8, \"fy\": 867.8, \"cx\": 127.5, \"cy\": 127.5, \"width\": 256, \"height\": 256, \"depth_unit_m\": 0.00002}",
                "{\"color\": {\"K\": [1, 0, 2, 0, 1, 2, 0, 0, 1]}, \"depth\": {\"camera_matrix\": {\"data\": [500, 0, 320, 0, 500, 240, 0, 0, 1]},"
                        + " \"distortion_model\": \"plumb_bob\", \"D\": [0.1, -0.2, 0, 0, 0.01], \"image_width\": 640, \"image_height\": 480}}",
                "{\"intrinsics\": {\"ppx\": 320, \"ppy\": 240, \"fx\": 600, \"fy\": 600, \"coeffs\": [0, 0, 0, 0, 0]}, \"depth_scale\": 0.001}",
                "{\"depth_unit\": \"mm\"}");
    }

    static List<byte[]> regions() {
        return texts(
                "{\"width\": 64, \"height\": 48, \"include\": [[[8, 4], [23, 4], [23.5, 11], [8, 11]], [[40, 20], [47, 20], [47, 31]]],"
                        + " \"ignore\": [[[12, 6], [15, 6], [15, 7]]]}",
                "{\"width\": 32, \"height\": 32, \"ignore\": [[[0, 0], [32, 0], [32, 15], [0, 15]]]}");
    }

    static String metrics() {
        String row =
                "{\"I-AUROC\": 0.9, \"P-AUROC\": 0.8, \"AUPRO@30\": 0.7, \"AUPRO@10\": 0.6, \"AUPRO@5\": 0.5, \"AUPRO@1\": 0.4,"
                        + " \"I-AP\": 0.9, \"P-AP\": 1e-3, \"I-F1\": 1, \"P-F1\": 0}";
        return "{\"combined\": " + row + ", \"rgb\": " + row + ", \"depth\": " + row
                + ", \"skipped\": [{\"id\": \"a\", \"reason\": \"b\"}]}";
    }

    static String scores() {
        return "id,kind,anomalous,score,score_rgb,score_depth,verdict\n"
                + "test/good/000,good,false,1.25,1.0,0.5,OK\ntest/hole/001,hole,true,9.5,8.0,7.5,NG\n"
                + "\"test/a,b/002\",\"a,b\",true,3e-5,-1.0,2.0,REVIEW\n";
    }

    /** Of inspected parts, and of one that was left out. */
    static List<byte[]> lines() {
        String rest =
                ",\"model\":{\"file\":\"m\",\"sha256\":\"0\"},\"inputs\":{\"rgb\":{\"file\":\"a.png\",\"sha256\":\"1\"}}}\n";
        return texts("{\"id\":\"a\",\"verdict\":\"OK\"" + rest + "{\"id\":\"b\",\"error\":\"c\"" + rest
                + "{\"id\":\"d\",\"verdict\":null" + rest + "{\"id\":\"e");
    }

    static List<byte[]> texts(String... texts) {
        return Arrays.stream(texts)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }
}
