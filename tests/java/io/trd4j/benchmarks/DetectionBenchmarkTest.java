package io.trd4j.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code benchmarks/detection/run.sh} with a program in place of trd that writes down its arguments and makes up
 * results: which runs are made, what is computed of them, and what happens when one fails.
 */
@EnabledOnOs(OS.LINUX)
class DetectionBenchmarkTest {
    private static final Path SCRIPT =
            Path.of(System.getProperty("trd.fixtures")).resolve("../../benchmarks/detection/run.sh");

    /**
     * Four good parts with scores 0, 1, 2, 3, of each kind one part per severity. Stains are found by the rgb branch
     * (above all good parts), the severe ones by the second branch as well; all else scores 1.5 everywhere. Thresholds
     * are 2.5 of the combined score, 1 of rgb and 3 of the second branch; a category that is called `few` has too few
     * normal parts for them. Regions of stains cover half of the mask, those of severe ones none. Training on plates
     * fails while the file `broken` is there.
     */
    private static final String TRD = """
            import csv, json, os, struct, sys
            here = os.path.dirname(os.path.abspath(__file__))
            arguments = sys.argv[2:] if sys.argv[1] == 'trd' else ['regions'] + sys.argv[sys.argv.index('-cp') + 3:]
            with open(os.path.join(here, 'calls.txt'), 'a') as calls:
                calls.write(' '.join(arguments) + '\\n')
            verb = arguments.pop(0)
            if verb == '--version':
                print('made up')
                sys.exit()
            options = {}
            while arguments:
                name = arguments.pop(0)
                options[name] = None if name in ('--resume', '--clear') else arguments.pop(0)
            kinds = ('stain', 'dent', 'bump', 'hole', 'crack', 'contamination')
            if verb == 'synth':
                folder = os.path.join(options['--out'], options['--category'])
                os.makedirs(folder)
                with open(os.path.join(folder, 'defects.csv'), 'w') as file:
                    file.write('id,kind,grade,severity\\n')
                    for kind in kinds:
                        for i in range(3):
                            file.write(f'test/{kind}/00{i},{kind},{i + 1},0.5\\n')
            if verb == 'train':
                if 'plate' in options['--data'] and os.path.exists(os.path.join(here, 'broken')):
                    sys.exit('trd: the plate broke')
                header = json.dumps({'__metadata__': {'trd.teacher_sha256': 'abc', 'trd.training': json.dumps(
                    {'epochs': 2, 'steps': 9, 'seconds': 1800.0, 'teacher': '/some/where'})}}).encode()
                with open(options['--out'], 'wb') as file:
                    file.write(struct.pack('<Q', len(header)) + header)
            if verb == 'calibrate':
                if options['--data'].endswith('/few'):
                    print('Scoring', file=sys.stderr)
                    print(f"trd: {options['--data']}/validation has 10 normal parts, 59 are needed", file=sys.stderr)
                    sys.exit(2)
                with open(options['--model'], 'rb') as file:
                    size, = struct.unpack('<Q', file.read(8))
                    model = json.loads(file.read(size))
                limits = json.loads(model['__metadata__'].get('trd.thresholds', '{}'))
                limits[options['--branch']] = {'ng': {'value': {'combined': 2.5, 'rgb': 1, 'depth': 3}[options['--branch']]}}
                model['__metadata__']['trd.thresholds'] = json.dumps(limits)
                header = json.dumps(model).encode()
                with open(options['--model'], 'wb') as file:
                    file.write(struct.pack('<Q', len(header)) + header)
            if verb == 'regions':
                with open(options['--out'], 'w') as file:
                    file.write('id,grade,verdict,iou\\n')
                    for kind in kinds:
                        for i in range(3):
                            found = kind == 'stain'
                            file.write(f"test/{kind}/00{i},,{'NG' if found else 'OK'},{0.5 if found and i < 2 else 0}\\n")
            if verb == 'evaluate':
                plate = 'plate' in options['--data']
                drawn = options['--data'].split('/')[-2]
                more = 0.01 * int(drawn) if drawn.isdigit() else 0
                values = {'combined': 0.93 if plate else 0.97, 'rgb': 0.97, 'depth': 0.90}
                with open(os.path.join(options['--out'], 'metrics.json'), 'w') as file:
                    json.dump({branch: {'I-AUROC': value + more, 'P-AUROC': 0.5, 'AUPRO@30': 0.8}
                               for branch, value in values.items()}, file)
                with open(os.path.join(options['--out'], 'scores.csv'), 'w') as file:
                    file.write('id,kind,anomalous,score,score_rgb,score_depth\\n')
                    for i in range(4):
                        file.write(f'test/good/00{i},good,false,{i},{i},{i}\\n')
                    for kind in kinds:
                        for i in range(3):
                            rgb = 9 if kind == 'stain' else 1.5
                            second = 9 if kind == 'stain' and i == 2 else 1.5
                            file.write(f'test/{kind}/00{i},{kind},true,{max(rgb, second)},{rgb},{second}\\n')
            """;

