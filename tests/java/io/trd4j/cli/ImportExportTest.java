package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.model.Backbone;
import io.trd4j.model.Calibration;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ParameterNames;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TensorInfo;
import io.trd4j.model.tensorfile.TensorType;
import io.trd4j.model.tensorfile.TorchFile;
import io.trd4j.model.tensorfile.TorchTensor;
import io.trd4j.model.tensorfile.TorchWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code trd import} and {@code trd export} as a user runs them, with checkpoints of full resnet18 networks. */
class ImportExportTest {
    private static final List<TensorInfo> STUDENT = ParameterNames.student(Backbone.RESNET18);
    private static final List<TensorInfo> TEACHER = ParameterNames.teacher(Backbone.RESNET18);

    @TempDir
    private Path folder;

    private static float value(int seed, int i) {
        return (seed + i * 31 & 0xffff) / 65536f;
    }

    private static SafetensorsWriter.Source tensor(TensorInfo info, String seed) {
        return new SafetensorsWriter.Source(info, () -> {
            ByteBuffer bytes = ByteBuffer.allocate((int) info.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            int hash = (seed + info.name()).hashCode();
            int elements = (int) info.elements();
            for (int i = 0; i < elements; i++) {
                switch (info.type()) {
                    case I64 -> bytes.putLong(i * 8, 17);
                    case F64 -> bytes.putDouble(i * 8, value(hash, i));
                    default -> bytes.putFloat(i * 4, value(hash, i));
                }
            }
            return bytes;
        });
    }

    private static Map<String, Object> dict(List<TensorInfo> infos, String seed, String prefix) {
        Map<String, Object> out = new LinkedHashMap<>();
        infos.forEach(t -> out.put(prefix + t.name(), tensor(t, seed)));
        return out;
    }

    private record Outcome(int code, String out, String err) {}

    private Outcome run(String... args) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
        try {
            int code = Main.run(Stream.of(args)
                    .map(a -> a.startsWith("@") ? folder.resolve(a.substring(1)).toString() : a)
                    .toArray(String[]::new));
            return new Outcome(
                    code, outBytes.toString(StandardCharsets.UTF_8), errBytes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    private Outcome importing(String student, String teacher, String... more) {
        return run(Stream.concat(
                        Stream.of(
                                "import",
                                "--student",
                                student,
                                "--teacher",
                                teacher,
                                "--backbone",
                                "resnet18",
                                "--size",
                                "64",
                                "--out",
                                "@m.safetensors"),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    @Test
    void aCheckpointGoesInAndComesOutUnchanged() throws IOException {
        TorchWriter.write(
                folder.resolve("s.pth"),
                Map.of(
                        "epoch-dict",
                        Map.of(),
                        "student_rgb",
                        dict(STUDENT, "rgb", ""),
                        "student_depth",
                        dict(STUDENT, "depth", "")));
        Map<String, Object> teacher = dict(TEACHER, "teacher", "");
        teacher.put("layer4.0.conv1.weight", tensor(new TensorInfo("x", TensorType.F32, List.of(3L)), ""));
        teacher.put("fc.weight", tensor(new TensorInfo("x", TensorType.F32, List.of(3L)), ""));
        TorchWriter.write(folder.resolve("t.pth"), teacher);

        Outcome imported = importing(
                "@s.pth",
                "@t.pth",
                "--modality",
                "normals",
                "--normal-kernel",
                "3",
                "--calibration",
                "0.5,0.25,0.125,0.0625");
        assertEquals(
                new Outcome(
                        0, "wrote " + folder.resolve("m.safetensors") + ": resnet18, size 64, rgb and normals\n", ""),
                imported);
        try (ModelFile model = ModelFile.open(folder.resolve("m.safetensors"))) {
            assertEquals(Backbone.RESNET18, model.info().backbone());
            assertEquals(64, model.info().size());
            assertEquals(Modality.NORMALS, model.info().modality());
            assertEquals(3, model.info().geometry().normalKernel());
            assertEquals(new Calibration(0.5, 0.25, 0.125, 0.0625), model.info().calibration());
            assertEquals(model.info().teacherSha256(), ModelFile.teacherSha256(model.sources(ParameterNames.TEACHER)));
            model.requireIntact();
        }
        assertEquals(
                0,
                run(
                                "export",
                                "--model",
                                "@m.safetensors",
                                "--to",
                                "pth",
                                "--out",
                                "@s2.pth",
                                "--teacher-out",
                                "@t2.pth")
                        .code());
        try (TorchFile students = TorchFile.open(folder.resolve("s2.pth"));
                TorchFile exported = TorchFile.open(folder.resolve("t2.pth"))) {
            assertEquals(
                    List.of("student_rgb", "student_depth"),
                    List.copyOf(students.root().keySet()));
            assertSame(dict(STUDENT, "rgb", ""), (Map<?, ?>) students.root().get("student_rgb"));
            assertSame(dict(STUDENT, "depth", ""), (Map<?, ?>) students.root().get("student_depth"));
            assertSame(dict(TEACHER, "teacher", ""), exported.root());
        }
    }

    private static void assertSame(Map<String, Object> expected, Map<?, ?> actual) {
        assertEquals(List.copyOf(expected.keySet()), List.copyOf(actual.keySet()));
        expected.forEach((name, value) -> {
            SafetensorsWriter.Source want = (SafetensorsWriter.Source) value;
            TorchTensor have = (TorchTensor) actual.get(name);
            assertEquals(want.info().type(), have.type(), name);
            assertEquals(want.data().get(), have.data().get(), name);
        });
    }

    /** Wrapped, from DataParallel, Eyecandies' key, doubles, no counters; the teacher from safetensors. */
    @Test
    void toleratesHowCheckpointsAreSaved() throws IOException {
        List<TensorInfo> doubles = STUDENT.stream()
                .filter(t -> !ParameterNames.isCounter(t.name()))
                .map(t -> t.withType(TensorType.F64))
                .toList();
        TorchWriter.write(
                folder.resolve("s.pth"),
                Map.of(
                        "state_dict",
                        Map.of(
                                "student_rgb",
                                Map.of("model", dict(STUDENT, "rgb", "module.")),
                                "student_normals",
                                dict(doubles, "depth", ""))));
        SafetensorsWriter.write(
                folder.resolve("t.safetensors"),
                Map.of(),
                TEACHER.stream().map(t -> tensor(t, "teacher")).toList());
        Outcome imported = importing("@s.pth", "@t.safetensors", "--modality", "normals");
        assertEquals("", imported.err());
        assertEquals(0, imported.code());
        assertTrue(
                imported.out()
                        .contains("no calibration yet; run: trd calibrate --model " + folder.resolve("m.safetensors")
                                + " --data CATEGORY"),
                imported.out());
        try (ModelFile model = ModelFile.open(folder.resolve("m.safetensors"))) {
            assertEquals(5, model.info().geometry().normalKernel());
            String weights = "decoder.w_b";
            float[] values = model.tensors().floats("student_depth." + weights);
            assertEquals(value(("depth" + weights).hashCode(), 1), values[1]);
            assertEquals(0, model.tensors().doubles("student_depth.bn.bn1.num_batches_tracked")[0]);
            assertEquals(17, model.tensors().doubles("student_rgb.bn.bn1.num_batches_tracked")[0]);
        }
    }

    /** Two files; the colour branch's is flat and in safetensors, the teacher was wrapped and compiled. */
    @Test
    void studentsMayBeTwoFiles() throws IOException {
        SafetensorsWriter.write(
                folder.resolve("rgb.safetensors"),
                Map.of(),
                STUDENT.stream()
                        .map(t -> tensor(t, "rgb").withName("student_rgb." + t.name()))
                        .toList());
        TorchWriter.write(folder.resolve("depth.pth"), Map.of("state_dict", dict(STUDENT, "depth", "_orig_mod.")));
        TorchWriter.write(folder.resolve("t.pth"), Map.of("state_dict", dict(TEACHER, "teacher", "model._orig_mod.")));
        Outcome imported = importing("@rgb.safetensors", "@t.pth", "--student", "@depth.pth", "--modality", "depth");
        assertEquals("", imported.err());
        try (ModelFile model = ModelFile.open(folder.resolve("m.safetensors"))) {
            for (String student : List.of("rgb", "depth")) {
                float[] values = model.tensors().floats("student_" + student + ".decoder.w_b");
                assertEquals(value((student + "decoder.w_b").hashCode(), 1), values[1]);
            }
        }
        fault(
                importing("@depth.pth", "@t.pth", "--student", "@rgb.safetensors", "--modality", "depth"),
                "rgb.safetensors holds no tensors of the student student_depth");
    }

    @Test
    void usersFaultsAreOneLineAndLeaveNothing() throws IOException {
        Map<String, Object> broken = dict(STUDENT, "rgb", "");
        broken.put(
                "bn.conv2.weight",
                new SafetensorsWriter.Source(
                        new TensorInfo("", TensorType.F32, List.of(256L, 256L, 3L, 3L)),
                        () -> ByteBuffer.allocate(256 * 256 * 9 * 4)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putFloat(40, Float.NaN)));
        TorchWriter.write(
                folder.resolve("nan.pth"), Map.of("student_rgb", broken, "student_depth", dict(STUDENT, "d", "")));
        TorchWriter.write(folder.resolve("t.pth"), dict(TEACHER, "teacher", ""));
        Files.writeString(folder.resolve("text.pth"), "not a checkpoint");
        Files.createDirectory(folder.resolve("dir"));
        fault(
                importing("@nan.pth", "@t.pth", "--modality", "depth"),
                "tensor student_rgb.bn.conv2.weight holds NaN at element 10");
        fault(
                importing("@t.pth", "@t.pth", "--modality", "depth"),
                "holds no tensors of the student student_rgb (its names begin with conv1.weight");
        fault(importing("@nan.pth", "@nan.pth", "--modality", "depth"), "holds no tensors of a ResNet");
        fault(importing("@text.pth", "@t.pth", "--modality", "depth"), "not a PyTorch checkpoint");
        fault(importing("@nan.pth", "@text.pth", "--modality", "depth"), "not a PyTorch checkpoint");
        fault(importing("@absent.pth", "@t.pth", "--modality", "depth"), "absent.pth does not exist");
        fault(importing("@nan.pth", "@absent.pth", "--modality", "depth"), "absent.pth does not exist");
        fault(importing("@nan.pth", "@dir", "--modality", "depth"), "is a folder");
        fault(importing("@dir", "@t.pth", "--modality", "depth"), "is a folder");
        fault(importing("@nan.pth", "@t.pth", "--modality", "infrared"), "infrared");
        fault(importing("@nan.pth", "@t.pth"), "--modality");
        fault(importing("@nan.pth", "@t.pth", "--modality", "normals", "--normal-kernel", "4"), "must be odd");
        fault(importing("@nan.pth", "@t.pth", "--modality", "depth", "--calibration", "1,2,3"), "four numbers");
        fault(
                importing("@nan.pth", "@t.pth", "--modality", "depth", "--calibration", "1,2,3,x"),
                "'x' is not a double");
        fault(
                importing("@nan.pth", "@t.pth", "--modality", "depth", "--calibration", "1,0,1,1"),
                "positive standard deviations");
        fault(
                run(
                        "import",
                        "--student",
                        "@nan.pth",
                        "--teacher",
                        "@t.pth",
                        "--backbone",
                        "resnet50",
                        "--modality",
                        "depth",
                        "--out",
                        "@m.safetensors"),
                "tensor layer1.0.conv1.weight is 64x64x3x3, not 64x64x1x1");
        fault(
                run(
                        "import",
                        "--student",
                        "@nan.pth",
                        "--teacher",
                        "@t.pth",
                        "--backbone",
                        "vgg",
                        "--modality",
                        "depth",
                        "--out",
                        "@m.safetensors"),
                "unknown backbone 'vgg'");
        fault(
                run(
                        "import",
                        "--student",
                        "@nan.pth",
                        "--teacher",
                        "@t.pth",
                        "--size",
                        "100",
                        "--modality",
                        "depth",
                        "--out",
                        "@m.safetensors"),
                "multiple of 32");
        fault(run("export", "--model", "@absent", "--to", "pth", "--out", "@x.pth"), "absent does not exist");
        fault(run("export", "--model", "@nan.pth", "--to", "pth", "--out", "@x.pth"), "not a sound safetensors file");
        fault(run("export", "--model", "@nan.pth", "--to", "onx", "--out", "@x.pth"), "use --to pth or --to onnx");
        fault(run("export", "--model", "@nan.pth", "--to", "onnx", "--out", "@x.onnx"), "give them by --data");
        fault(
                run("export", "--model", "@nan.pth", "--to", "pth", "--out", "@x.pth", "--preprocess"),
                "--preprocess is for --to onnx");
        fault(
                run("export", "--model", "@x", "--to", "onnx", "--out", "@x.onnx", "--teacher-out", "@t.pth"),
                "--teacher-out is for --to pth");
        assertFalse(Files.exists(folder.resolve("m.safetensors")));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(4, files.count());
        }
    }

    /** Exit code 2 and one line that contains the text. */
    private static void fault(Outcome outcome, String text) {
        assertEquals(2, outcome.code(), outcome.err());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
        assertTrue(outcome.err().contains(text), outcome.err());
    }
}
