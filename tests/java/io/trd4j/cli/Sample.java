package io.trd4j.cli;

import io.trd4j.io.FileTrees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A small synthetic category and a model trained on it, made once for all tests of the command line. */
final class Sample {
    private static Sample made;

    final Path folder;
    final Path category;
    final Path model;

    private Sample() throws IOException {
        folder = Files.createTempDirectory("trd-sample");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
        category = folder.resolve("parts/plate");
        model = folder.resolve("model.safetensors");
        Cli.here(
                        "synth",
                        "--out",
                        folder.resolve("parts"),
                        "--shape",
                        "plate",
                        "--train",
                        4,
                        "--validation",
                        2,
                        "--test",
                        8,
                        "--size",
                        64,
                        "--seed",
                        3)
                .expect(0);
        Cli.here(
                        "train",
                        "--data",
                        category,
                        "--out",
                        model,
                        "--size",
                        64,
                        "--epochs",
                        2,
                        "--batch",
                        2,
                        "--modality",
                        "normals")
                .expect(0);
    }

    static synchronized Sample get() throws IOException {
        if (made == null) {
            made = new Sample();
        }
        return made;
    }

    Path rgb(String part) {
        return category.resolve(
                Path.of(part).getParent().resolve("rgb").resolve(Path.of(part).getFileName() + ".png"));
    }

    Path xyz(String part) {
        return category.resolve(
                Path.of(part).getParent().resolve("xyz").resolve(Path.of(part).getFileName() + ".tiff"));
    }

    List<Object> inspect(String part, Path out) {
        return List.of("inspect", "--model", model, "--rgb", rgb(part), "--xyz", xyz(part), "--out", out);
    }

    /** Copies a folder with everything below. */
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> walk = Files.walk(from)) {
            for (Path path : walk.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                Files.createDirectories(target.getParent());
                Files.copy(path, target);
            }
        }
    }

    private static void delete(Path folder) {
        try {
            FileTrees.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
