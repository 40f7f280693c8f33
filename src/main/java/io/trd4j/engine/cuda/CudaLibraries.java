package io.trd4j.engine.cuda;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Finds NVIDIA's libraries on this machine and loads them by their full paths, each after those that it needs: the
 * loader then takes the loaded ones, wherever they lie. They are the host's: the system's, or those of a Python torch.
 */
final class CudaLibraries {
    /** A library by the name that others ask for it, and what it is, for messages. */
    record Library(String file, String what) {}

    /** Libraries that the engine's own CUDA calls need. */
    static final List<Library> RUNTIME = List.of(new Library("libcudart.so.13", "the CUDA 13 runtime"));
    /** Libraries that those below may ask for; loaded before them where found. */
    static final List<Library> HELPERS = List.of(
            new Library("libnvJitLink.so.13", "CUDA 13's nvJitLink"), new Library("libnvrtc.so.13", "CUDA 13's NVRTC"));
    /** Libraries that LibTorch's CUDA libraries need, in the order of their needs. */
    static final List<Library> LIBTORCH = List.of(
            new Library("libcublasLt.so.13", "CUDA 13's cuBLAS"),
            new Library("libcublas.so.13", "CUDA 13's cuBLAS"),
            new Library("libcusparse.so.12", "CUDA 13's cuSPARSE"),
            new Library("libcusolver.so.12", "CUDA 13's cuSOLVER"),
            new Library("libcusolverMg.so.12", "CUDA 13's cuSOLVER"),
            new Library("libcufft.so.12", "CUDA 13's cuFFT"),
            new Library("libcurand.so.10", "CUDA 13's cuRAND"),
            new Library("libcupti.so.13", "CUDA 13's CUPTI"),
            new Library("libcufile.so.0", "CUDA 13's cuFile"),
            new Library("libcudnn_graph.so.9", "cuDNN 9"),
            new Library("libcudnn_ops.so.9", "cuDNN 9"),
            new Library("libcudnn_cnn.so.9", "cuDNN 9"),
            new Library("libcudnn_adv.so.9", "cuDNN 9"),
            new Library("libcudnn.so.9", "cuDNN 9"),
            new Library("libnccl.so.2", "NCCL 2"));
    /** Where the folders come from, for messages. */
    static final String SEARCHED =
            "java.library.path, TRD_CUDA_LIBS, LD_LIBRARY_PATH, the system's folders, Python's nvidia packages";

    private final List<Path> folders;
    private final Set<Path> loaded = new LinkedHashSet<>();

    CudaLibraries(List<Path> folders) {
        this.folders = List.copyOf(folders);
    }

    /** Searches this machine's folders. */
    static CudaLibraries ofThisMachine() {
        return new CudaLibraries(folders(System.getProperty("java.library.path", ""), System::getenv, Path.of("/")));
    }

    /**
     * All folders that exist, in the order of their search.
     *
     * @param environment of the process
     * @param root the file system's; another one in tests
     */
    static List<Path> folders(String libraryPath, UnaryOperator<String> environment, Path root) {
        Set<Path> found = new LinkedHashSet<>();
        split(libraryPath, found);
        Set<Path> given = new LinkedHashSet<>();
        split(environment.apply("TRD_CUDA_LIBS"), given);
        for (Path folder : given) {
            found.add(folder);
            // Or the root of a Python environment.
            glob(folder.resolve("lib"), "python3*", "site-packages")
                    .forEach(p -> found.addAll(glob(p.resolve("nvidia"), "*", "lib")));
        }
        split(environment.apply("LD_LIBRARY_PATH"), found);
        for (String home : new String[] {"CUDA_HOME", "CUDA_PATH"}) {
            if (environment.apply(home) != null) {
                found.add(Path.of(environment.apply(home), "lib64"));
            }
        }
        found.add(root.resolve("usr/local/cuda/lib64"));
        found.addAll(glob(root.resolve("usr/local"), "cuda-13*", "lib64"));
        for (String system : new String[] {
            "usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib64", "usr/lib", "usr/local/lib"
        }) {
            found.add(root.resolve(system));
        }
        for (Path packages : pythonPackages(environment, root)) {
            found.addAll(glob(packages.resolve("nvidia"), "*", "lib"));
        }
        return found.stream().filter(Files::isDirectory).toList();
    }

    private static void split(String paths, Set<Path> to) {
        if (paths != null) {
            Stream.of(paths.split(File.pathSeparator))
                    .filter(p -> !p.isBlank())
                    .map(Path::of)
                    .forEach(to::add);
        }
    }

    /** Folders of installed packages: the active environment's, the user's, the system's. */
    private static List<Path> pythonPackages(UnaryOperator<String> environment, Path root) {
        List<Path> packages = new ArrayList<>();
        List<Path> prefixes = new ArrayList<>();
        for (String active : new String[] {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
            if (environment.apply(active) != null) {
                prefixes.add(Path.of(environment.apply(active)));
            }
        }
        if (environment.apply("HOME") != null) {
            prefixes.add(Path.of(environment.apply("HOME"), ".local"));
        }
        prefixes.add(root.resolve("usr/local"));
        prefixes.add(root.resolve("usr"));
        prefixes.add(root.resolve("opt/conda"));
        for (Path prefix : prefixes) {
            packages.addAll(glob(prefix.resolve("lib"), "python3*", "site-packages"));
            packages.addAll(glob(prefix.resolve("lib"), "python3*", "dist-packages"));
        }
        return packages;
    }

    private static List<Path> glob(Path parent, String pattern, String below) {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(parent)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, pattern)) {
                entries.forEach(entry -> found.add(entry.resolve(below)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        found.sort(null);
        return found;
    }

    /** The first folder's copy. */
    Optional<Path> find(String file) {
        return folders.stream()
                .map(folder -> folder.resolve(file))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /** The fault with these libraries, in words that continue a sentence; null when all were found. */
    String missing(List<Library> libraries) {
        for (Library library : libraries) {
            if (find(library.file()).isEmpty()) {
                String stem = library.file().substring(0, library.file().indexOf(".so"));
                String other = otherVersion(stem);
                return library.file() + " (" + library.what() + ") was not found"
                        + (other == null ? "" : ", only " + other) + "; searched: " + SEARCHED
                        + "; install it, or set TRD_CUDA_LIBS to the folders that hold such libraries";
            }
        }
        return null;
    }

    private String otherVersion(String stem) {
        for (Path folder : folders) {
            List<Path> others = glob(folder, stem + ".so.*", "");
            if (!others.isEmpty()) {
                return others.get(0).toString();
            }
        }
        return null;
    }

    /** Loads those that are found and can be loaded. */
    void loadIfFound(List<Library> libraries) {
        for (Library library : libraries) {
            if (find(library.file()).isPresent()) {
                load(List.of(library));
            }
        }
    }

    /**
     * Loads libraries that {@link #missing} has found, each once.
     *
     * @return what went wrong, in words that continue a sentence, or null
     */
    synchronized String load(List<Library> libraries) {
        for (Library library : libraries) {
            Path path = find(library.file()).orElseThrow().toAbsolutePath();
            if (!loaded.contains(path)) {
                try {
                    System.load(path.toString());
                } catch (UnsatisfiedLinkError e) {
                    return path + " (" + library.what() + ") cannot be loaded: " + e.getMessage();
                }
                loaded.add(path);
            }
        }
        return null;
    }

    /** Libraries that were loaded, for listings. */
    synchronized Map<String, String> loaded() {
        Map<String, String> all = new TreeMap<>();
        loaded.forEach(path -> all.put(path.getFileName().toString(), path.toString()));
        return all;
    }
}
