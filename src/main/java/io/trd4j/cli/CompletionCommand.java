package io.trd4j.cli;

import io.trd4j.io.Keyed;
import io.trd4j.model.Backbone;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** {@code trd completion}: what a shell needs to complete verbs and options. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Print a script with which bash and zsh complete the verbs and options of trd and ./trd, the words that an "
                    + "option accepts, and names of files.",
            "To use it: trd completion > ~/.trd-completion, and in ~/.bashrc or ~/.zshrc: source ~/.trd-completion."
        })
final class CompletionCommand implements Callable<Integer> {
    /** Words of options whose label stands for all of them: a list of backbones would be a long one. */
    private static final Map<String, List<String>> OF_ONE_LABEL =
            Map.of("--backbone", Stream.of(Backbone.values()).map(Backbone::key).toList(), "--to", List.of("pth"));

    @Spec
    private CommandSpec verb;

    @Override
    public Integer call() {
        CommandSpec root = verb.root();
        root.subcommands().values().forEach(each -> nameWords(each.getCommandSpec()));
        System.out.print(AutoComplete.bash(root.name(), root.commandLine()));
        return 0;
    }

    /** The words that an option accepts, as its help writes them; of an enum, picocli would list its constants. */
    private static void nameWords(CommandSpec spec) {
        for (OptionSpec option : List.copyOf(spec.options())) {
            List<String> words = words(option);
            if (!words.isEmpty()) {
                spec.remove(option);
                spec.addOption(
                        OptionSpec.builder(option).completionCandidates(words).build());
            }
        }
    }

    private static List<String> words(OptionSpec option) {
        List<String> named = words(option.paramLabel());
        if (named.isEmpty()
                && Keyed.class.isAssignableFrom(option.type())
                && option.type().isEnum()) {
            return Stream.of(option.type().getEnumConstants())
                    .map(constant -> ((Keyed) constant).key())
                    .toList();
        }
        return named.isEmpty() ? OF_ONE_LABEL.getOrDefault(option.longestName(), List.of()) : named;
    }

    /** {@code auto|cpu|cuda:N} are the words auto and cpu. */
    private static List<String> words(String label) {
        return label.contains("|")
                ? Stream.of(label.split("\\|"))
                        .filter(word -> word.matches("[a-z0-9_-]+"))
                        .toList()
                : List.of();
    }
}