    @TempDir
    private Path folder;

    private Path out;

    private record Outcome(int code, String text) {}

    @BeforeEach
    void makeUpTrd() throws Exception {
        Needs.that(run(List.of("python3", "--version")).code == 0, "python3");
        Files.writeString(folder.resolve("trd.py"), TRD);
        // In place of the JVM that measures regions.
        Path java = folder.resolve("jvm/bin/java");
        Files.createDirectories(java.getParent());
        Files.writeString(java, "#!/bin/sh\nexec python3 '" + folder.resolve("trd.py") + "' \"$@\"\n");
        assertTrue(java.toFile().setExecutable(true));
        out = folder.resolve("o ut");
    }

    private Outcome run(List<String> command) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("TRD", "python3 " + folder.resolve("trd.py") + " trd");
        builder.environment().put("TRD_COMMIT", "abc1234");
        builder.environment().put("JAVA_HOME", folder.resolve("jvm").toString());
        builder.environment().put("CLASSPATH", "made-up");
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(5, TimeUnit.MINUTES), "run.sh hangs");
        return new Outcome(process.exitValue(), text);
    }

    private Outcome benchmark(String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                SCRIPT.toString(),
                out.toString(),
                "--teachers",
                "random some/teach.safetensors",
                "--shapes",
                "cookie plate",
                "--difficulties",
                "standard",
                "--modalities",
                "normals",
                "--seeds",
                "1 2",
                "--epochs",
                "2"));
        command.addAll(List.of(more));
        return run(command);
    }

    private List<String> calls(String verb) throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve("calls.txt"))) {
            return lines.filter(line -> line.startsWith(verb + " ")).toList();
        }
    }

    private static void assertHas(String text, String... lines) {
        for (String line : lines) {
            assertTrue(text.lines().anyMatch(line::equals), line + "\nis not in\n" + text);
        }
    }

    @Test
    void judgesAllRunsByTheTargets() throws Exception {
        Outcome outcome =
                benchmark("--jobs", "2", "--threads", "3", "--device", "cuda", "--train-args", "--batch 4 --lr 0.1");
        assertEquals(0, outcome.code, outcome.text);
        assertEquals(4, calls("synth").size());
        assertEquals(8, calls("train").size());
        assertTrue(
                calls("synth").stream()
                        .allMatch(c -> c.contains("--difficulty standard --category ")
                                && c.contains(" --train 60 --validation 60 --good 20 --per-kind 10 ")),
                calls("synth").toString());
        String train = calls("train").stream()
                .filter(c -> c.contains("some/teach") && c.contains("2/cookie"))
                .findFirst()
                .orElseThrow();
        assertTrue(
                train.contains(
                        "--teacher some/teach.safetensors --modality normals --size 128 --epochs 2 --batch 4 --lr 0.1 "
                                + "--device cuda --seed 2 --threads 3"),
                train);
        assertFalse(calls("evaluate").get(0).contains("cuda"), calls("evaluate").get(0));

        String table = Files.readString(out.resolve("table.md"));
        assertHas(
                table,
                // 8 runs of half an hour; what evaluation takes is less than a second.
                "Settings: train 60, validation 60, good 20, per_kind 10, size 128, epochs 2, train_args "
                        + "--batch 4 --lr 0.1, false_reject_rate 5%, regions yes. Commit abc1234. 8 runs, 4.0 hours of "
                        + "training and evaluation.",
                "## Standard categories: teach, normals",
                "Categories: cookie, plate; seeds 1, 2.",
                // Of seeds 1 and 2: 0.98 and 0.99, 0.94 and 0.95; their mean 0.96 and 0.97.
                "| cookie | 0.985 ±0.007 | 0.985 ±0.007 | 0.915 ±0.007 | 0.500 ±0.000 | 0.500 ±0.000 | 0.500 ±0.000 "
                        + "| 0.800 ±0.000 | 0.800 ±0.000 | 0.800 ±0.000 |",
                "| **mean** | 0.965 ±0.007 | 0.985 ±0.007 | 0.915 ±0.007 | 0.500 ±0.000 | 0.500 ±0.000 | 0.500 ±0.000 "
                        + "| 0.800 ±0.000 | 0.800 ±0.000 | 0.800 ±0.000 |",
                // 1.5 lies above two of the four good parts; one stain of three is seen by the second branch.
                "| stain | 1.000 ±0.000 | 1.000 ±0.000 | 0.667 ±0.000 |",
                "| dent | 0.500 ±0.000 | 0.500 ±0.000 | 0.500 ±0.000 |",
                "| 1 slight | 0.583 ±0.000 | 0.583 ±0.000 | 0.500 ±0.000 |",
                "| 3 severe | 0.583 ±0.000 | 0.583 ±0.000 | 0.583 ±0.000 |",
                "| combined I-AUROC | ≥ 0.975 | 0.965 ±0.007 | **missed by 0.010** |",
                "| plate: combined I-AUROC | ≥ 0.93 | 0.945 ±0.007 | met by 0.015 |",
                "| combined AUPRO@30 | ≥ 0.88 | 0.800 ±0.000 | **missed by 0.080** |",
                "| colour only: stain by the rgb branch, I-AUROC | ≥ 0.93 | 1.000 ±0.000 | met by 0.070 |",
                "| geometry only: bump by the second branch, I-AUROC | ≥ 0.93 | 0.500 ±0.000 | **missed by 0.430** |",
                "| cookie: combined I-AUROC below the better branch | ≤ 0.005 | 0.000 | met by 0.005 |",
                "| plate: combined I-AUROC below the better branch | ≤ 0.005 | 0.040 | **missed by 0.035** |");

        String results = Files.readString(out.resolve("results.json"));
        assertTrue(
                results.contains("\"command\": \"trd train --teacher teach.safetensors --modality normals --size 128 "),
                results);
        assertFalse(results.contains(folder.toString()) || results.contains("some"), "a path of this machine");
        assertEquals(
                table,
                run(List.of(
                                "python3",
                                SCRIPT.resolveSibling("table.py").toString(),
                                out.resolve("results.json").toString()))
                        .text);
        try (Stream<Path> files = Files.walk(out)) {
            assertEquals(
                    0, files.filter(f -> f.toString().endsWith(".safetensors")).count(), "models are not kept");
        }
    }

    /**
     * One command: drawn categories of both difficulties and folders, with verdicts, severities and regions of each.
     */
    @Test
    void hardCategoriesAndFoldersHaveTablesOfTheirOwn() throws Exception {
        Path real = Files.createDirectories(folder.resolve("some/cast"));
        Files.writeString(
                real.resolve("truth.csv"),
                "category,split,index,kind,severity\ncast,test/stain,0,stain,2\ncast,test/stain,1,stain,3\n"
                        + "cast,test/good,0,good,0\ncast,train/good,0,good,0\ncast,test/stain,2,stain,3\n");
        Files.createDirectories(folder.resolve("some/few"));
        Outcome outcome = benchmark(
                "--difficulties",
                "standard hard",
                "--shapes",
                "cookie",
                "--teachers",
                "imagenet",
                "--seeds",
                "1",
                "--data",
                "some/cast",
                "--data",
                folder.resolve("some/few").toString());
        assertEquals(0, outcome.code, outcome.text);
        assertEquals(2, calls("synth").size());
        assertTrue(calls("synth").get(1).contains("--difficulty hard --category cookie-hard "), outcome.text);
        assertEquals(4, calls("train").size(), "folders are trained on as they are");
        assertEquals(3 * 3 + 1, calls("calibrate").size(), "of each branch alone, and tried where there are too few");
        assertTrue(
                calls("calibrate").stream()
                        .allMatch(c -> c.contains("--false-reject-rate 5% --branch ")
                                && c.contains("--device cpu --precision fp32")),
                calls("calibrate").toString());
        assertEquals(3, calls("regions").size());
        assertEquals(4, calls("threshold").size(), "no threshold is left of an interrupted call");

        String table = Files.readString(out.resolve("table.md"));
        assertHas(
                table,
                "## Standard categories: imagenet, normals",
                "## Hard categories: imagenet, normals",
                "Categories: cookie-hard; seeds 1.",
                "## Real data: imagenet, normals",
                "Categories: cast, few; seeds 1.",
                // The good part with score 3, and three stains of 18 defects; 1.5 is above rgb's 1.
                "| good parts | 1 of 4 | 2 of 4 | 0 of 4 |",
                "| defects | 3 of 18 | 18 of 18 | 1 of 18 |",
                "| 3 severe | 1 of 6 | 6 of 6 | 1 of 6 |",
                "| stain |  | 1 of 1 | 1 of 1 | 1 of 1 | 3 of 3 |",
                "| cookie-hard | 1 of 4 | 1 of 6 | 1 of 6 | 1 of 6 | 3 of 18 |",
                "| cookie-hard | 3 of 18 | 2 of 3 | 0.50 |",
                "| 3 severe | 1 of 6 | 0 of 1 | – |",
                // Severities by truth.csv, which has the stains alone: one medium, two severe.
                "|  | good parts | medium | severe | ungraded | defects |",
                "| cast | 1 of 4 | 1 of 1 | 2 of 2 | 0 of 15 | 3 of 18 |",
                "| 3 severe | 2 of 2 | 2 of 2 | 1 of 2 |",
                "| combined I-AUROC (0.95 with ImageNet weights) | ≥ 0.95 | 0.970 | met by 0.020 |",
                "| share of defects that are NG | ≥ 0.778 | 0.167 | **missed by 0.611** |",
                "No verdicts: few: trd: few/validation has 10 normal parts, 59 are needed");
        String results = Files.readString(out.resolve("results.json"));
        assertFalse(results.contains(folder.toString()) || results.contains("some"), "a path of this machine");
    }

    @Test
    void aFailedRunIsNamedAndTriedAgain() throws Exception {
        Files.writeString(folder.resolve("broken"), "");
        Outcome outcome = benchmark("--jobs", "3");
        assertEquals(1, outcome.code, outcome.text);
        assertHas(
                outcome.text,
                "run.sh: failed: random normals plate seed 1: trd: the plate broke",
                "run.sh: failed: teach normals plate seed 2: trd: the plate broke");
        assertTrue(outcome.text.contains("run.sh: 4 of 8 runs failed"), outcome.text);
        assertHas(Files.readString(out.resolve("table.md")), "Categories: cookie; seeds 1, 2.");

        Files.delete(folder.resolve("broken"));
        assertEquals(0, benchmark().code);
        assertEquals(4, calls("synth").size(), "what is drawn stays");
        assertEquals(8 + 4, calls("train").size(), "what is complete stays");
        assertHas(Files.readString(out.resolve("table.md")), "Categories: cookie, plate; seeds 1, 2.");

        Outcome other = benchmark("--train", "70");
        assertEquals(2, other.code);
        assertTrue(other.text.contains("holds runs of other settings"), other.text);
    }

    @Test
    void refusesWhatItDoesNotKnow() throws Exception {
        for (List<String> wrong : List.of(
                List.of("--epoch", "3"),
                List.of("--jobs", "0"),
                List.of("--difficulties", "easy"),
                List.of("--regions", "maybe"),
                List.of("--data", "nowhere"),
                List.of("--data"),
                List.of("--data", "jvm", "--data", "jvm"),
                List.of("--jobs"),
                List.of("--teachers", "a/x.pth b/x.safetensors"))) {
            Outcome outcome = benchmark(wrong.toArray(new String[0]));
            assertEquals(2, outcome.code, wrong + ": " + outcome.text);
            assertEquals(1, outcome.text.lines().count(), outcome.text);
        }
        assertEquals(2, run(List.of(SCRIPT.toString())).code);
        assertFalse(Files.exists(folder.resolve("calls.txt")));
    }
}
