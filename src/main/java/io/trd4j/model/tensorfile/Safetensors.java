package io.trd4j.model.tensorfile;

import io.trd4j.io.FileBytes;
import io.trd4j.io.InputException;
import io.trd4j.io.Readable;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A safetensors file open for reading: 8 bytes header length, a JSON header, dense little-endian tensors. The header is
 * checked as a whole on opening, so every tensor listed can be read. Tensors are read from the file when asked for;
 * several threads may read at once.
 */
public final class Safetensors implements AutoCloseable {
    private final Path file;
    private final FileBytes content;
    private final SafetensorsHeader header;
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

    private Safetensors(FileBytes content, SafetensorsHeader header) {
        file = content.path();
        this.content = content;
        this.header = header;
        header.tensors().values().forEach(t -> tensors.put(t.info().name(), t.info()));
    }

    /**
     * @throws InputException when the file is not a sound safetensors file; the message says what is wrong with it
     * @throws IOException when it cannot be read
     */
    public static Safetensors open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new InputException(file + " is a folder, not a safetensors file");
        }
        return open(new ChannelBytes(file, Readable.channel(file)));
    }

    /**
     * The same of a file that is open already, and is closed with this, or when it is refused.
     *
     * @throws InputException as {@link #open(Path)}
     */
    public static Safetensors open(FileBytes content) throws IOException {
        try {
            return new Safetensors(content, SafetensorsHeader.read(content));
        } catch (IOException | RuntimeException | Error e) {
            content.close();
            throw e;
        }
    }

    public Path path() {
        return file;
    }

    /** The header's {@code __metadata__}; empty when it has none. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /** All tensors in the order in which they lie in the file. */
    public Collection<TensorInfo> tensors() {
        return Collections.unmodifiableCollection(tensors.values());
    }

    /** Whether there is a tensor of this name. */
    public boolean has(String name) {
        return tensors.containsKey(name);
    }

    /** @throws InputException when the file has no tensor of this name */
    public TensorInfo info(String name) {
        return located(name).info();
    }

    /**
     * Fills {@code target} with the tensor's raw little-endian bytes.
     *
     * @param target heap or direct, exactly {@code info(name).bytes()} remaining; afterwards at its limit
     * @throws InputException when there is no such tensor or the file was cut since it was opened
     */
    public void read(String name, ByteBuffer target) throws IOException {
        if (target.remaining() != info(name).bytes()) {
            throw new IllegalArgumentException(
                    "tensor " + name + " has " + info(name).bytes() + " bytes, the buffer " + target.remaining());
        }
        read(name, 0, target);
    }

    /**
     * Fills {@code target} with a part of the tensor's raw little-endian bytes, from byte {@code offset} of the tensor
     * on.
     *
     * @throws InputException when there is no such tensor or the file was cut since it was opened
     */
    public void read(String name, long offset, ByteBuffer target) throws IOException {
        SafetensorsHeader.Located tensor = located(name);
        if (offset < 0 || target.remaining() > tensor.info().bytes() - offset) {
            throw new IllegalArgumentException("tensor " + name + " has "
                    + tensor.info().bytes() + " bytes, not " + target.remaining() + " from byte " + offset + " on");
        }
        try {
            content.read(tensor.position() + offset, target);
        } catch (EOFException e) {
            throw new InputException(file + ": tensor " + name + " is cut off; the file changed while it was open", e);
        }
    }

    /** The tensor's raw little-endian bytes. */
    public byte[] bytes(String name) throws IOException {
        long bytes = info(name).bytes();
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new InputException(file + ": tensor " + name + " has " + bytes + " bytes; at most 2 GiB can be read");
        }
        byte[] out = new byte[(int) bytes];
        read(name, ByteBuffer.wrap(out));
        return out;
    }

    /** The tensor's elements, row-major, whatever their stored type; F64 and integers are rounded to float. */
    public float[] floats(String name) throws IOException {
        return TensorElements.floats(info(name).type(), ByteBuffer.wrap(bytes(name)));
    }

    /** The tensor's elements, row-major, whatever their stored type. */
    public double[] doubles(String name) throws IOException {
        return TensorElements.doubles(info(name).type(), ByteBuffer.wrap(bytes(name)));
    }

    /** The tensor for a writer: its bytes are read when the writer asks, so this file must still be open then. */
    public SafetensorsWriter.Source source(String name) {
        return new SafetensorsWriter.Source(info(name), () -> {
            try {
                return ByteBuffer.wrap(bytes(name));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Idempotent. */
    @Override
    public void close() throws IOException {
        content.close();
    }

    private SafetensorsHeader.Located located(String name) {
        SafetensorsHeader.Located tensor = header.tensors().get(name);
        if (tensor == null) {
            throw new InputException(file + " has no tensor " + name);
        }
        return tensor;
    }
}
