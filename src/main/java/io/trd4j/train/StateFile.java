package io.trd4j.train;

import io.trd4j.io.InputException;
import io.trd4j.io.OneLine;
import io.trd4j.model.network.Weights;
import io.trd4j.model.tensorfile.Safetensors;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TensorInfo;
import io.trd4j.model.tensorfile.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The state file of a run that can be resumed: a safetensors file with weights and optimizers' moments, each under a
 * prefix, and how far the run has come. It fits only a run of the same identity: its metadata must say the same.
 */
public final class StateFile {
    private static final int PIECE_BYTES = 1 << 16;

    /** Reads tensors of the file. */
    private interface Loader {
        void load(Safetensors file) throws IOException;
    }

    /** Tensors that are written and read under a prefix. */
    private record Content(Supplier<List<SafetensorsWriter.Source>> sources, Loader loader) {}

    private final Map<String, String> identity;
    private final Map<String, String> differences;
    private final String same;
    private final List<Content> contents = new ArrayList<>();

    /**
     * @param identity what the run's result depends on, by key, in the order in which differences are told
     * @param differences of keys whose values say nothing to a reader: how a difference is told
     * @param same what must stay the same, as {@code options and parts}
     */
    public StateFile(Map<String, String> identity, Map<String, String> differences, String same) {
        this.identity = new LinkedHashMap<>(identity);
        this.differences = Map.copyOf(differences);
        this.same = same;
    }

    /** Adds a network's weights. */
    public StateFile with(String prefix, Weights weights) {
        contents.add(new Content(() -> weights.sources(prefix), file -> weights.load(file, prefix)));
        return this;
    }

    /** Adds an optimizer's moments. */
    public StateFile with(String prefix, Adam adam) {
        contents.add(new Content(() -> adam.sources(prefix), file -> adam.load(file, prefix)));
        return this;
    }

    /**
     * Replaces the file in one move.
     *
     * @param key under which {@code done} stands in the metadata
     * @param done how far the run has come
     */
    public void write(Path path, String key, String done) throws IOException {
        List<SafetensorsWriter.Source> sources = new ArrayList<>();
        contents.forEach(c -> sources.addAll(c.sources().get()));
        Map<String, String> metadata = new TreeMap<>(identity);
        metadata.put(key, done);
        SafetensorsWriter.write(path, metadata, sources);
    }

    /** Weights and moments that a run cannot have had would else show as a training that diverges. */
    private static void requireFinite(Safetensors file) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (TensorInfo tensor : file.tensors()) {
            boolean positive = tensor.name().endsWith(".running_var")
                    || tensor.name().endsWith(Adam.SECOND)
                    || tensor.name().endsWith(Adam.STEP);
            for (long at = 0; tensor.type() == TensorType.F32 && at < tensor.bytes(); at += PIECE_BYTES) {
                piece.clear().limit((int) Math.min(PIECE_BYTES, tensor.bytes() - at));
                file.read(tensor.name(), at, piece);
                piece.flip();
                while (piece.hasRemaining()) {
                    float value = piece.getFloat();
                    if (!Float.isFinite(value) || positive && value < 0) {
                        throw new InputException(
                                file.path() + ": tensor " + tensor.name() + " holds " + value
                                        + ", which no training leaves there; the file is damaged, start again without --resume");
                    }
                }
            }
        }
    }

    /**
     * Loads everything.
     *
     * @param parse of what {@link #write} was given as {@code done}; null when the file lacks it
     * @return how far the run has come
     * @throws InputException when the file is of another run, lacks a tensor, or is damaged
     */
    public <T> T read(Path path, String key, Function<String, T> parse) throws IOException {
        try (Safetensors file = Safetensors.open(path)) {
            identity.forEach((k, expected) -> {
                String found = file.metadata().get(k);
                if (!expected.equals(found)) {
                    throw new InputException(path + " cannot be resumed here: "
                            + differences.getOrDefault(
                                    k,
                                    k.substring(k.lastIndexOf('.') + 1).replace('_', ' ') + " is "
                                            + (found == null ? "not said" : OneLine.start(found)) + " there and "
                                            + expected + " now")
                            + "; use the same " + same + ", or leave out --resume");
                }
            });
            requireFinite(file);
            T done = parse.apply(file.metadata().get(key));
            for (Content content : contents) {
                content.loader().load(file);
            }
            return done;
        }
    }
}
