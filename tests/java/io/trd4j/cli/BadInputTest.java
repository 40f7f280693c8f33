package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.image.ImageWriter;
import io.trd4j.io.Sha256;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TensorInfo;
import io.trd4j.model.tensorfile.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every verb, everything a user can get wrong: one line that names it and the remedy, exit 2, and nothing on the disk.
 */
class BadInputTest {
    @TempDir
    private static Path w;

    private static Sample sample;
    private static final String PNG = "parts/plate/test/hole/rgb/000.png";
    private static final String TIFF = "parts/plate/test/hole/xyz/000.tiff";

    @BeforeAll
    static void prepare() throws IOException {
        sample = Sample.get();
        Files.createDirectory(w.resolve("empty"));
        for (String name : List.of("text", "text.png", "text.tiff", "text.safetensors", "text.pth")) {
            Files.writeString(w.resolve(name), "This is no such file.\n".repeat(9));
        }
        Sample.copy(sample.category, w.resolve("parts/plate"));
        cut("parts/plate/test/hole/rgb/000.png", "cut.png", 2);
        cut("parts/plate/test/hole/xyz/000.tiff", "cut.tiff", 2);
        cut("parts/plate/test/hole/xyz/000.tiff", "head.tiff", 900);
        Files.write(w.resolve("black.png"), ImageWriter.pngGrey(9, 9, new byte[81]));
        Files.writeString(w.resolve("wide.json"), "{\"width\": 128, \"height\": 64}");
        Files.writeString(w.resolve("line.json"), "{\"width\": 64, \"height\": 64, \"include\": [[[1, 1], [9, 9]]]}");
        Files.copy(Cli.ROOT.resolve("tests/fixtures/images/one_channel.tiff"), w.resolve("one.tiff"));
        Files.copy(Cli.ROOT.resolve("tests/fixtures/golden/metrics-a.safetensors"), w.resolve("other.safetensors"));

        for (String category : List.of("cookie", "plate", "ring", "rope")) {
            Sample.copy(
                    sample.category.resolve("train"),
                    w.resolve("own/data").resolve(category).resolve("train"));
        }
        Sample.copy(sample.category.resolve("train"), w.resolve("untested/train"));
        Sample.copy(sample.category.resolve("test"), w.resolve("untrained/test"));
        Sample.copy(sample.category.resolve("train/good"), w.resolve("plain"));
        Sample.copy(sample.category.resolve("test/good"), w.resolve("spotless/test/good"));
        Sample.copy(sample.category.resolve("test/hole"), w.resolve("spoilt/test/hole"));
        Sample.copy(sample.category.resolve("test"), w.resolve("maskless/test"));
        Files.delete(w.resolve("maskless/test/dent/gt/000.png"));
        Sample.copy(sample.category.resolve("train"), w.resolve("torn/train"));
        Files.copy(w.resolve("cut.tiff"), w.resolve("torn/train/good/xyz/009.tiff"));
        Files.copy(w.resolve(PNG), w.resolve("torn/train/good/rgb/009.png"));
        Sample.copy(sample.category.resolve("train/good"), w.resolve("odd"));
        Files.delete(w.resolve("odd/xyz/001.tiff"));

        try (ModelFile file = ModelFile.open(sample.model)) {
            write(w.resolve("bare.safetensors"), file.info().withCalibration(null), file, false);
            write(w.resolve("damaged.safetensors"), file.info(), file, true);
        }
        Files.createLink(w.resolve("model.safetensors"), sample.model);
        Files.copy(sample.model, w.resolve("limited.safetensors"));
        Cli.here(
                        "calibrate",
                        "--model",
                        w.resolve("limited.safetensors"),
                        "--data",
                        sample.category,
                        "--false-reject-rate",
                        "80%",
                        "--confidence",
                        "80%",
                        "--no-sensitivity")
                .expect(0);
        Files.copy(w.resolve("limited.safetensors"), w.resolve("hand.safetensors"));
        Cli.here("threshold", "--model", w.resolve("hand.safetensors"), "--ng", 3)
                .expect(0);
        Files.copy(w.resolve(PNG), w.resolve("copy.png"));
        Files.copy(w.resolve(TIFF), w.resolve("copy.tiff"));
        Files.createLink(w.resolve("signed.safetensors"), sample.model);
        Cli.here("sign", "--new-key", w.resolve("key")).expect(0);
        Cli.here("sign", "--new-key", w.resolve("other")).expect(0);
        Cli.here("sign", "--model", w.resolve("signed.safetensors"), "--key", w.resolve("key"))
                .expect(0);
        Files.copy(w.resolve("signed.safetensors.sig"), w.resolve("bare.safetensors.sig"));
        Files.write(w.resolve("cut.safetensors"), Arrays.copyOf(Files.readAllBytes(sample.model), 100_000));
        Cli.here(
                        "export",
                        "--model",
                        sample.model,
                        "--to",
                        "pth",
                        "--out",
                        w.resolve("s.pth"),
                        "--teacher-out",
                        w.resolve("t.pth"))
                .expect(0);
        Files.write(w.resolve("cut.pth"), Arrays.copyOf(Files.readAllBytes(w.resolve("t.pth")), 100_000));
        SafetensorsWriter.write(
                w.resolve("alone.safetensors"),
                Map.of(),
                List.of(new SafetensorsWriter.Source(
                        new TensorInfo("x", TensorType.F32, List.of(1L)), () -> ByteBuffer.allocate(4))));
    }

    private static void write(Path target, ModelInfo info, ModelFile file, boolean damaged) throws IOException {
        List<SafetensorsWriter.Source> tensors = new ArrayList<>();
        for (TensorInfo tensor : file.tensors().tensors()) {
            SafetensorsWriter.Source source = file.tensors().source(tensor.name());
            tensors.add(
                    damaged && tensor.name().equals("student_rgb.decoder.w_c")
                            ? new SafetensorsWriter.Source(
                                    tensor,
                                    () -> ByteBuffer.allocate(8)
                                            .putInt(0, 0xC07F)
                                            .putInt(4, 0xC07F))
                            : source); // little-endian NaN
        }
        ModelFile.write(target, info, tensors);
    }

