package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys, signatures, models that are refused, and signatures that changes make stale, on the command line. */
class SignVerbsTest {
    @TempDir
    private Path w;

    private Sample sample;
    private Path model;
    private Path key;
    private Path trusted;

    @BeforeEach
    void prepare() throws IOException {
        sample = Sample.get();
        // The same file: verbs that change a model replace the name, and leave the other one.
        model = Files.createLink(w.resolve("model.safetensors"), sample.model);
        key = w.resolve("key");
        trusted = w.resolve("key.pub");
        String made = Cli.here("sign", "--new-key", key).expect(0).out();
        assertTrue(made.startsWith("wrote " + key + " (private") && made.contains(trusted + " (public"), made);
    }

    private void sign() {
        Cli.here("sign", "--model", model, "--key", key).expect(0);
    }

    private List<Object> inspect() {
        List<Object> words = new ArrayList<>(List.of("inspect", "--model", model, "--out", w.resolve("out")));
        words.addAll(List.of(
                "--rgb", sample.rgb("test/hole/000"), "--xyz", sample.xyz("test/hole/000"), "--trusted", trusted));
        return words;
    }

    private static String line(Cli.Outcome outcome, int code) {
        List<String> lines = outcome.expect(code).complaints();
        assertEquals(1, lines.size(), outcome.err());
        return lines.get(0);
    }

    @Test
    void aSignedModelIsVerifiedAndInspectedWith() throws IOException {
        assertTrue(line(Cli.run(inspect()), 2).contains("is not signed"));
        assertFalse(Files.exists(w.resolve("out")));
        sign();
        String verified = Cli.here("verify", "--model", model, "--trusted", trusted)
                .expect(0)
                .out();
        assertEquals(1, verified.lines().count());
        assertTrue(verified.startsWith(model + " is as the trusted key "), verified);
        Cli.run(inspect()).expect(0);
        // A folder of keys; a signature in another place.
        Cli.here("sign", "--model", model, "--key", key, "--signature", w.resolve("s/other"))
                .expect(0);
        Files.delete(w.resolve("model.safetensors.sig"));
        Cli.here("verify", "--model", model, "--trusted", w, "--signature", w.resolve("s/other"))
                .expect(0);
        assertTrue(line(Cli.here("verify", "--model", model, "--trusted", w), 2).contains("is not signed"));
    }

    /** A name that other programs use, too, and a key given by mistake. */
    @Test
    void onlySignaturesAreReplaced() throws IOException {
        Path other = Files.writeString(w.resolve("model.safetensors.sig"), "somebody else's");
        String refused = line(Cli.here("sign", "--model", model, "--key", key), 2);
        assertEquals(
                "trd: " + other + " exists and is no signature of trd4j; move it away, or give another --signature",
                refused);
        assertEquals("somebody else's", Files.readString(other));
        String bytes = Files.readString(trusted);
        line(Cli.here("sign", "--model", model, "--key", key, "--signature", trusted), 2);
        assertEquals(bytes, Files.readString(trusted));
        Files.delete(other);
        sign();
        sign();
    }

    @Test
    void everyVerbThatJudgesPartsRefusesOthers() {
        for (List<Object> verb : List.<List<Object>>of(
                List.of("evaluate", "--out", w.resolve("out")),
                List.of("report", "--out", w.resolve("out.html")),
                List.of("monitor"),
                List.of("inspect", "--out", w.resolve("out")),
                List.of("inspect", "--out", w.resolve("out"), "--fail-on", "ng"))) {
            List<Object> words = new ArrayList<>(verb);
            words.addAll(List.of("--model", model, "--data", sample.category, "--trusted", trusted));
            assertTrue(line(Cli.run(words), 2).contains("is not signed"), words.toString());
        }
        assertFalse(Files.exists(w.resolve("out")));
    }

    /** Whatever writes the model says so, once; what writes nothing says nothing. */
    @Test
    void aChangeMakesTheSignatureStale() throws IOException {
        sign();
        assertEquals(
                List.of(),
                Cli.here("threshold", "--model", model, "--show").expect(0).complaints());
        String stale = "trd: " + model + ".sig no longer fits the model, which was changed; sign it anew: trd sign "
                + "--model " + model + " --key PRIVATE.pem";
        List<Object> set = List.of("threshold", "--model", model, "--ng", 3);
        assertEquals(stale, line(Cli.run(set), 0));
        assertEquals(List.of(), Cli.run(set).expect(0).complaints(), "nothing was written");
        assertTrue(line(Cli.here("verify", "--model", model, "--trusted", trusted), 2)
                .contains("the model was changed after it was signed"));
        assertTrue(line(Cli.run(inspect()), 2).contains("the model was changed after it was signed"));
        List<Object> calibrate = List.of("calibrate", "--model", model, "--data", sample.category, "--no-sensitivity");
        sign();
        assertTrue(Cli.run(calibrate).expect(0).complaints().contains(stale));
        sign();
        Cli.here("verify", "--model", model, "--trusted", trusted).expect(0);
        Path exported = w.resolve("s.pth");
        Path teacher = w.resolve("t.pth");
        Cli.here("export", "--model", model, "--to", "pth", "--out", exported, "--teacher-out", teacher)
                .expect(0);
        assertTrue(Cli.run(List.of(
                        "import",
                        "--student",
                        exported,
                        "--teacher",
                        teacher,
                        "--backbone",
                        "resnet18",
                        "--size",
                        64,
                        "--modality",
                        "normals",
                        "--out",
                        model))
                .expect(0)
                .complaints()
                .contains(stale));
        sign();
        Cli.Outcome trained = Cli.here(
                "train",
                "--data",
                sample.category,
                "--out",
                model,
                "--size",
                32,
                "--epochs",
                1,
                "--batch",
                2,
                "--no-sensitivity");
        assertTrue(trained.expect(0).complaints().contains(stale), trained.err());
    }
}
