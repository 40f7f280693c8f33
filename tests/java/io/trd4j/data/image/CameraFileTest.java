package io.trd4j.data.image;

import static io.trd4j.data.Fixtures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.Intrinsics;
import io.trd4j.data.PointCloud;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cameras as their makers write them, and depth images with them. */
class CameraFileTest {
    @TempDir
    Path folder;

    private Path write(String json) throws IOException {
        return Files.writeString(folder.resolve("camera.json"), json.replace('\'', '"'));
    }

    private DepthCamera read(String json) throws IOException {
        return CameraFile.read(write(json));
    }

    /** Programs and shells of Windows write a byte-order mark, and UTF-16. */
    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
    void charsetsThatAreMarkedAreRead(String charset) throws IOException {
        String json = "\uFEFF{\"fx\": 600, \"fy\": 610, \"cx\": 320.5, \"cy\": 240.25, \"maker\": \"Müller\"}\r\n";
        Path file = Files.write(folder.resolve("camera.json"), json.getBytes(charset));
        assertEquals(
                new Intrinsics(600, 610, 320.5, 240.25), CameraFile.read(file).intrinsics());
    }

    @Test
    void otherCharsetsAreRefused() throws IOException {
        String json = "{\"fx\": 600, \"fy\": 610, \"cx\": 320.5, \"cy\": 240.25, \"maker\": \"Müller\"}";
        for (String charset : new String[] {"windows-1252", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"}) {
            String mark = charset.startsWith("UTF-32") ? "\uFEFF" : "";
            Path file = Files.write(folder.resolve("camera.json"), (mark + json).getBytes(charset));
            assertRefused(() -> CameraFile.read(file), file, "not UTF-8", "save it as UTF-8");
        }
        Path odd = Files.write(folder.resolve("camera.json"), new byte[] {-1, -2, '{', 0, '}'});
        assertRefused(() -> CameraFile.read(odd), odd, "not UTF-8");
    }

    /** All say fx 600, fy 610, cx 320.5, cy 240.25, 640 x 480. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "ours       | 0.0001 | {'fx':600,'fy':610,'cx':320.5,'cy':240.25,'width':640,'height':480,"
                        + "'depth_unit_m':0.0001}",
                "RealSense  | 0.001  | {'width':640,'height':480,'ppx':320.5,'ppy':240.25,'fx':600,'fy':610,"
                        + "'model':'distortion.brown_conrady','coeffs':[0,0,0,0,0],'depth_scale':0.001}",
                "RealSense2 | 0.0001 | {'color':{'fx':1,'fy':1,'ppx':1,'ppy':1,'width':9,'height':9},'depth_scale':0.0001,"
                        + "'depth':{'fx':600,'fy':610,'ppx':320.5,'ppy':240.25,'width':640,'height':480}}",
                "Azure      | 0.001  | {'depth_camera_calibration':{'resolution_width':640,'resolution_height':480,"
                        + "'intrinsics':{'parameters':{'param':{'cx':320.5,'cy':240.25,'fx':600,'fy':610,'k1':0,'codx':0}}}}}",
                "Azure mkv  | 0.001  | {'depth_mode':'WFOV_2X2BINNED','width':640,'height':480,"
                        + "'intrinsic_matrix':[600,0,0,0,610,0,320.5,240.25,1]}",
                "Zivid      | 0.001  | {'CameraIntrinsics':{'CameraMatrix':{'CX':320.5,'CY':240.25,'FX':600,'FY':610},"
                        + "'Distortion':{'K1':0,'K2':0,'K3':0,'P1':0,'P2':0}},'Width':640,'Height':480,'unit':'mm'}",
                "ROS 1      | 0.001  | {'height':480,'width':640,'distortion_model':'plumb_bob','D':[0,0,0,0,0],"
                        + "'K':[600,0,320.5,0,610,240.25,0,0,1],'R':[1,0,0,0,1,0,0,0,1],"
                        + "'P':[9,0,9,0,0,9,9,0,0,0,1,0]}",
                "ROS yaml   | 0.001  | {'image_width':640,'image_height':480,'distortion_model':'plumb_bob',"
                        + "'camera_matrix':{'rows':3,'cols':3,'data':[600,0,320.5,0,610,240.25,0,0,1]},"
                        + "'distortion_coefficients':{'rows':1,'cols':5,'data':[0,0,0,0,0]}}",
                "Open3D     | 0.0002 | {'width':640,'height':480,'depth_scale':5000,"
                        + "'intrinsic_matrix':[600,0,0,0,610,0,320.5,240.25,1]}",
                "rows       | 0.001  | {'resolution':[640,480],'K':[[600,0,320.5],[0,610,240.25],[0,0,1]],'depth_unit':'mm'}",
            })
    void readsEveryMakers(String maker, double unit, String json) throws IOException {
        assertEquals(
                new DepthCamera(new Intrinsics(600, 610, 320.5, 240.25), List.of(), 640, 480, unit), read(json), maker);
    }

    @Test
    void distortionIsInOpenCvsOrder() throws IOException {
        List<Double> expected = List.of(0.1, 0.02, 0.003, 0.004, 0.05);
        assertEquals(
                expected,
                read("{'fx':1,'fy':1,'ppx':0,'ppy':0,'coeffs':[0.1,0.02,0.003,0.004,0.05]}")
                        .distortion());
        assertEquals(
                List.of(0.1, 0.02, 0.003, 0.004, 0.05, 0.0, 0.0, 0.0),
                read("{'CameraMatrix':{'CX':0,'CY':0,'FX':1,'FY':1},"
                                + "'Distortion':{'K1':0.1,'K2':0.02,'K3':0.05,'P1':0.003,'P2':0.004}}")
                        .distortion());
        assertRefused(
                () -> read("{'fx':1,'fy':1,'ppx':0,'ppy':0,'model':'Inverse Brown Conrady','coeffs':[0.1,0,0,0,0]}"),
                "Inverse Brown Conrady");
    }

    @Test
    void refusesWhatItDoesNotUnderstand() throws IOException {
        assertRefused(() -> CameraFile.read(folder.resolve("none.json")), "does not exist");
        assertRefused(() -> read("{'fx':1"), "camera.json", "no sound JSON");
        assertRefused(() -> read("{}"), "no focal length");
        assertRefused(() -> read("[]"), "no focal length");
        assertRefused(() -> read("{'fx':1,'fy':1}"), "cx (ppx)");
        assertRefused(() -> read("{'fx':0,'fy':1,'cx':0,'cy':0}"), "positive focal lengths");
        assertRefused(() -> read("{'fx':1,'fy':1,'cx':0,'cy':0,'depth_scale':0.1}"), "0.1", "depth_unit_m");
        assertRefused(() -> read("{'fx':1,'fy':1,'cx':0,'cy':0,'depth_unit':'inch'}"), "'inch'");
        assertRefused(() -> read("{'fx':1,'fy':1,'cx':0,'cy':0,'depth_unit_m':-1}"), "positive");
        assertRefused(() -> read("{'fx':1,'fy':1,'cx':0,'cy':0,'width':1e9,'height':1e9}"), "100 million");
        assertRefused(() -> read("{'K':[600,0,1,0,600,1,0,0]}"), "no focal length");
        assertRefused(() -> read("{'K':[600,5,1,0,600,1,0,0,1]}"), "matrix");
        assertRefused(
                () -> read("{'left':{'fx':1,'fy':1,'cx':0,'cy':0},'right':{'fx':2,'fy':1,'cx':0,'cy':0}}"),
                "left, right");
        assertRefused(() -> read("{'ModelParameters':[0.5,0.5,0.5,0.5]}"), "Azure");
        assertNull(read("{'fx':1,'fy':1,'cx':0,'cy':0}").metresPerUnit());
    }

    private PointCloud points(Path file, DepthCamera camera) throws IOException {
        return SecondImage.read(file, Reading.UNSTATED.withCamera(camera), 0, 0).xyz();
    }

    private Path depthNpy(String type, byte[] data) throws IOException {
        String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (2, 2), }";
        ByteBuffer out = ByteBuffer.allocate(10 + header.length() + data.length).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(0x00_01_59_50_4D_55_4E_93L).putShort((short) header.length());
        out.put(header.getBytes()).put(data);
        return Files.write(folder.resolve("depth.npy"), out.array());
    }

    /** x = (u - cx) / fx z in double, rounded once. */
    @Test
    void depthImagesBecomePoints() throws IOException {
        short[] depth = {1000, 0, 3000, (short) 65535};
        Path png = Files.write(folder.resolve("depth.png"), Tags.png16(2, 2, depth));
        DepthCamera camera = new DepthCamera(new Intrinsics(300, 200, 0.25, 0.5), List.of(), 2, 2, 0.0001);
        float[] expected = new float[12];
        for (int i = 0; i < 4; i++) {
            double z = (depth[i] & 0xFFFF) * 0.0001;
            expected[3 * i] = (float) ((i % 2 - 0.25) / 300 * z);
            expected[3 * i + 1] = (float) ((i / 2 - 0.5) / 200 * z);
            expected[3 * i + 2] = (float) z;
        }
        expected[3] = expected[4] = 0; // not -0
        assertArrayEquals(expected, points(png, camera).xyz());
        ByteBuffer shorts = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        shorts.asShortBuffer().put(depth);
        assertArrayEquals(
                expected, points(depthNpy("<u2", shorts.array()), camera).xyz());

        assertRefused(() -> points(png, null), png, "--camera");
        DepthCamera unitless = new DepthCamera(camera.intrinsics(), List.of(), 2, 2, null);
        assertRefused(() -> points(png, unitless), png, "uint16", "depth_unit_m");
        DepthCamera other = new DepthCamera(camera.intrinsics(), List.of(), 640, 480, 0.001);
        assertRefused(() -> points(png, other), png, "2x2", "640x480");
        Path turned = Files.write(folder.resolve("t.png"), Tags.oriented(Tags.png16(2, 2, depth), 6));
        assertEquals(expected[8], points(turned, camera).xyz()[2]);
    }

    /** Floats are metres, whatever the unit of the camera's integers; where they cannot be, they have its unit. */
    @Test
    void floatDepths() throws IOException {
        DepthCamera camera = new DepthCamera(new Intrinsics(1, 1, 0, 0), List.of(), 0, 0, 0.001);
        assertArrayEquals(
                new float[] {0, 0, 0.5f, 0.25f, 0, 0.25f, 0, 0, 0, 2, 2, 2},
                points(floats(0.5f, 0.25f, 0, 2), camera).xyz());
        assertArrayEquals(
                new float[] {0, 0, 0.5f, 0.25f, 0, 0.25f, 0, 0, 0, 2, 2, 2},
                points(floats(500, 250, Float.NaN, 2000), camera).xyz());
    }

    private Path floats(float... values) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        out.asFloatBuffer().put(values);
        return depthNpy("<f4", out.array());
    }