    private static void cut(String file, String target, int part) throws IOException {
        byte[] bytes = Files.readAllBytes(w.resolve(file));
        Files.write(w.resolve(target), Arrays.copyOf(bytes, part > 99 ? part : bytes.length / part));
    }

    /** A command line, with @NAME for a file of the work folder, and what its one line must contain. */
    private record Case(String command, String... words) {}

    private static final String INSPECT = "inspect --model @model.safetensors --out @out ";
    private static final String ONE = "--rgb @" + PNG + " --xyz @" + TIFF + " ";
    private static final String TRAIN = "train --data @parts/plate --out @new.safetensors ";
    private static final String EVALUATE = "evaluate --model @model.safetensors --out @out ";
    private static final String IMPORT = "import --out @new.safetensors --modality normals --size 64 ";
    private static final String IMPORT_18 = IMPORT + "--student @s.pth --teacher @t.pth --backbone resnet18 ";
    private static final String LIMITS = "calibrate --model @model.safetensors --data @parts/plate ";
    private static final String LEARN =
            "learn --model @limited.safetensors --data @parts/plate --out @new.safetensors ";
    private static final String EXPORT = "export --model @model.safetensors ";

    private static final String BENCH = "bench --model @model.safetensors ";
    private static final String PLAN = "plan --model @model.safetensors ";
    private static final String RANDOM = "--random --backbone resnet18 --size 64 ";

