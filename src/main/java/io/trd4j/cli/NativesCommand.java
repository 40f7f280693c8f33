package io.trd4j.cli;

import io.trd4j.inspect.NativeVersions;
import io.trd4j.io.ProductVersion;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code trd natives}: loads every native library, as a fault report needs it. */
@Command(
        name = "natives",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Load every native library and print its version and what it found of this machine: the CPU's "
                    + "instructions, CUDA, threads.",
            "The first call unpacks the libraries. A problem report should contain its output."
        })
final class NativesCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        System.out.println("trd4j " + ProductVersion.number());
        System.out.println("Java " + Runtime.version() + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch"));
        NativeVersions.describe().forEach(System.out::println);
        return 0;
    }
}
