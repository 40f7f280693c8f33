package io.trd4j.cli;

import io.trd4j.calibrate.Rate;
import io.trd4j.cli.options.EnumConverter;
import io.trd4j.data.synthetic.SyntheticDifficulty;
import io.trd4j.data.synthetic.SyntheticProduct;
import io.trd4j.io.Nearest;
import io.trd4j.io.OneLine;
import io.trd4j.model.Modality;
import io.trd4j.model.Precision;
import io.trd4j.train.Align;
import io.trd4j.train.Schedule;
import io.trd4j.train.pretrain.Pretext;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line. Exit codes: 0 done, 2 the user's input cannot be used, 1 anything else; 3 and 4 are findings of
 * {@code inspect} and {@code monitor}, not failures; 130 and 143: a signal stopped it. Failures are one line on
 * standard error; the stack trace is shown when the environment has {@code TRD_STACKTRACE=1}.
 */
@Command(
        name = "trd",
        mixinStandardHelpOptions = true,
        versionProvider = Version.WithNatives.class,
        description = "Tuned Reverse Distillation: RGB+3D industrial anomaly detection.",
        synopsisSubcommandLabel = "VERB",
        commandListHeading = "%nVerbs:%n",
        footer = {"", "trd VERB --help explains a verb and its options."},
        subcommands = {
            DemoCommand.class,
            SynthCommand.class,
            PretrainCommand.class,
            TrainCommand.class,
            CalibrateCommand.class,
            ThresholdCommand.class,
            LearnCommand.class,
            RoiCommand.class,
            SignCommand.class,
            VerifyCommand.class,
            EvaluateCommand.class,
            ReportCommand.class,
            InspectCommand.class,
            MonitorCommand.class,
            BenchCommand.class,
            PlanCommand.class,
            ImportCommand.class,
            ExportCommand.class,
            BundleCommand.class,
            NativesCommand.class,
            CompletionCommand.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        // Not a file named logback.xml: that would configure the logging of everyone who embeds the jar.
        System.setProperty("logback.configurationFile", "io/trd4j/cli/logback.xml");
        PlainStream.install();
        StopSignals.install();
        System.exit(StopSignals.exitCode(run(args)));
    }

    /** Runs one command line and returns its exit code. */
    public static int run(String... args) {
        try {
            CommandLine cli = commandLine();
            if (args.length == 0) {
                cli.usage(System.out);
                return 0;
            }
            return cli.execute(args);
        } catch (Error e) {
            // picocli hands exceptions to the handler below, but not errors.
            return failed(e, verb(args));
        }
    }

    /** Null when it is not known, or cannot be found for the same reason for which it failed. */
    private static CommandLine verb(String... args) {
        try {
            return args.length == 0 ? null : commandLine().getSubcommands().get(args[0]);
        } catch (LinkageError | VirtualMachineError e) {
            return null;
        }
    }

    static CommandLine commandLine() {
        CommandLine cli = new CommandLine(new Main());
        cli.setExpandAtFiles(false); // a file name may begin with @
        cli.registerConverter(Path.class, text -> {
            try {
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw new TypeConversionException("'" + text + "' is no file name here" + Failure.charset());
            }
        });
        cli.registerConverter(Modality.class, new EnumConverter<>(Modality.class));
        cli.registerConverter(Align.class, new EnumConverter<>(Align.class));
        // Of training: what inspection can do besides is a text of its own.
        cli.registerConverter(
                Precision.class, new EnumConverter<>(List.of(Precision.AUTO, Precision.FP32, Precision.BF16)));
        cli.registerConverter(Schedule.Kind.class, new EnumConverter<>(Schedule.Kind.class));
        cli.registerConverter(Pretext.class, new EnumConverter<>(Pretext.class));
        cli.registerConverter(SyntheticDifficulty.class, new EnumConverter<>(SyntheticDifficulty.class));
        cli.registerConverter(SyntheticProduct.class, new EnumConverter<>(SyntheticProduct.class));
        cli.registerConverter(WorstVerdict.FailOn.class, new EnumConverter<>(WorstVerdict.FailOn.class));
        cli.registerConverter(Rate.class, text -> {
            try {
                return Rate.of(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        });
        cli.setParameterExceptionHandler(Main::wrongUsage);
        cli.setExecutionExceptionHandler((e, command, parsed) -> failed(e, command));
        cli.getSubcommands().values().forEach(verb -> verb.getCommandSpec().versionProvider(new Version()));
        return cli;
    }

    /** The verb's options of which smaller values take less memory. */
    private static List<String> sparing(CommandLine verb) {
        return verb == null
                ? List.of()
                : Stream.of("--size", "--batch", "--resolution")
                        .filter(option -> verb.getCommandSpec().findOption(option) != null)
                        .toList();
    }

    private static int wrongUsage(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        boolean noVerb = command.getParent() == null;
        String message = OneLine.of(e.getMessage());
        // A misspelt option is what is wrong, not that the right one is missing.
        if (e instanceof MissingParameterException || e instanceof UnmatchedArgumentException) {
            String first = command.getUnmatchedArguments().stream().findFirst().orElse("");
            if (first.startsWith("-")) {
                message = unknownOption(command, first);
            } else if (noVerb && !first.isEmpty()) {
                message = "unknown verb '" + OneLine.of(first) + "'"
                        + Nearest.hint(first, command.getSubcommands().keySet());
            }
        }
        System.err.println(
                "trd: " + message + "; see trd " + (noVerb ? "" : command.getCommandName() + " ") + "--help");
        return 2;
    }

    private static String unknownOption(CommandLine command, String given) {
        String name = given.replaceFirst("=.*", "");
        List<String> names = command.getCommandSpec().options().stream()
                .flatMap(option -> Stream.of(option.names()))
                .toList();
        return "Unknown option: '" + OneLine.of(name) + "'" + Nearest.hint(name, names);
    }

    /** @param verb null when it is not known */
    private static int failed(Throwable thrown, CommandLine verb) {
        if ("1".equals(System.getenv("TRD_STACKTRACE"))) {
            thrown.printStackTrace();
        }
        Failure failure = Failure.of(thrown, sparing(verb));
        if (StopSignals.received()) {
            // Said once, at the end.
            return failure.code();
        }
        System.err.println("trd: " + failure.line());
        return failure.code();
    }
}