    private static final List<Case> CASES = List.of(
            new Case("inspct", "unknown verb 'inspct'", "inspect", "trd --help"),
            new Case("--foo", "'--foo'", "trd --help"),
            // inspect
            new Case(INSPECT, "--rgb", "--xyz", "--data", "--watch"),
            new Case(INSPECT + "--rgb @" + PNG, "--xyz", "--on-bad-depth rgb-only"),
            new Case(INSPECT + "--xyz @" + TIFF, "--rgb", "--on-bad-rgb depth-only"),
            new Case(INSPECT + ONE + "--on-bad-depth ignore", "'ignore'", "refuse", "rgb-only"),
            new Case(INSPECT + ONE + "--on-bad-rgb rgb-only", "'rgb-only'", "refuse", "depth-only"),
            new Case(INSPECT + ONE + "--min-valid-depth 2", "'2'", "between 0 and 1"),
            new Case(INSPECT + ONE + "--min-valid-depth 99%", "valid points", "99.0 %"),
            new Case(INSPECT + ONE + "--min-region -1", "--min-region", "-1"),
            new Case(INSPECT + ONE + "--data @parts/plate", "--rgb", "--xyz", "--data"),
            new Case(INSPECT + ONE + "--watch @plain", "--rgb", "--xyz", "--data", "--watch"),
            new Case(INSPECT + "--watch @none", "@none", "does not exist"),
            new Case(INSPECT + "--watch @text", "@text", "is not a folder"),
            new Case(INSPECT + "--watch @empty", "@empty/rgb", "does not exist", "rgb and xyz"),
            new Case(
                    "inspect --model @model.safetensors --watch @plain --json @text",
                    "@text, line 1",
                    "is no line of trd inspect --json"),
            new Case("inspect --model @cut.safetensors --watch @plain --json @new.jsonl", "@cut.safetensors"),
            new Case("inspect --model @model.safetensors " + ONE, "--out DIR", "--json -"),
            new Case(INSPECT + ONE + "--json @model.safetensors", "--json", "--model", "the same file"),
            new Case(INSPECT + ONE + "--json @empty", "@empty", "is a folder"),
            new Case(INSPECT + ONE + "--foo", "'--foo'", "trd inspect --help"),
            new Case(INSPECT + ONE + "more", "'more'", "trd inspect --help"),
            new Case("inspect --out @out " + ONE, "--model", "trd inspect --help"),
            new Case(INSPECT + ONE + "--threads -1", "--threads -1", "0"),
            new Case(INSPECT + ONE + "--threads many", "--threads", "many"),
            new Case(INSPECT + ONE + "--device cuda:999", "--device cuda:999", "cpu"),
            new Case(INSPECT + ONE + "--device gpu", "'gpu'", "cuda:N"),
            new Case("inspect --model @none --out @out " + ONE, "@none", "does not exist"),
            new Case("inspect --model @empty --out @out " + ONE, "@empty", "folder"),
            new Case("inspect --model @text.safetensors --out @out " + ONE, "@text.safetensors"),
            new Case("inspect --model @cut.safetensors --out @out " + ONE, "@cut.safetensors"),
            new Case("inspect --model @other.safetensors --out @out " + ONE, "@other.safetensors", "trd train"),
            new Case("inspect --model @s.pth --out @out " + ONE, "@s.pth"),
            new Case("inspect --model @" + PNG + " --out @out " + ONE, "@" + PNG),
            new Case(
                    "inspect --model @bare.safetensors --out @out " + ONE,
                    "@bare.safetensors",
                    "trd calibrate --model"),
            new Case(
                    "inspect --model @damaged.safetensors --out @out " + ONE,
                    "student_rgb.decoder.w_c",
                    "weights are damaged"),
            new Case(INSPECT + "--rgb @none.png --xyz @" + TIFF, "@none.png", "does not exist"),
            new Case(INSPECT + "--rgb @" + PNG + " --xyz @none.tiff", "@none.tiff", "does not exist"),
            new Case(INSPECT + "--rgb @empty --xyz @" + TIFF, "@empty"),
            new Case(INSPECT + "--rgb @black.png --xyz @" + TIFF, "part black", "black everywhere", "exposure"),
            new Case(INSPECT + "--rgb @text.png --xyz @" + TIFF, "@text.png", "PNG"),
            new Case(INSPECT + "--rgb @cut.png --xyz @" + TIFF, "@cut.png", "damaged"),
            new Case(INSPECT + "--rgb @" + PNG + " --xyz @text.tiff", "@text.tiff", "TIFF"),
            new Case(INSPECT + "--rgb @" + PNG + " --xyz @cut.tiff", "@cut.tiff"),
            new Case(INSPECT + "--rgb @" + PNG + " --xyz @head.tiff", "@head.tiff"),
            new Case(INSPECT + "--rgb @" + PNG + " --xyz @one.tiff", "@one.tiff", "channel"),
            new Case(INSPECT + "--rgb @" + TIFF + " --xyz @" + TIFF, "@" + TIFF),
            new Case(INSPECT + "--data @none", "@none", "does not exist"),
            new Case(INSPECT + "--data @text", "@text", "not a folder"),
            new Case(INSPECT + "--data @empty", "@empty", "is empty"),
            new Case(INSPECT + "--data @parts", "@parts", "several categories"),
            new Case(INSPECT + "--data @untested", "@untested", "no test parts"),
            new Case(INSPECT + "--data @odd", "@odd/rgb/001.png", "@odd/xyz/001"),
            // keys and the audit record
            new Case(INSPECT + ONE + "--trusted @key.pub", "@model.safetensors is not signed", "trd sign --model"),
            new Case(INSPECT + ONE + "--trusted @none", "@none", "does not exist"),
            new Case(INSPECT + ONE + "--trusted @empty", "@empty holds no public key"),
            new Case(INSPECT + ONE + "--trusted @text", "@text holds no key"),
            new Case(INSPECT + ONE + "--trusted @key", "@key holds a private key", "-pubout"),
            new Case(INSPECT + ONE + "--trusted", "--trusted", "trd inspect --help"),
            new Case(
                    "inspect --model @signed.safetensors --out @out --trusted @other.pub " + ONE,
                    "@signed.safetensors is signed by the key",
                    "not among the trusted"),
            new Case(
                    "inspect --model @bare.safetensors --out @out --trusted @key.pub " + ONE,
                    "@bare.safetensors: the model was changed after it was signed"),
            new Case(INSPECT + ONE + "--audit @empty", "@empty is a folder"),
            new Case(INSPECT + ONE + "--audit @text", "@text is no audit record"),
            new Case(INSPECT + ONE + "--audit @text/x", "@text/x", "is a file"),
            new Case(INSPECT + ONE + "--audit @model.safetensors", "@model.safetensors is no audit record"),
            new Case(INSPECT + ONE + "--audit @out/result.json", "--audit", "would replace it"),
            new Case(INSPECT + ONE + "--no-audit-sync", "--no-audit-sync belongs to --audit"),
            new Case("inspect --model @none --out @out --audit @new.jsonl " + ONE, "@none", "does not exist"),
            new Case("sign", "--model and --key", "--new-key"),
            new Case("sign --model @model.safetensors", "--key"),
            new Case("sign --new-key @new --model @model.safetensors", "--new-key", "alone"),
            new Case("sign --new-key @key", "@key exists", "never overwritten"),
            new Case("sign --new-key @text/x", "@text/x", "is a file"),
            new Case("sign --new-key @empty", "@empty is a folder"),
            new Case("sign --model @none --key @key", "@none", "does not exist"),
            new Case("sign --model @empty --key @key", "@empty is a folder"),
            new Case("sign --model @text.safetensors --key @key", "@text.safetensors"),
            new Case("sign --model @model.safetensors --key @none", "@none", "does not exist"),
            new Case("sign --model @model.safetensors --key @key.pub", "@key.pub holds a public key", "private key"),
            new Case("sign --model @model.safetensors --key @text", "@text holds no key in PEM"),
            new Case("sign --model @model.safetensors --key @key --signature @key", "--signature", "--key", "@key"),
            new Case(
                    "sign --model @model.safetensors --key @key --signature @model.safetensors",
                    "--signature",
                    "--model"),
            new Case("verify", "--model and --trusted", "--audit"),
            new Case("verify --model @model.safetensors", "--trusted KEY.pub"),
            new Case("verify --trusted @key.pub", "--trusted", "--model"),
            new Case("verify --audit @text --signature @text", "--signature", "--model"),
            new Case("verify --model @none --trusted @key.pub", "@none", "does not exist"),
            new Case("verify --model @model.safetensors --trusted @key.pub", "@model.safetensors is not signed"),
            new Case("verify --model @signed.safetensors --trusted @other.pub", "not among the trusted"),
            new Case("verify --model @signed.safetensors --trusted @key", "@key holds a private key"),
            new Case(
                    "verify --model @bare.safetensors --trusted @key.pub", "the model was changed after it was signed"),
            new Case(
                    "verify --model @signed.safetensors --trusted @key.pub --signature @text", "@text is no signature"),
            new Case("verify --model @signed.safetensors --trusted @key.pub --signature @empty", "@empty is a folder"),
            new Case("verify --model @signed.safetensors --trusted @key.pub --audit @text", "@text: line 1"),
            new Case("verify --audit @none", "@none", "does not exist"),
            new Case("verify --audit @empty", "@empty is a folder"),
            new Case("completion --shell fish", "'--shell'", "trd completion --help"),
            new Case("inspect --model @model.safetensors --out @text " + ONE, "@text", "is a file"),
            new Case("inspect --model @model.safetensors --out @text/below " + ONE, "@text/below", "is a file"),
            new Case("inspect --model @model.safetensors --out /dev/null/below " + ONE, "/dev/null/below"),
            // report
            new Case("report --model @model.safetensors --data @none --out @out/r.html", "@none", "does not exist"),
            new Case("report --model @model.safetensors --data @parts/plate --out @empty", "@empty", "folder"),
            new Case(
                    "report --model @bare.safetensors --data @parts/plate --out @out/r.html",
                    "@bare.safetensors",
                    "trd calibrate --model"),
            new Case(
                    "report --model @model.safetensors --data @odd --out @out/r.html",
                    "@odd/rgb/001.png",
                    "@odd/xyz/001"),
            // monitor
            new Case(
                    "monitor --model @model.safetensors --data @parts/plate",
                    "no drift reference",
                    "trd calibrate --model",
                    "@model.safetensors",
                    "at least 10 normal"),
            new Case(
                    "monitor --model @bare.safetensors --data @parts/plate",
                    "@bare.safetensors",
                    "trd calibrate --model"),
            new Case(
                    "monitor --model @model.safetensors --data @parts/plate --false-alarm-rate 2",
                    "'2'",
                    "between 0 and 1"),
            new Case("monitor --model @model.safetensors --data @parts/plate --json @empty", "@empty", "folder"),
            // evaluate
            new Case(EVALUATE, "--data", "trd evaluate --help"),
            new Case(EVALUATE + "--data @none", "@none", "does not exist"),
            new Case(EVALUATE + "--data @empty", "@empty", "is empty"),
            new Case(EVALUATE + "--data @plain", "plain", "labelled"),
            new Case(EVALUATE + "--data @untested", "untested", "labelled"),
            new Case(EVALUATE + "--data @spotless", "spotless"),
            new Case(EVALUATE + "--data @spoilt", "spoilt"),
            new Case(EVALUATE + "--data @maskless", "dent", "gt/000.png"),
            new Case(EVALUATE + "--data @parts/plate --data @plain", "plain", "labelled"),
            new Case(EVALUATE + "--data @parts/plate --data @parts/plate", "two categories", "plate"),
            new Case(EVALUATE + "--data @parts/plate --model @none", "2 models for 1 categories"),
            new Case("evaluate --model @none --out @out --data @parts/plate", "@none", "does not exist"),
            new Case(
                    "evaluate --model @bare.safetensors --out @out --data @parts/plate",
                    "@bare.safetensors",
                    "trd calibrate"),
            new Case("evaluate --model @model.safetensors --out @text/x --data @parts/plate", "@text/x", "is a file"),
            new Case(EVALUATE + "--data @parts/plate --device cuda:999", "--device cuda:999"),
            new Case(EVALUATE + "--data @parts/plate --baseline @none", "the baseline", "@none", "does not exist"),
            new Case(
                    EVALUATE + "--data @parts/plate --baseline @text",
                    "@text",
                    "the baseline",
                    "metrics.json of an earlier"),
            // train
            new Case("train --out @new.safetensors", "--data", "trd train --help"),
            new Case(TRAIN + "--backbone vgg", "'vgg'", "resnet18"),
            new Case(TRAIN + "--backbone resnet34", "--teacher embedded", "resnet34", "--teacher imagenet"),
            new Case(TRAIN + "--modality foo", "--modality", "'foo'", "depth, normals"),
            new Case(TRAIN + "--normal-kernel 4", "--normal-kernel", "4"),
            new Case(TRAIN + "--geometry foo", "--geometry", "metric or reference", "'foo'"),
            new Case(TRAIN + "--geometry metric --modality depth", "--modality depth", "--geometry metric"),
            new Case(TRAIN + "--geometry metric --normal-kernel 5", "--normal-kernel", "--geometry metric"),
            new Case(TRAIN + "--modality depth --normal-kernel 5", "--normal-kernel", "--modality normals"),
            new Case(TRAIN + "--modality depth --normal-kernel auto", "--normal-kernel", "leave it out"),
            new Case(
                    "import --out @new.safetensors --modality depth --normal-kernel 5 --student @s.pth --teacher @t.pth",
                    "--normal-kernel",
                    "--modality normals"),
            new Case(TRAIN + "--modality metric", "--modality", "depth, normals", "'metric'"),
            new Case(
                    "import --out @new.safetensors --modality metric --student @s.pth --teacher @t.pth",
                    "--modality",
                    "depth or normals"),
            new Case(TRAIN + "--size 100", "--size", "32", "not 100"),
            new Case(TRAIN + "--size -32", "--size", "not -32"),
            new Case(TRAIN + "--size 0", "--size", "not 0"),
            new Case(TRAIN + "--size 3200000", "--size", "4096"),
            new Case(TRAIN + "--size big", "--size", "big"),
            new Case(TRAIN + "--batch 0", "--batch", "not 0"),
            new Case(TRAIN + "--batch 2147483647", "--batch", "4096"),
            new Case(TRAIN + "--batch 1 --size 32", "--batch", "size 32"),
            new Case(TRAIN + "--normal-kernel foo", "--normal-kernel", "'foo' is neither auto nor a whole number"),
            new Case(TRAIN + "--epochs 0", "--epochs", "not 0"),
            new Case(TRAIN + "--epochs foo", "--epochs", "'foo' is neither auto nor a whole number"),
            new Case(TRAIN + "--epochs 99999999999", "--epochs", "99999999999"),
            new Case(TRAIN + "--epochs 2147483647", "--epochs", "100000"),
            new Case(TRAIN + "--steps 0", "--steps", "not 0"),
            new Case(TRAIN + "--steps 2147483647", "--steps", "100000"),
            new Case(TRAIN + "--steps auto", "--steps", "'auto'"),
            new Case(TRAIN + "--steps 400 --epochs 20", "--steps and --epochs", "give one of them"),
            new Case(TRAIN + "--schedule foo", "--schedule", "'foo'", "epochs, steps"),
            new Case(TRAIN + "--train-precision foo", "--train-precision", "'foo'"),
            new Case(TRAIN + "--train-precision int8", "--train-precision", "'int8' is not one of auto, fp32, bf16"),
            new Case(TRAIN + "--lr nan", "--lr", "nan"),
            new Case(TRAIN + "--lr NaN", "--lr", "NaN"),
            new Case(TRAIN + "--lr -1", "--lr", "-1"),
            new Case(TRAIN + "--lr 1e300 --epochs 2 --size 32 --batch 2", "--lr"),
            new Case(TRAIN + "--seed x", "--seed", "x"),
            new Case(TRAIN + "--threads -1", "--threads -1"),
            new Case(TRAIN + "--threads 9999", "--threads 9999", "1024"),
            new Case(TRAIN + "--device cuda", "--device cuda"),
            new Case(TRAIN + "--roi @none.png", "@none.png", "does not exist"),
            new Case(TRAIN + "--roi @text.png", "@text.png", "PNG"),
            new Case(TRAIN + "--roi @black.png", "@black.png", "excludes every pixel", "white"),
            new Case("train --data @parts/plate --out @black.png --roi @black.png", "--out", "--roi", "@black.png"),
            new Case(TRAIN + "--state-every -1", "--state-every", "-1"),
            new Case(TRAIN + "--teacher @none", "@none", "does not exist"),
            new Case(TRAIN + "--teacher @text.pth --size 32", "@text.pth"),
            new Case(TRAIN + "--teacher @cut.pth --size 32", "@cut.pth"),
            new Case(TRAIN + "--teacher @t.pth --backbone resnet34 --size 32", "@t.pth", "backbone"),
            new Case("train --data @parts/plate --out @t.pth --teacher @t.pth", "--out", "--teacher", "@t.pth"),
            new Case("train --data @none --out @new.safetensors", "@none", "does not exist"),
            new Case("train --data @untrained --out @new.safetensors", "untrained", "train/good"),
            new Case("train --data @plain --out @new.safetensors", "plain", "train/good"),
            new Case("train --data @torn --out @deep/new.safetensors --size 32", "@torn/train/good/xyz/009.tiff"),
            new Case("train --data @parts/plate --out @empty", "@empty", "folder"),
            new Case("train --data @parts/plate --out @text/m", "@text/m", "is a file"),
            new Case("train --data @parts/plate --out /dev/null", "/dev/null", "not a regular file"),
            // calibrate
            new Case("calibrate --model @none --data @parts/plate", "@none", "does not exist"),
            new Case("calibrate --model @text --data @parts/plate", "@text"),
            new Case("calibrate --model @bare.safetensors --data @untrained", "@untrained", "validation"),
            new Case(
                    "calibrate --model @model.safetensors --data @parts/plate --roi @none.json",
                    "@none.json",
                    "does not exist"),
            new Case("calibrate --model @model.safetensors --data @parts/plate --roi @empty", "@empty", "not a file"),
            new Case("calibrate --model @model.safetensors --data @parts/plate --roi @cut.png", "@cut.png", "damaged"),
            new Case(
                    "calibrate --model @model.safetensors --data @parts/plate --roi @black.png",
                    "@black.png",
                    "excludes every pixel"),
            new Case(
                    "calibrate --model @model.safetensors --data @parts/plate --roi @line.json",
                    "@line.json",
                    "2 points"),
            new Case(LIMITS + "--false-reject-rate 50% --confidence 60% --roi @line.json", "@line.json", "2 points"),
            new Case(
                    "calibrate --model @model.safetensors --data @parts/plate --roi @wide.json",
                    "@wide.json",
                    "128x64",
                    "64x64"),
            // roi
            new Case("roi --model @model.safetensors", "--show", "--out"),
            new Case("roi --model @model.safetensors --out @new.png", "no region of interest", "trd calibrate --roi"),
            new Case("roi --model @model.safetensors --out @model.safetensors", "--out", "--model"),
            new Case("roi --model @none --show", "@none", "does not exist"),
            new Case("roi --model @text --show", "@text"),
            new Case("calibrate --model @bare.safetensors --data @empty", "@empty"),
            new Case("calibrate --model @damaged.safetensors --data @parts/plate", "NaN", "model"),
            new Case("calibrate --model @bare.safetensors --data @parts/plate --threads -1", "--threads -1"),
            new Case(
                    "calibrate --model @bare.safetensors --data @parts/plate --precision fp32",
                    "--precision",
                    "thresholds"),
            new Case("report --model @none --data @parts/plate --out @new.html --cycle-time 0", "--cycle-time must be"),
            new Case("report --model @none --data @parts/plate --out @new.html --cycle-time NaN", "NaN"),
            new Case(
                    "inspect --model @none --data @plain --out @out --fail-on ok",
                    "'ok' is not one of ng, review",
                    "trd inspect --help"),
            // thresholds
            new Case(
                    LIMITS + "--false-reject-rate 0.1%",
                    "0.1%",
                    "95%",
                    "needs 2995 normal parts",
                    "plate/validation has 2",
                    "77.64%"),
            new Case(LIMITS + "--false-reject-rate 0.001 --confidence 0.99", "needs 4603"),
            // learn
            new Case(LEARN, "--ok", "trd learn --help"),
            new Case(LEARN + "--ok @none", "@none", "does not exist", "IMAGE,POINTS"),
            new Case(LEARN + "--ok @empty", "@empty/rgb", "does not exist"),
            new Case(LEARN + "--ok @text.png", "@text.png", "is no file of a folder of parts"),
            new Case(LEARN + "--ok @text.png,@cut.tiff", "@text.png", "PNG"),
            new Case(LEARN + "--ok @copy.png,@one.tiff", "@one.tiff", "channel"),
            new Case(LEARN + "--ok @copy.png,@none.tiff", "@none.tiff", "does not exist"),
            new Case(LEARN + "--ok @odd", "@odd/rgb/001.png", "no partner"),
            new Case(LEARN + "--ok @plain --ng @plain/rgb/000.png", "@plain/rgb/000.png", "normal part"),
            new Case(LEARN + "--ok @copy.png,@copy.tiff --ng @" + PNG, "@copy.png", "is called OK and NG", "@" + PNG),
            new Case(LEARN + "--ok @copy.png,@copy.tiff", "@copy.png", "with a defect", "@" + PNG),
            new Case(LEARN + "--ok @plain --steps 3", "knows all of these OK parts"),
            new Case(LEARN + "--ok @plain --steps -1", "--steps", "-1"),
            new Case(LEARN + "--ok @plain --lr 0", "--lr", "positive"),
            new Case(LEARN + "--ok @plain --json @limited.safetensors", "--json", "--model", "the same file"),
            new Case(
                    "learn --model @limited.safetensors --out @limited.safetensors --data @parts/plate --ok @plain",
                    "--out",
                    "--model",
                    "the same file"),
            new Case(
                    "learn --model @limited.safetensors --out @new.safetensors --data @untested --ok @plain",
                    "@untested",
                    "validation"),
            new Case(
                    "learn --model @model.safetensors --out @new.safetensors --data @parts/plate --ok @plain",
                    "@model.safetensors",
                    "no NG limit",
                    "--false-reject-rate"),
            new Case(
                    "learn --model @bare.safetensors --out @new.safetensors --data @parts/plate --ok @plain",
                    "@bare.safetensors",
                    "not calibrated"),
            new Case(
                    "learn --model @hand.safetensors --out @new.safetensors --data @parts/plate --ok @plain",
                    "@hand.safetensors",
                    "by-hand",
                    "trd calibrate"),
            new Case(LIMITS + "--review-rate 5%", "a review rate of 5%", "needs 59"),
            new Case(LIMITS + "--false-reject-rate 80% --branch rgb,depth", "2 scores", "needs 8 normal parts"),
            new Case(LIMITS + "--false-reject-rate 0.1% --method tail", "tail", "100 normal parts", "has 2"),
            new Case(
                    LIMITS + "--method fnr=1%",
                    "missed parts of 1%",
                    "needs 299 parts with a defect",
                    "plate/test has"),
            new Case(LIMITS + "--method fnr=1", "fnr=1", "'1'", "0.1%"),
            new Case(LIMITS + "--method fnr=", "fnr="),
            new Case(LIMITS + "--method best", "'best'", "exact, tail, max-f1"),
            new Case(LIMITS + "--method exact", "--false-reject-rate", "--review-rate"),
            new Case(LIMITS + "--confidence 0.9", "--false-reject-rate", "--review-rate"),
            new Case(LIMITS + "--method max-f1 --false-reject-rate 1%", "--false-reject-rate", "max-f1"),
            new Case(LIMITS + "--method max-f1 --confidence 0.9", "--confidence", "max-f1"),
            new Case(LIMITS + "--method fnr=50% --review-rate 1%", "--review-rate", "fnr=50%"),
            new Case(LIMITS + "--false-reject-rate 2% --review-rate 1%", "--review-rate 1%", "above", "2%"),
            new Case(LIMITS + "--false-reject-rate 1", "--false-reject-rate", "'1'", "0.1%"),
            new Case(LIMITS + "--false-reject-rate 0", "--false-reject-rate", "'0'"),
            new Case(LIMITS + "--false-reject-rate 100%", "'100%'"),
            new Case(LIMITS + "--false-reject-rate -1%", "--false-reject-rate", "'-1%'"),
            new Case(LIMITS + "--false-reject-rate NaN", "'NaN'"),
            new Case(LIMITS + "--false-reject-rate few", "'few'"),
            new Case(LIMITS + "--false-reject-rate 80% --confidence 100%", "--confidence", "'100%'"),
            new Case(LIMITS + "--false-reject-rate 80% --branch both", "'both'", "combined, rgb, depth"),
            new Case(LIMITS + "--false-reject-rate 80% --precision fp8", "'fp8'"),
            new Case(
                    "calibrate --model @model.safetensors --data @untrained --false-reject-rate 80%",
                    "untrained/validation has 0"),
            new Case("calibrate --model @model.safetensors --data @plain --method max-f1", "plain", "labelled"),
            new Case("calibrate --model @model.safetensors --data @spoilt --method max-f1", "spoilt", "test/good"),
            new Case(
                    "calibrate --model @model.safetensors --data @spotless --method fnr=50%",
                    "spotless", "test/DEFECT"),
            new Case(
                    "calibrate --model @damaged.safetensors --data @parts/plate --false-reject-rate 80%",
                    "weights are damaged"),
            new Case("calibrate --model @none --data @parts/plate --false-reject-rate 80%", "@none", "does not exist"),
            new Case("threshold --model @model.safetensors", "--ng", "--review", "--clear", "--show"),
            new Case("threshold --model @model.safetensors --ng NaN", "--ng", "NaN"),
            new Case("threshold --model @model.safetensors --review Infinity", "--review", "Infinity"),
            new Case("threshold --model @model.safetensors --ng high", "--ng", "'high'"),
            new Case(
                    "threshold --model @model.safetensors --ng 1 --review 2",
                    "review threshold 2.0",
                    "NG threshold 1.0"),
            new Case(
                    "threshold --model @model.safetensors --ng 1 --branch normals",
                    "'normals'",
                    "combined, rgb, depth"),
            new Case("threshold --model @model.safetensors --ng 1 --clear", "--clear", "--ng"),
            new Case("threshold --model @none --show", "@none", "does not exist"),
            new Case("threshold --model @text.safetensors --show", "@text.safetensors"),
            new Case("threshold --show", "--model"),
            // import and export
            new Case(IMPORT_18 + "--modality", "--modality"),
            new Case(IMPORT + "--student @s.pth --teacher @t.pth --backbone vgg", "'vgg'", "resnet18"),
            new Case(IMPORT + "--student @s.pth --teacher @t.pth --backbone resnet34", "@t.pth", "backbone"),
            new Case(IMPORT + "--student @t.pth --teacher @t.pth --backbone resnet18", "@t.pth", "student_rgb"),
            new Case(IMPORT + "--student @s.pth --teacher @s.pth --backbone resnet18", "@s.pth"),
            new Case(IMPORT + "--student @none --teacher @t.pth --backbone resnet18", "@none", "does not exist"),
            new Case(IMPORT + "--student @s.pth --teacher @none --backbone resnet18", "@none", "does not exist"),
            new Case(IMPORT + "--student @text.pth --teacher @t.pth --backbone resnet18", "@text.pth"),
            new Case(IMPORT + "--student @cut.pth --teacher @t.pth --backbone resnet18", "@cut.pth"),
            new Case(
                    IMPORT + "--student @s.pth --teacher @alone.safetensors --backbone resnet18", "@alone.safetensors"),
            new Case(IMPORT_18 + "--size 100", "--size"),
            new Case(IMPORT_18 + "--normal-kernel 2", "kernel", "not 2"),
            new Case(IMPORT_18 + "--calibration 1,2,3", "--calibration", "not 3"),
            new Case(IMPORT_18 + "--calibration 1,0,1,1", "calibration"),
            new Case(IMPORT_18 + "--calibration 1,NaN,1,1", "calibration"),
            new Case(IMPORT_18 + "--calibration a,b,c,d", "--calibration", "'a'"),
            new Case(
                    "import --out @s.pth --modality depth --student @s.pth --teacher @t.pth",
                    "--out",
                    "--student",
                    "@s.pth"),
            new Case("import --out @empty --modality depth --student @s.pth --teacher @t.pth", "@empty", "folder"),
            new Case(EXPORT + "--to onx --out @new.pth", "--to onx", "pth", "onnx"),
            new Case(EXPORT + "--to onnx --out @new.onnx", "--to onnx", "--data"),
            new Case(EXPORT + "--to onnx --out @new.onnx --data @none", "@none"),
            new Case(EXPORT + "--to onnx --out @text --data @parts/plate", "@text", "exists"),
            new Case(EXPORT + "--to onnx --out @model.safetensors --data @parts/plate", "@model.safetensors"),
            new Case(EXPORT + "--to pth --out @new.pth --fp16", "--fp16", "--to onnx"),
            new Case(EXPORT + "--to onnx --out @new.onnx --data @parts/plate --fp16 --int8", "--fp16", "--int8"),
            new Case(EXPORT + "--to pth --out @model.safetensors", "--out", "--model", "@model.safetensors"),
            new Case(EXPORT + "--to pth --out @new.pth --teacher-out @new.pth", "--teacher-out", "@new.pth"),
            new Case(EXPORT + "--to pth --out @new.pth --teacher-out @text/x", "@text/x", "is a file"),
            new Case(EXPORT + "--to pth --out @empty", "@empty", "folder"),
            new Case("export --model @none --to pth --out @new.pth", "@none", "does not exist"),
            new Case("export --model @text --to pth --out @new.pth", "@text"),
            // bench and plan
            new Case("bench", "--model", "--random"),
            new Case(BENCH + "--random", "--model", "--random", "not both"),
            new Case(BENCH + "--backbone resnet18", "--backbone", "--random"),
            new Case(BENCH + "--size 64", "--size", "--random"),
            new Case(BENCH + "--modality depth", "--modality", "--random"),
            new Case(BENCH + "--parts 0", "--parts", "not 0"),
            new Case(BENCH + "--parts many", "--parts", "many"),
            new Case(BENCH + "--warmup -1", "--warmup", "not -1"),
            new Case(BENCH + "--resolution 8", "--resolution", "32", "not 8"),
            new Case(BENCH + "--data @parts/plate --resolution 64", "--resolution", "--data"),
            new Case(BENCH + "--data @none", "@none", "does not exist"),
            new Case(BENCH + "--data @empty", "@empty", "is empty"),
            new Case(BENCH + "--data @torn", "@torn/train/good/xyz/009.tiff"),
            new Case(BENCH + "--precision fp8", "'fp8'", "auto, fp32, tf32, bf16, fp16, int8"),
            new Case(BENCH + "--threads -1", "--threads -1"),
            new Case(BENCH + "--device cuda:999", "--device cuda:999"),
            new Case(BENCH + "--json @model.safetensors", "--json", "--model", "@model.safetensors"),
            new Case(BENCH + "--json @empty", "@empty", "folder"),
            new Case(BENCH + "--json @text/x", "@text/x", "is a file"),
            new Case("bench --model @none", "@none", "does not exist"),
            new Case("bench --model @text.safetensors", "@text.safetensors"),
            new Case("bench --model @bare.safetensors", "@bare.safetensors", "trd calibrate"),
            new Case("bench " + RANDOM + "--modality foo", "--modality", "'foo'"),
            new Case("bench --random --backbone vgg", "'vgg'", "resnet18"),
            new Case("bench --random --size 100", "--size", "32", "not 100"),
            new Case("bench --random --size 3200000", "--size", "4096"),
            new Case("bench --random --size big", "--size", "big"),
            new Case("plan", "--model", "--random"),
            new Case(PLAN + "--random", "not both"),
            new Case(PLAN + "--size 64", "--size", "--random"),
            new Case(PLAN + "--runs 0", "--runs", "not 0"),
            new Case(PLAN + "--precision fp8", "'fp8'"),
            new Case(PLAN + "--json @model.safetensors", "--json", "--model"),
            new Case(PLAN + "--json @text/x", "@text/x", "is a file"),
            new Case("plan --model @none", "@none", "does not exist"),
            new Case("plan --model @cut.safetensors", "@cut.safetensors"),
            new Case("plan --random --backbone vgg", "'vgg'", "resnet18"),
            new Case("plan --random --size 0", "--size", "not 0"),
            // synth and demo
            new Case("synth", "--out"),
            new Case("synth --out @new --shape cube", "--shape", "'cube'", "cookie"),
            new Case("synth --out @new --size 8", "size 8", "32"),
            new Case("synth --out @new --size 5000", "size 5000", "1024"),
            new Case("synth --out @new --train -1", "train -1"),
            new Case("synth --out @new --train 0 --validation 0 --test 0", "no parts"),
            new Case("synth --out @new --category a/b", "'a/b'"),
            new Case("synth --out @parts --shape plate", "@parts/plate", "not empty"),
            new Case("synth --out @text", "@text", "file"),
            new Case("demo --epochs 0", "--epochs", "0"),
            new Case("demo --epochs foo", "--epochs", "'foo' is neither auto nor a whole number"),
            // A category of the user's own where the demo would put, and replace, its parts.
            new Case("demo --out @own", "@own/data/", "not made by trd demo", "--out"),
            new Case("demo --out @text", "@text", "file"),
            new Case("demo --out @out --device cuda", "--device cuda"),
            new Case("demo --out @out --threads -1", "--threads -1"));

