package io.trd4j.cli;

import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The command line as picocli knows it, for tests of other packages. */
public final class CommandModel {
    private CommandModel() {}

    /** Every verb with the names of its options, such as {@code --out} and {@code -h}. */
    public static SortedMap<String, Set<String>> verbs() {
        SortedMap<String, Set<String>> verbs = new TreeMap<>();
        for (CommandLine verb : Main.commandLine().getSubcommands().values()) {
            Set<String> names = new TreeSet<>();
            for (OptionSpec option : verb.getCommandSpec().options()) {
                names.addAll(Set.of(option.names()));
            }
            verbs.put(verb.getCommandName(), names);
        }
        return verbs;
    }
}
