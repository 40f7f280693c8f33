package io.trd4j.cli;

import io.trd4j.bundle.Bundle;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code trd bundle}: everything that a GPU host without network needs, in pieces. */
@Command(
        name = "bundle",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Pack what a GPU host without network needs to run, test and measure trd4j, in pieces with checksums.",
            "The host brings Linux on x86-64, an NVIDIA driver, and the CUDA 13 and cuDNN 9 libraries.",
            "There: sh assemble.sh, then trd4j-gpu/run.sh doctor, gpu-test, gpu-bench or trd VERB."
        })
final class BundleCommand implements Callable<Integer> {
    private static final String ALL = "all";

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder for the pieces; new or empty.")
    private Path out;

    @Option(
            names = "--piece-mib",
            defaultValue = "60",
            paramLabel = "N",
            description = "Size of a piece in MiB, 1 to 4096 (default: ${DEFAULT-VALUE}).")
    private int pieceMib;

    @Option(
            names = "--keep-architecture",
            defaultValue = "90",
            paramLabel = "N|all",
            description = "GPU architecture whose machine code of LibTorch is kept: 90 is compute capability 9.0; may "
                    + "be given several times. All others make the bundle larger (default: ${DEFAULT-VALUE}).")
    private List<String> architectures;

    @Override
    public Integer call() throws IOException {
        // The launcher says where the checkout is; a bundle or another program's class path has none.
        String root = System.getProperty("trd.root");
        if (root == null) {
            throw new InputException("bundle packs a checkout of trd4j; run ./trd bundle in one");
        }
        Bundle bundle = new Bundle(Path.of(root), out, pieceMib, architectures());
        Bundle.Written written = bundle.write(line -> System.err.println("trd: bundle: " + line));
        System.out.println(
                "wrote " + written.pieces().size() + (written.pieces().size() == 1 ? " piece" : " pieces")
                        + ", together " + written.bytes() + " bytes, SHA256SUMS and assemble.sh into " + out);
        System.out.println(
                "next, on the GPU host, with all of these in one folder: sh assemble.sh && trd4j-gpu/run.sh doctor");
        return 0;
    }

    private Set<Integer> architectures() {
        Set<Integer> numbers = new TreeSet<>();
        for (String architecture : architectures) {
            if (architecture.equals(ALL) && architectures.size() == 1) {
                return numbers;
            }
            try {
                numbers.add(Integer.valueOf(architecture));
            } catch (NumberFormatException e) {
                throw new InputException(
                        "--keep-architecture must be a number such as 90 (compute capability 9.0), or all alone, not '"
                                + architecture + "'",
                        e);
            }
        }
        return numbers;
    }
}