    private static List<Object> arguments(String command) {
        return Stream.of(command.strip().split(" +")).map(a -> (Object) at(a)).toList();
    }

    private static String at(String text) {
        return text.replaceAll("(^|,)@", "$1" + Matcher.quoteReplacement(w + "/"));
    }

    @TestFactory
    Stream<DynamicTest> oneLineAndNothingOnTheDisk() {
        return CASES.stream()
                .map(c -> DynamicTest.dynamicTest(c.command, () -> {
                    Map<String, Long> before = Cli.listing(w);
                    Cli.Outcome refused = Cli.run(arguments(c.command));
                    assertRefused(2, refused, c.words);
                    assertUnchanged(before);
                }));
    }

    private static void assertRefused(int code, Cli.Outcome refused, String... words) {
        assertEquals(code, refused.code(), refused.out() + refused.err());
        assertEquals(1, refused.complaints().size(), refused.err());
        String line = refused.complaints().get(0);
        assertTrue(line.startsWith("trd: "), line);
        for (String word : words) {
            assertTrue(line.contains(at(word)), "'" + at(word) + "' is not in: " + line);
        }
        assertEquals("", refused.out());
    }

    private static void assertUnchanged(Map<String, Long> before) throws IOException {
        Set<Map.Entry<String, Long>> changed = new HashSet<>(Cli.listing(w).entrySet());
        changed.removeAll(before.entrySet());
        assertEquals(Set.of(), changed, "new or changed");
        assertEquals(before.size(), Cli.listing(w).size(), "removed");
    }

