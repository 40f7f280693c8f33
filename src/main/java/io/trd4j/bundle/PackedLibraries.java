package io.trd4j.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The native libraries in one folder, out of the jars: nothing is unpacked at run time, and the libraries find each
 * other beside themselves. Taken are the bindings that trd4j uses, and what they ask for.
 */
final class PackedLibraries {
    private static final Pattern JAR = Pattern.compile(".*-linux-x86_64(-gpu)?\\.jar");
    private static final Pattern LIBRARY =
            Pattern.compile("org/bytedeco/[a-z0-9]+/linux-x86_64(-gpu)?/([^/]+\\.so(\\.\\d+)*)");
    /** Where the search for what is needed begins. libtorch.so: nothing asks for it, but JavaCPP loads it. */
    private static final Pattern ROOT =
            Pattern.compile("libtorch\\.so|libjni(javacpp|openblas|openblas_nolapack|torch|torch_cuda|dnnl|OpenCL"
                    + "|opencv_(core|imgproc|imgcodecs)"
                    + "|cudart|cublas|cudnn|cusparse|cusolver|cufft|curand|cupti|cufile|nccl|nvrtc)\\.so");
    /**
     * Libraries that the host brings, because LibTorch asks for them; the other CUDA bindings only when they are used.
     */
    private static final Pattern CUDA =
            Pattern.compile("lib(cudart|cupti|cublas|cublasLt|cudnn|cudnn_\\w+|cusparse|cusolver|cufft"
                    + "|curand|cufile|nccl)\\.so\\.\\d+");

    private static final Pattern LIBTORCH = Pattern.compile("lib(torch|c10|jnitorch).*");

    private final Path folder;

    PackedLibraries(Path folder) throws IOException {
        this.folder = Files.createDirectory(folder);
    }

    static boolean areIn(Path jar) {
        return JAR.matcher(jar.getFileName().toString()).matches();
    }

    /** Unpacks the libraries of the jars and of libtrd's folder, then removes those that nothing needs. */
    void collect(List<Path> jars, Path libtrd) throws IOException {
        for (Path jar : jars) {
            if (areIn(jar)) {
                unpack(jar);
            }
        }
        Set<String> used = new TreeSet<>();
        try (Stream<Path> own = Files.walk(libtrd)) {
            for (Path library :
                    own.filter(f -> f.getFileName().toString().endsWith(".so")).toList()) {
                Files.copy(library, folder.resolve(library.getFileName()));
                used.add(library.getFileName().toString());
            }
        }
        if (used.isEmpty()) {
            throw new IOException("libtrd is not in " + libtrd + "; build it: mvn package -DskipTests");
        }
        for (Path library : libraries()) {
            if (ROOT.matcher(library.getFileName().toString()).matches()) {
                used.add(library.getFileName().toString());
            }
        }
        Deque<String> open = new ArrayDeque<>(used);
        while (!open.isEmpty()) {
            for (String needed : ElfFile.map(folder.resolve(open.pop()), false).needed()) {
                if (Files.exists(folder.resolve(needed)) && used.add(needed)) {
                    open.push(needed);
                }
            }
        }
        for (Path library : libraries()) {
            if (!used.contains(library.getFileName().toString())) {
                Files.delete(library);
            }
        }
        // JavaCPP's binding of BLAS without LAPACK asks for OpenBLAS under this name, which it would copy into its
        // cache.
        Files.createSymbolicLink(folder.resolve("libopenblas_nolapack.so.0"), Path.of("libopenblas.so.0"));
    }

    private void unpack(Path jar) throws IOException {
        try (ZipFile in = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : in.stream().map(ZipEntry.class::cast).toList()) {
                Matcher name = LIBRARY.matcher(entry.getName());
                // libgomp is in several jars; LibTorch's comes first in the class path.
                if (name.matches() && !Files.exists(folder.resolve(name.group(2)))) {
                    try (InputStream content = in.getInputStream(entry)) {
                        Files.copy(content, folder.resolve(name.group(2)));
                    }
                }
            }
        }
    }

    /**
     * Removes the machine code of GPUs that are not kept; returns in words what was done. What is not understood stays
     * whole.
     */
    String keep(SortedSet<Integer> architectures) throws IOException {
        Path library = folder.resolve("libtorch_cuda.so");
        if (architectures.isEmpty()) {
            return "GPU machine code of all architectures stays";
        }
        try {
            FatBinary.Result result = FatBinary.keep(library, architectures);
            return "GPU machine code: of " + result.found() + ", what runs on " + architectures + " stays, "
                    + Megabytes.of(result.keptBytes()) + "; " + Megabytes.of(result.droppedBytes()) + " removed";
        } catch (ElfFile.FormatException e) {
            return e.getMessage() + "; it is packed whole";
        }
    }

    /** Symbols that only debuggers read go; without strip in the PATH they stay. */
    void strip() throws IOException {
        if (Tool.find("strip").isPresent()) {
            for (Path library : libraries()) {
                Tool.run(
                        folder,
                        List.of(
                                "strip",
                                "--strip-unneeded",
                                library.getFileName().toString()));
            }
        }
    }

    /** The newest version of an interface that any library here or in another folder asks for. */
    String newest(String prefix, Path other) throws IOException {
        String newest = null;
        try (Stream<Path> more = Files.walk(other)) {
            Stream<Path> theirs = more.filter(f -> f.getFileName().toString().endsWith(".so"));
            for (Path library : Stream.concat(libraries().stream(), theirs).toList()) {
                newest = ElfFile.newer(newest, ElfFile.map(library, false).newestVersion(prefix));
            }
        }
        return newest;
    }

    /** NVIDIA's libraries that LibTorch asks for and that are not here, hence the host's. */
    SortedSet<String> fromHost() throws IOException {
        SortedSet<String> wanted = new TreeSet<>();
        for (Path library : libraries()) {
            if (LIBTORCH.matcher(library.getFileName().toString()).matches()) {
                ElfFile.map(library, false).needed().stream()
                        .filter(n -> CUDA.matcher(n).matches())
                        .forEach(wanted::add);
            }
        }
        return wanted;
    }

    private List<Path> libraries() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(f -> !Files.isSymbolicLink(f)).sorted().toList();
        }
    }
}