    /** A ray that the lens has moved is found again: OpenCV's formula forward, ours back. */
    @Test
    void distortionIsUndone() {
        List<Double> k = List.of(-0.3, 0.1, 0.001, -0.002, 0.01, 0.02, -0.01, 0.003);
        double x = 0.4;
        double y = -0.3;
        double r2 = x * x + y * y;
        double radial = (1 + r2 * (k.get(0) + r2 * (k.get(1) + r2 * k.get(4))))
                / (1 + r2 * (k.get(5) + r2 * (k.get(6) + r2 * k.get(7))));
        double u = x * radial + 2 * k.get(2) * x * y + k.get(3) * (r2 + 2 * x * x);
        double v = y * radial + k.get(2) * (r2 + 2 * y * y) + 2 * k.get(3) * x * y;
        // The only pixel's ray, by its principal point.
        DepthCamera camera = new DepthCamera(new Intrinsics(100, 100, -100 * u, -100 * v), k, 1, 1, 1.0);
        assertArrayEquals(new float[] {0.8f, -0.6f, 2}, camera.points(new float[] {2}, 1, 1), 1e-6f);
    }

    /** Many keys and cameras took minutes, and a key can be any text. */
    @Test
    void largeFilesAreRefusedAtOnce() throws IOException {
        StringBuilder keys = new StringBuilder("{");
        for (int i = 0; i < 10_001; i++) {
            keys.append("\"k").append(i).append("\": 1, ");
        }
        String pinhole = "{\"fx\": 1, \"fy\": 1, \"cx\": 1, \"cy\": 1}";
        assertRefused(() -> read(keys + "\"a\": " + pinhole + "}"), "camera.json", "more than 10000 keys");
        assertRefused(
                () -> read("[" + pinhole + ("," + pinhole).repeat(64) + "]"), "camera.json", "more than 64 cameras");
        assertRefused(() -> read("{\"a\":".repeat(100) + "1" + "}".repeat(100)), "camera.json", "nested too deeply");
        assertRefused(
                () -> read("{\"a\\u001b\u202e\": " + pinhole + ", \"b\": " + pinhole.replace("1", "2") + "}"),
                "camera.json",
                "several cameras (a??, b)");
    }

    /** Coefficients without sense: every pixel took 200 steps. */
    @Test
    void distortionThatLeadsNowhereHasNoPoints() throws IOException {
        DepthCamera camera = read("{\"fx\": 1, \"fy\": 1, \"cx\": 1, \"cy\": 1, \"coeffs\": [-900, 800, 70, -60, 5]}");
        float[] depths = new float[64 * 64];
        Arrays.fill(depths, 1);
        float[] points = camera.points(depths, 64, 1);
        for (float value : points) {
            assertTrue(Float.isFinite(value));
        }
    }
}