    /** libpng, libtiff and LibTorch write to the process's own standard error, which only a child process shows. */
    @Test
    void librariesAddNothing() throws Exception {
        assertRefused(
                2,
                Cli.in(w)
                        .run(arguments(INSPECT + "--rgb @cut.png --xyz @" + TIFF)
                                .toArray()),
                "@cut.png");
        assertRefused(
                2,
                Cli.in(w)
                        .run(arguments(INSPECT + "--rgb @" + PNG + " --xyz @cut.tiff")
                                .toArray()),
                "@cut.tiff");
        assertRefused(
                2,
                Cli.in(w)
                        .run(arguments(IMPORT + "--student @cut.pth --teacher @t.pth --backbone resnet18")
                                .toArray()),
                "@cut.pth");
    }

    /** oneDNN believes its environment: a CPU without bfloat16 and without 8-bit products. */
    @Test
    void aCpuWithoutThePrecisionIsToldSo() throws Exception {
        for (String command : List.of(
                "bench --precision bf16 " + RANDOM,
                "plan --precision int8 " + RANDOM,
                PLAN + "--precision bf16",
                TRAIN + "--train-precision bf16",
                BENCH + "--precision int8")) {
            assertRefused(
                    2,
                    Cli.in(w)
                            .environment("ONEDNN_MAX_CPU_ISA", "AVX2")
                            .run(arguments(command).toArray()),
                    command.contains("bf16") ? "bf16" : "int8",
                    "no instructions",
                    "auto or fp32");
        }
    }

