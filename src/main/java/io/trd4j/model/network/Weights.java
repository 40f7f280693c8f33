package io.trd4j.model.network;

import io.trd4j.io.InputException;
import io.trd4j.model.tensorfile.Safetensors;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TensorInfo;
import io.trd4j.model.tensorfile.TensorType;
import io.trd4j.ops.Retained;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * The named tensors of one network in state-dict order, and their owner: {@link #close} frees them all. Whatever the
 * layout in memory, values are exchanged in the logical (row-major) order that files use.
 */
public final class Weights implements AutoCloseable {
    /** The role of a tensor in its layer; decides initialisation, whether it is trained, and its type. */
    public enum Kind {
        CONVOLUTION,
        TRANSPOSED_CONVOLUTION,
        NORM_WEIGHT,
        NORM_BIAS,
        BLEND,
        RUNNING_MEAN,
        RUNNING_VAR,
        BATCHES_TRACKED;

        /** Whether the optimizer steps it; the others are buffers. */
        public boolean trained() {
            return ordinal() <= BLEND.ordinal();
        }
    }

    /** One tensor: its name, kind and row-major shape. */
    public record Entry(String name, Kind kind, List<Long> shape, Tensor tensor) {
        /** Product of the shape. */
        public long elements() {
            return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
        }
    }

    static {
        LibTorch.load();
    }

    /** How convolution weights, and the images of a pass, lie in memory: the faster of LibTorch's layouts. */
    static final torch.MemoryFormat FORMAT = torch.MemoryFormat.ChannelsLast;
    /** The largest piece copied at once through a ByteBuffer, whose capacity is an int. */
    private static final long PIECE_BYTES = 1L << 30;

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private boolean closed;

    /** Creates a zero tensor, owned here. */
    public Tensor create(String name, Kind kind, long... shape) {
        Tensor tensor;
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor zero = kind == Kind.BATCHES_TRACKED
                    ? torch.zeros(new long[0], new TensorOptions(torch.ScalarType.Long))
                    : torch.zeros(shape);
            tensor = Retained.of(new Tensor(shape.length == 4 ? zero.contiguous(FORMAT) : zero));
        }
        List<Long> sizes = new ArrayList<>();
        for (long size : shape) {
            sizes.add(size);
        }
        if (entries.put(name, new Entry(name, kind, List.copyOf(sizes), tensor)) != null) {
            throw new IllegalStateException("two tensors are named " + name);
        }
        return tensor;
    }

    /** All tensors in state-dict order. */
    public Collection<Entry> entries() {
        return Collections.unmodifiableCollection(entries.values());
    }

    /** The tensors that the optimizer steps, in state-dict order. */
    public List<Entry> trained() {
        return entries.values().stream().filter(e -> e.kind().trained()).toList();
    }

    /** @throws IllegalArgumentException when no tensor has this name */
    public Entry get(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("no tensor is named " + name);
        }
        return entry;
    }

    /** Marks the trained tensors as leaves of the autograd graph, or not. */
    public void requireGradients(boolean required) {
        try (PointerScope scope = new PointerScope()) {
            trained().forEach(e -> e.tensor().set_requires_grad(required));
        }
    }

    /** Moves all tensors; layers that hold them then compute there. Their gradients must have been dropped. */
    public void moveTo(TorchDevice device) {
        try (NoGradGuard guard = new NoGradGuard()) {
            entries.values().forEach(e -> device.move(e.tensor()));
        }
    }

    /** Little-endian bytes of a tensor in row-major order: a fresh direct buffer. */
    public ByteBuffer bytes(String name) {
        Entry entry = get(name);
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            return bytes(entry.tensor());
        }
    }

    /** Little-endian bytes of any tensor of at most 2 GiB, in row-major order: a fresh direct buffer. */
    public static ByteBuffer bytes(Tensor tensor) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor dense = tensor.cpu().contiguous();
            long bytes = dense.nbytes();
            ByteBuffer copy = ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
            for (long at = 0; at < bytes; at += PIECE_BYTES) {
                copy.put(piece(dense, at, Math.min(PIECE_BYTES, bytes - at)));
            }
            return copy.flip();
        }
    }

    /** Replaces a tensor's values with little-endian bytes in row-major order; consumes the buffer. */
    public void set(String name, ByteBuffer source) {
        Entry entry = get(name);
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            set(entry.tensor(), source);
        }
    }

    /** Replaces any tensor's values with little-endian bytes in row-major order; consumes the buffer. */
    public static void set(Tensor tensor, ByteBuffer source) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            long bytes = tensor.nbytes();
            if (source.remaining() != bytes) {
                throw new IllegalArgumentException("the tensor needs " + bytes + " bytes, not " + source.remaining());
            }
            Tensor host = tensor.cpu();
            Tensor dense = host.is_contiguous() ? host : torch.empty_like(host).contiguous();
            for (long at = 0; at < bytes; at += PIECE_BYTES) {
                ByteBuffer target = piece(dense, at, Math.min(PIECE_BYTES, bytes - at));
                ByteBuffer part = source.slice(source.position(), target.remaining());
                target.put(part);
                source.position(source.position() + part.capacity());
            }
            if (!tensor.is_cpu() || !tensor.is_contiguous()) {
                tensor.copy_(dense);
            }
        }
    }

    private static ByteBuffer piece(Tensor dense, long at, long length) {
        BytePointer pointer = new BytePointer(dense.data_ptr());
        return pointer.position(at).capacity(at + length).asByteBuffer();
    }

    /** All tensors for a file, named {@code prefix + name}; their bytes are made when the writer asks for them. */
    public List<SafetensorsWriter.Source> sources(String prefix) {
        return entries.values().stream()
                .map(e -> source(prefix + e.name(), e.shape(), e.tensor()))
                .toList();
    }

    /**
     * As {@link #sources} without prefix, convolutions rounded to F16: half the size; BatchNorm's tensors, which are
     * small, stay.
     */
    public List<SafetensorsWriter.Source> halfSources() {
        return entries.values().stream()
                .map(e -> e.kind() != Kind.CONVOLUTION
                        ? source(e.name(), e.shape(), e.tensor())
                        : new SafetensorsWriter.Source(
                                new TensorInfo(e.name(), TensorType.F16, e.shape()), () -> half(e.tensor())))
                .toList();
    }

    private static ByteBuffer half(Tensor tensor) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            return bytes(tensor.to(torch.ScalarType.Half));
        }
    }

    /** One tensor, float32 or int64, for a file. */
    public static SafetensorsWriter.Source source(String name, List<Long> shape, Tensor tensor) {
        return new SafetensorsWriter.Source(new TensorInfo(name, type(tensor), shape), () -> bytes(tensor));
    }

    /**
     * Replaces all tensors with those named {@code prefix + name} in a file; BN's batch counter may be missing there.
     */
    public void load(Safetensors file, String prefix) throws IOException {
        for (Entry e : entries.values()) {
            if (e.kind() != Kind.BATCHES_TRACKED || file.has(prefix + e.name())) {
                load(file, prefix + e.name(), e.shape(), e.tensor());
            }
        }
    }

    /**
     * Replaces one tensor's values with a file's tensor of the same type and shape.
     *
     * @throws InputException when the file has no such tensor, or one of another type or shape
     */
    public static void load(Safetensors file, String name, List<Long> shape, Tensor tensor) throws IOException {
        TensorInfo wanted = new TensorInfo(name, type(tensor), shape);
        if (!file.has(name) || !file.info(name).equals(wanted)) {
            throw new InputException(file.path() + ": expected " + wanted
                    + (file.has(name) ? " but it holds " + file.info(name) : " but there is no such tensor")
                    + "; is it a file of another kind?");
        }
        ByteBuffer buffer =
                ByteBuffer.allocateDirect(Math.toIntExact(wanted.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        file.read(name, buffer);
        set(tensor, buffer.rewind());
    }

    /** Replaces the tensors that the sources name, all of which must exist here with the same type and shape. */
    public void load(List<SafetensorsWriter.Source> sources) {
        for (SafetensorsWriter.Source source : sources) {
            set(source.info().name(), source.data().get());
        }
    }

    private static TensorType type(Tensor tensor) {
        return tensor.element_size() == Long.BYTES ? TensorType.I64 : TensorType.F32;
    }

    /**
     * Fresh weights for training (SPEC section 2): convolutions Kaiming-normal (fan-out, ReLU gain), transposed ones
     * LibTorch's default (Kaiming-uniform, a = sqrt 5, which is uniform in +-1/sqrt(fan-in)), BN 1 and 0, blend 1. The
     * same seed gives the same weights.
     */
    public void initialise(long seed) {
        torch.manual_seed(seed);
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            for (Entry e : entries.values()) {
                switch (e.kind()) {
                    case CONVOLUTION -> {
                        long fanOut =
                                e.shape().get(0) * e.shape().get(2) * e.shape().get(3);
                        fill(e, torch.randn(longs(e.shape())).mul_(new Scalar(Math.sqrt(2.0 / fanOut))));
                    }
                    case TRANSPOSED_CONVOLUTION -> {
                        // LibTorch takes dimension 1 for the fan-in, which for these weights is Cout.
                        double bound = 1
                                / Math.sqrt(e.shape().get(1)
                                        * e.shape().get(2)
                                        * e.shape().get(3));
                        fill(
                                e,
                                torch.rand(longs(e.shape()))
                                        .mul_(new Scalar(2 * bound))
                                        .sub_(new Scalar(bound)));
                    }
                    case NORM_WEIGHT, BLEND, RUNNING_VAR -> e.tensor().fill_(new Scalar(1.0));
                    case NORM_BIAS, RUNNING_MEAN, BATCHES_TRACKED -> e.tensor().zero_();
                }
            }
        }
    }

    // Through copy_, so that the random numbers fall in row-major order whatever the memory format.
    private static void fill(Entry entry, Tensor values) {
        entry.tensor().copy_(values);
    }

    private static long[] longs(List<Long> shape) {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            entries.values().forEach(e -> e.tensor().close());
        }
    }
}
