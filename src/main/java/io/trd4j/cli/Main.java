package io.trd4j.cli;

import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine;

/**
 * The command line. Exit codes: 0 done, 2 the user's input cannot be used, 1 anything else. Failures are one line on
 * standard error; the stack trace is shown when the environment has {@code TRD_STACKTRACE=1}.
 */
@Command(name = "trd", mixinStandardHelpOptions = true, version = "trd4j " + Main.VERSION,
        description = "Tuned Reverse Distillation: RGB+3D industrial anomaly detection.",
        synopsisSubcommandLabel = "VERB",
        subcommands = {DemoCommand.class, SynthCommand.class, TrainCommand.class, CalibrateCommand.class,
            EvaluateCommand.class, InspectCommand.class, ImportCommand.class, ExportCommand.class})
public final class Main {
    static final String VERSION = "0.1.0";

    private Main() {}

    public static void main(String[] args) {
        // Not a file named logback.xml: that would configure the logging of everyone who embeds the jar.
        System.setProperty("logback.configurationFile", "io/trd4j/cli/logback.xml");
        System.exit(run(args));
    }

    /** Runs one command line and returns its exit code. */
    public static int run(String... args) {
        CommandLine cli = new CommandLine(new Main());
        cli.setCaseInsensitiveEnumValuesAllowed(true);
        cli.setParameterExceptionHandler(Main::wrongUsage);
        cli.setExecutionExceptionHandler((e, command, parsed) -> failure(e));
        if (args.length == 0) {
            cli.usage(System.out);
            return 0;
        }
        return cli.execute(args);
    }

    private static int wrongUsage(ParameterException e, String[] args) {
        String verb = e.getCommandLine().getCommandName();
        String message = e.getMessage().replaceAll("\\s*\\R\\s*", " ");
        System.err.println("trd: " + message + "; see " + (verb.equals("trd") ? "trd" : "trd " + verb) + " --help");
        return 2;
    }

    private static int failure(Exception e) {
        if ("1".equals(System.getenv("TRD_STACKTRACE"))) {
            e.printStackTrace();
        }
        System.err.println("trd: " + describe(e));
        return e instanceof InputException || e instanceof NoSuchFileException ? 2 : 1;
    }

    private static String describe(Exception e) {
        String message = String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ");
        if (e instanceof InputException) {
            return message;
        }
        if (e instanceof NoSuchFileException) {
            return message + " does not exist; check the path";
        }
        if (e instanceof AccessDeniedException) {
            return message + " cannot be read or written; check its permissions";
        }
        if (e instanceof FileSystemException f) {
            return f.getFile() + ": " + (f.getReason() == null ? f.getClass().getSimpleName() : f.getReason());
        }
        if (e instanceof IOException) {
            return message;
        }
        return "internal fault, please report it: " + e.getClass().getSimpleName() + ": " + message
                + " (TRD_STACKTRACE=1 shows where)";
    }
}