    /** A limit on the size of files stands for a full disk: writing fails in the same place and way. */
    @Test
    void aFullDiskLeavesTheOldFilesAndNoHalves() throws Exception {
        Map<String, Long> before = Cli.listing(w);
        String old = Sha256.of(w.resolve("bare.safetensors"));
        String calibrate = "calibrate --model @bare.safetensors --data @parts/plate";
        assertRefused(1, limited(100_000, calibrate), "@bare.safetensors", "cannot be written", "make room");
        assertEquals(old, Sha256.of(w.resolve("bare.safetensors")));
        // The state file is done without; the model is not.
        Cli.Outcome trained = limited(
                100_000, "train --data @parts/plate --size 32 --epochs 1 --state-every 0 --out @bare.safetensors");
        assertEquals(1, trained.code(), trained.err());
        assertEquals(2, trained.complaints().size(), trained.err());
        assertTrue(trained.complaints().get(0).contains(at("@bare.safetensors.state") + " cannot be written"));
        assertTrue(trained.complaints().get(0).contains("the run goes on"));
        assertTrue(trained.complaints().get(1).contains(at("@bare.safetensors") + " cannot be written"));
        assertEquals(old, Sha256.of(w.resolve("bare.safetensors")));
        assertRefused(1, limited(10, EVALUATE + "--maps --data @parts/plate"), "_combined.tiff", "cannot be written");
        assertRefused(
                1,
                limited(2, EVALUATE + "--data @parts/plate --json @new/lines.jsonl"),
                "@new/lines.jsonl",
                "cannot be written");
        assertRefused(1, limited(10, "synth --out @new --size 64"), "@new/cookie/train", "cannot be written");
        assertRefused(1, limited(10_000, EXPORT + "--to pth --out @new/x.pth"), "@new/x.pth", "cannot be written");
        assertUnchanged(before);
    }

    private static Cli.Outcome limited(int kilobytes, String command) throws IOException, InterruptedException {
        return Cli.in(w)
                .before("ulimit -f " + kilobytes)
                .jvm("-XX:-UsePerfData")
                .run(arguments(command).toArray());
    }
}
