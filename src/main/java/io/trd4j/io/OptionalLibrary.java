package io.trd4j.io;

import java.util.Map;

/**
 * The libraries that inspecting parts in memory does without, and the artifact of trd4j that brings each. Whoever uses
 * one asks for it first, so that an application without it is told its name, and not that of a class.
 */
public enum OptionalLibrary {
    LIBTORCH("LibTorch", "trd4j-train", "org/bytedeco/pytorch/global/torch.class"),
    PICKLE("the pickle library", "trd4j-train", "net/razorvine/pickle/Unpickler.class"),
    /** Not a library, but as large as one. */
    EMBEDDED_TEACHER("the embedded teacher", "trd4j-train", "io/trd4j/model/formula-resnet18.safetensors"),
    OPENCV("OpenCV", "trd4j-images", "org/bytedeco/opencv/global/opencv_core.class"),
    ZSTD("the ZSTD decompressor", "trd4j-images", "io/airlift/compress/zstd/ZstdInputStream.class"),
    CSV("the CSV library", "trd4j-report", "com/fasterxml/jackson/dataformat/csv/CsvMapper.class"),
    MUSTACHE("the template library", "trd4j-report", "com/samskivert/mustache/Mustache.class"),
    CHARTS(
            "the chart library",
            "trd4j-report",
            "META-INF/resources/webjars/chart.js/" + ProductVersion.ofChartJs() + "/dist/chart.umd.min.js"),
    HISTOGRAMS("the histogram library", "trd4j-report", "org/HdrHistogram/Histogram.class"),
    ONNX("the library of ONNX messages", "trd4j-onnx", "ai/onnx/proto/OnnxMl.class"),
    ONNX_RUNTIME("ONNX Runtime", "trd4j-onnx", "ai/onnxruntime/OrtEnvironment.class"),
    CUDA("the CUDA runtime's binding", "trd4j-gpu", "org/bytedeco/cuda/global/cudart.class");

    /** Beginnings of the names of their native libraries' bindings. */
    private static final Map<String, OptionalLibrary> NATIVES =
            Map.of("jniopencv", OPENCV, "jnitorch", LIBTORCH, "jniopenblas", LIBTORCH, "jnicu", CUDA);

    private final String title;
    private final String artifact;
    private final String resource;
    /** Once there, always there; what is asked for often is asked in no time. */
    private volatile boolean found;

    OptionalLibrary(String title, String artifact, String resource) {
        this.title = title;
        this.artifact = artifact;
        this.resource = resource;
    }

    /** Whether it is on the class path. Loads none of its classes. */
    public boolean isPresent() {
        if (!found) {
            found = OptionalLibrary.class.getClassLoader().getResource(resource) != null;
        }
        return found;
    }

    /** A class or file of it, as class loaders name it; of the chart library, the script. */
    public String resource() {
        return resource;
    }

    /** @throws MissingLibraryException when it is not on the class path */
    public void require() {
        if (!isPresent()) {
            throw new MissingLibraryException(title + " is not on the class path; add " + coordinates());
        }
    }

    /** The artifact that brings it, as build tools name it. */
    public String coordinates() {
        return coordinates(artifact);
    }

    /**
     * The artifact that brings a native library.
     *
     * @param text that names its binding, such as {@code jniopencv_core}; libtrd's and oneDNN's are no optional ones
     */
    public static String coordinatesOfNative(String text) {
        return NATIVES.entrySet().stream()
                .filter(known -> text.contains(known.getKey()))
                .map(known -> known.getValue().coordinates())
                .findFirst()
                .orElseGet(() -> coordinates("trd4j"));
    }

    private static String coordinates(String artifact) {
        return "io.trd4j:" + artifact + ":" + ProductVersion.number();
    }
}
