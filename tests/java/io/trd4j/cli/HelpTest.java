package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.io.ProductVersion;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What the command line says about itself. */
class HelpTest {
    private static final Map<String, CommandLine> VERBS = Main.commandLine().getSubcommands();

    @Test
    void everyVerbExplainsItself() {
        assertEquals(
                List.of(
                        "demo",
                        "synth",
                        "pretrain",
                        "train",
                        "calibrate",
                        "threshold",
                        "learn",
                        "roi",
                        "sign",
                        "verify",
                        "evaluate",
                        "report",
                        "inspect",
                        "monitor",
                        "bench",
                        "plan",
                        "import",
                        "export",
                        "bundle",
                        "natives",
                        "completion"),
                List.copyOf(VERBS.keySet()));
        String all = Cli.here().expect(0).out();
        assertEquals(all, Cli.here("--help").expect(0).out());
        for (String verb : VERBS.keySet()) {
            assertTrue(all.contains("\n  " + verb + " "), all);
            Cli.Outcome help = Cli.here(verb, "--help").expect(0);
            assertTrue(
                    help.out().startsWith("Usage: trd " + verb + " ")
                            && help.err().isEmpty(),
                    help.out());
        }
    }

    /** Not that others are missing, which the reader would add in vain. */
    @Test
    void anUnknownOptionIsWhatIsSaid() {
        assertEquals(
                "trd: Unknown option: '--foo'; see trd inspect --help\n",
                Cli.here("inspect", "--foo").expect(2).err());
        String missing = Cli.here("inspect").expect(2).err();
        assertTrue(missing.contains("Missing required option") && missing.contains("--model"), missing);
    }

    /** The nearest word that is known, of verbs, options and the values of options; none where none is near. */
    @Test
    void aMistypedWordIsUnderstood() {
        assertEquals(
                "trd: unknown verb 'inspct' (did you mean inspect?); see trd --help\n",
                Cli.here("inspct").expect(2).err());
        assertEquals(
                "trd: unknown verb 'frobnicate'; see trd --help\n",
                Cli.here("frobnicate").expect(2).err());
        for (String option : List.of("--modle", "--modle=x")) {
            assertEquals(
                    "trd: Unknown option: '--modle' (did you mean --model?); see trd inspect --help\n",
                    Cli.here("inspect", option, "x").expect(2).err());
        }
        assertEquals(
                "trd: unknown device 'cdua' (did you mean cuda?); use auto, cpu, cuda or cuda:N, the GPU's number "
                        + "from 0\n",
                Cli.here("bench", "--random", "--device", "cdua").expect(2).err());
        Map.of(
                        List.of("inspect", "--fail-on", "reveiw"), "review",
                        List.of("train", "--align", "psoe"), "pose",
                        List.of("train", "--epochs", "atuo"), "auto")
                .forEach((words, meant) -> {
                    String line = Cli.run(words).expect(2).err();
                    assertTrue(line.contains("(did you mean " + meant + "?)"), line);
                });
        Map.of(
                        "bench --random --precision itn8", "int8",
                        "bench --random --backbone resnet81", "resnet18",
                        "train --data x --out y --geometry mertic", "metric",
                        "train --data x --out y --modality nromals", "normals",
                        "calibrate --model x --data y --method tial", "tail",
                        "calibrate --model x --data y --false-reject-rate 1% --branch combind", "combined",
                        "monitor --model x --data y --on-unlike reviw", "review")
                .forEach((command, meant) -> {
                    String line = Cli.run(List.of(command.split(" "))).expect(2).err();
                    assertTrue(line.contains("(did you mean " + meant + "?)"), line);
                });
    }

    /** Sentences, and defaults in one form. */
    @Test
    void descriptionsAreInOneStyle() {
        VERBS.forEach((verb, command) -> {
            for (String sentence : command.getCommandSpec().usageMessage().description()) {
                assertTrue(sentence.matches("[A-Z].*\\."), verb + ": " + sentence);
            }
            for (OptionSpec option : command.getCommandSpec().options()) {
                String text = String.join(" ", option.description());
                assertTrue(text.matches("[A-Z].*\\."), verb + " " + option.longestName() + ": " + text);
                boolean shows = option.defaultValue() != null
                        && !option.usageHelp()
                        && !option.versionHelp()
                        && option.arity().max() > 0;
                assertEquals(
                        shows,
                        text.contains("(default: " + option.defaultValue() + ")."),
                        verb + " " + option.longestName() + ": " + text);
                assertFalse(
                        option.paramLabel().startsWith("<") && option.arity().max() > 0,
                        verb + " " + option.longestName());
            }
        });
    }

    @Test
    void nativesAreLoadedAndNamed() {
        String all = Cli.here("natives").expect(0).out();
        assertTrue(
                all.startsWith("trd4j ")
                        && all.contains("\nJava ")
                        && all.contains("\nlibtrd ABI ")
                        && all.contains("\nLibTorch 2")
                        && all.contains("\noneDNN ")
                        && all.contains("\nOpenCV 4"),
                all);
    }

    @Test
    void theVersionIsThePomsEverywhere() {
        String version = "trd4j " + ProductVersion.number() + "\n";
        assertTrue(version.matches("trd4j \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\n"), version);
        String all = Cli.here("--version").expect(0).out();
        assertTrue(
                all.startsWith(version)
                        && all.contains("\nLibTorch 2")
                        && all.contains("\noneDNN 3")
                        && all.contains("\nOpenCV 4"),
                all);
        VERBS.keySet()
                .forEach(verb -> assertEquals(
                        version, Cli.here(verb, "--version").expect(0).out()));
    }
}
