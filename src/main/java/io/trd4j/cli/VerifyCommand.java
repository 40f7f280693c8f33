package io.trd4j.cli;

import io.trd4j.audit.AuditCheck;
import io.trd4j.io.HashedFile;
import io.trd4j.io.InputException;
import io.trd4j.sign.ModelSignature;
import io.trd4j.sign.TrustedKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code trd verify}: who signed a model, and whether an audit record is whole. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Check that a trusted key signed exactly these bytes of a model file, or that no line of an audit record "
                    + "was changed or removed.",
            "Exit code 0: it is so; 2: it is not, and one line says why."
        })
final class VerifyCommand implements Callable<Integer> {
    @Option(names = "--model", paramLabel = "FILE", description = "The model file.")
    private Path model;

    @Option(
            names = "--trusted",
            arity = "1..*",
            paramLabel = "KEY.pub",
            description = "Public keys of whom you trust, in PEM: files, or folders of files *.pub.")
    private List<Path> trusted;

    @Option(
            names = "--signature",
            paramLabel = "FILE",
            description = "The signature, when it is not the model's name and .sig.")
    private Path signature;

    @Option(names = "--audit", paramLabel = "FILE", description = "The audit record of trd inspect --audit.")
    private Path audit;

    @Override
    public Integer call() throws IOException {
        if (model == null && audit == null) {
            throw new InputException("give --model and --trusted to check a signature, or --audit to check a record");
        }
        if ((model == null) != (trusted == null)) {
            throw new InputException(
                    model == null
                            ? "--trusted checks who signed a model; give --model too"
                            : "--model is checked by the public keys of whom you trust; give --trusted KEY.pub");
        }
        if (model == null && signature != null) {
            throw new InputException("--signature is that of a model; give --model too");
        }
        // All that is asked for is checked before anything is said.
        String signed = model == null ? null : signed();
        String whole = audit == null ? null : AuditCheck.of(audit).line();
        for (String line : new String[] {signed, whole}) {
            if (line != null) {
                System.out.println(line);
            }
        }
        return 0;
    }

    private String signed() throws IOException {
        TrustedKeys keys = TrustedKeys.read(trusted);
        try (HashedFile content = HashedFile.open(model)) {
            Path file = signature == null ? ModelSignature.file(model) : signature;
            ModelSignature found = keys.require(content, file);
            return model + " is as the trusted key " + found.keyId() + " signed it: " + found.bytes()
                    + " bytes with SHA-256 " + found.sha256();
        }
    }
}
