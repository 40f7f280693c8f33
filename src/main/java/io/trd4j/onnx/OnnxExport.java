package io.trd4j.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.engine.plan.ExecutionPlan;
import io.trd4j.engine.plan.FoldedLayers;
import io.trd4j.io.FileSet;
import io.trd4j.io.InputException;
import io.trd4j.io.Json;
import io.trd4j.io.OptionalLibrary;
import io.trd4j.io.OutputLock;
import io.trd4j.io.ProductVersion;
import io.trd4j.io.Progress;
import io.trd4j.io.Stop;
import io.trd4j.io.Writable;
import io.trd4j.model.Alignment;
import io.trd4j.model.Modality;
import io.trd4j.model.ModelFile;
import io.trd4j.model.ModelInfo;
import io.trd4j.model.Precision;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a model as one ONNX graph, from two images, prepared (SPEC section 5) or as the sensors gave them, to maps,
 * scores and verdict.
 *
 * <p>Inputs: {@code rgb} and {@code depth}, float32 [batch, 3, S, S], channels first, as
 * {@link io.trd4j.data.prepare.Preparation} makes them; or as {@link OnnxOptions#preprocess()} says. Outputs:
 * {@code map}, {@code map_rgb}, {@code map_depth}, float32 [batch, S, S]; {@code score}, {@code score_rgb},
 * {@code score_depth}, float32 [batch]; with thresholds {@code verdict}, int64 [batch]: 0 = OK, 1 = REVIEW, 2 = NG.
 * Everything that the model file says is in the graph's metadata, under the same names.
 *
 * <p>A file is handed out when ONNX Runtime has computed the maps and scores of normal parts with it, and they are this
 * engine's. Beside it lies FILE.json: five of these parts with the checksums of their inputs and their scores, for any
 * other runtime.
 */
public final class OnnxExport {
    /** Of the operators: 2021, which every runtime of today has. */
    static final int OPSET = 17;

    private static final int IR_VERSION = 8;
    /** Behind the graph's name. */
    public static final String PROOF = ".json";

    private OnnxExport() {}

    /**
     * Exports a model, and compares it with this engine on parts.
     *
     * @param model with a calibration
     * @param normal complete parts, one or more, such as the validation parts
     * @param out the graph; it and FILE.json must not exist
     * @return what was compared, and which inputs the graph has
     * @throws InputException when the model has no calibration or looks for its part first, an output exists, a part
     *     cannot be inspected, or the graph's results are not this engine's; there is no file then
     * @throws io.trd4j.io.MissingLibraryException without the artifact {@code trd4j-onnx}
     * @throws IOException when a file cannot be read or written
     */
    public static OnnxCheck.Result run(
            Path model, List<? extends PartSource> normal, Path out, OnnxOptions options, Progress progress)
            throws IOException {
        OptionalLibrary.ONNX.require();
        OptionalLibrary.ONNX_RUNTIME.require();
        Path proof = out.resolveSibling(out.getFileName() + PROOF);
        for (Path file : List.of(out, proof)) {
            Writable.requireOther("the graph", file, "the model", model);
            if (Files.exists(file)) {
                throw new InputException(file + " exists; choose another name, or remove it");
            }
        }
        if (normal.isEmpty()) {
            throw new InputException("there are no normal parts to compare the graph with; give data that has some");
        }
        return Stop.able(() -> export(model, normal, out, proof, options, progress));
    }

    private static OnnxCheck.Result export(
            Path model, List<? extends PartSource> normal, Path out, Path proof, OnnxOptions options, Progress progress)
            throws IOException {
        Part first = normal.get(0).load();
        // The graph is read before it is in its place: nobody else may take it for a leftover.
        try (OutputLock lock = OutputLock.of(out);
                FileSet files = new FileSet()) {
            List<GraphInput> inputs;
            Map<String, String> properties;
            // Tensors are compared with their checksums where the inspector below loads them.
            try (ModelFile file = ModelFile.open(model)) {
                requireExportable(model, file.info(), file.alignment(), options.precision());
                Modality modality = file.info().modality();
                inputs = List.of(
                        GraphInput.of(first, false, options.preprocess(), modality),
                        GraphInput.of(first, true, options.preprocess(), modality));
                properties = write(file, inputs, options.precision(), out, files);
            }
            OnnxCheck check = new OnnxCheck(model, inputs, options.precision());
            OnnxCheck.Result result = check.run(files.written(out), normal, progress);
            result.requireSame(out, options.precision());
            files.add(proof, Json.of(check.proof(out, files.written(out), properties)));
            files.commit();
            return result;
        }
    }

    private static Map<String, String> write(
            ModelFile file, List<GraphInput> inputs, Precision precision, Path out, FileSet files) throws IOException {
        Map<String, String> properties = new TreeMap<>(file.info().toMetadata());
        properties.put("trd.model_sha256", file.sha256());
        properties.put("trd.version", ProductVersion.number());
        properties.put("trd.precision", precision.key());
        try (OnnxGraph graph = graph(file, inputs, precision)) {
            ModelProto.Builder proto = ModelProto.newBuilder()
                    .setIrVersion(IR_VERSION)
                    .setProducerName("trd4j")
                    .setProducerVersion(ProductVersion.number())
                    .setDomain("io.trd4j")
                    .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                    .setGraph(graph.proto());
            properties.forEach((key, value) -> proto.addMetadataProps(
                    StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
            ModelProto complete = proto.build();
            files.add(out, channel -> {
                // Not closed: the channel is the file set's.
                OutputStream stream = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 20);
                complete.writeTo(stream);
                stream.flush();
            });
        }
        return properties;
    }

    private static void requireExportable(Path model, ModelInfo info, Alignment alignment, Precision precision) {
        if (info.calibration() == null) {
            throw new InputException(
                    model + " has no calibration; run: trd calibrate --model " + model + " --data CATEGORY");
        }
        if (precision == Precision.INT8
                && (info.precisions() == null || info.precisions().ranges().isEmpty())) {
            throw new InputException(model + " has no ranges for the precision int8; run: trd calibrate --model "
                    + model + " --data CATEGORY");
        }
        if (alignment != null) {
            throw new InputException(model + (alignment.crops() ? " crops" : " aligns")
                    + " each part before the network sees it, which no ONNX operator can; train with --align none to "
                    + "export");
        }
    }

    private static OnnxGraph graph(ModelFile file, List<GraphInput> inputs, Precision precision) throws IOException {
        ModelInfo info = file.info();
        int size = info.size();
        OnnxGraph graph = new OnnxGraph(
                "trd",
                "Tuned Reverse Distillation (arXiv 2412.08949), "
                        + info.backbone().key() + ", S = " + size
                        + ": anomaly maps, scores and verdict of a part from its two prepared images.");
        try {
            String rgb = inputs.get(0).add(graph, info);
            String second = inputs.get(1).add(graph, info);
            FoldedLayers folded = new FoldedLayers(
                    (tensor, offset, target) -> file.tensors().read(tensor, (long) Float.BYTES * offset, target));
            String[][] distances = new NetworkNodes(
                            graph, ExecutionPlan.of(info.backbone(), size), folded, precision, info.precisions())
                    .add(rgb, second);
            new MapNodes(graph, info, inputs.get(1).points() ? GraphInput.FOUND : null).add(distances);
            return graph;
        } catch (IOException | RuntimeException | Error e) {
            graph.close();
            throw e;
        }
    }
}
