package io.trd4j.model.network;

import io.trd4j.model.Backbone;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ParameterNames;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The whole TRD network: one teacher for both modalities and a student per branch. Owns their tensors. */
public final class Network implements AutoCloseable {
    private final Backbone backbone;
    private final Teacher teacher;
    private final Student studentRgb;
    private final Student studentDepth;

    /** All tensors zero: fill them from a file, or initialise them. */
    public Network(Backbone backbone) {
        this(backbone, Tuners.BOTH);
    }

    /**
     * With fewer tuners than the method has: it trains and gives maps, to be compared, but a model file cannot hold it.
     */
    public Network(Backbone backbone, Tuners tuners) {
        this.backbone = backbone;
        teacher = new Teacher(backbone);
        studentRgb = new Student(backbone, tuners);
        studentDepth = new Student(backbone, tuners);
    }

    /**
     * The network of a model file, whose tensors must be complete.
     *
     * @throws io.trd4j.io.InputException when they are not those that were written
     */
    public static Network load(ModelFile file) throws IOException {
        return file.loaded(() -> read(file));
    }

    private static Network read(ModelFile file) throws IOException {
        Network network = new Network(file.info().backbone());
        try {
            for (Map.Entry<String, Weights> e : network.weights().entrySet()) {
                e.getValue().load(file.tensors(), e.getKey());
            }
            return network;
        } catch (IOException | RuntimeException | Error e) {
            network.close();
            throw e;
        }
    }

    public Backbone backbone() {
        return backbone;
    }

    public Teacher teacher() {
        return teacher;
    }

    public Student studentRgb() {
        return studentRgb;
    }

    public Student studentDepth() {
        return studentDepth;
    }

    /** Weights by their prefix in model files. */
    public Map<String, Weights> weights() {
        return Map.of(
                ParameterNames.TEACHER,
                teacher.weights(),
                ParameterNames.STUDENT_RGB,
                studentRgb.weights(),
                ParameterNames.STUDENT_DEPTH,
                studentDepth.weights());
    }

    /** Moves all tensors: what LibTorch computes with this network, it then computes there. */
    public void moveTo(TorchDevice device) {
        weights().values().forEach(weights -> weights.moveTo(device));
    }

    /** All tensors for a model file, prefixed; their bytes are made when the writer asks for them. */
    public List<SafetensorsWriter.Source> sources() {
        List<SafetensorsWriter.Source> sources = new ArrayList<>();
        weights().forEach((prefix, weights) -> sources.addAll(weights.sources(prefix)));
        return sources;
    }

    @Override
    public void close() {
        teacher.close();
        studentRgb.close();
        studentDepth.close();
    }
}
