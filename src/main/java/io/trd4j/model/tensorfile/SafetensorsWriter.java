package io.trd4j.model.tensorfile;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.trd4j.io.AtomicFile;
import io.trd4j.io.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Writes safetensors files in the layout of the Python library: header padded with spaces to 8 bytes, tensors by
 * falling type rank, then by name. Metadata keys are sorted, so equal content gives equal bytes.
 */
public final class SafetensorsWriter {
    /** Names as the format orders them: by their UTF-8 bytes. */
    public static final Comparator<String> NAME_ORDER =
            Comparator.comparing(name -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    private SafetensorsWriter() {}

    /**
     * A tensor to write.
     *
     * @param data gives its little-endian bytes, {@code info.bytes()} from the buffer's position to its limit, each
     *     time it is asked; asked when the tensor's turn comes, so that only one tensor need be in memory
     */
    public record Source(TensorInfo info, Supplier<ByteBuffer> data) {
        /** The same tensor under another name. */
        public Source withName(String name) {
            return new Source(info.withName(name), data);
        }

        /** The bytes, their number checked; the supplier's own buffer is left as it was. */
        public ByteBuffer bytes() throws IOException {
            ByteBuffer buffer;
            try {
                buffer = data.get().slice();
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            if (buffer.remaining() != info.bytes()) {
                throw new IllegalArgumentException("tensor " + info.name() + " has " + info.bytes()
                        + " bytes, its source gave " + buffer.remaining());
            }
            return buffer.order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /**
     * Creates or replaces {@code target}; when anything fails, it stays as it was.
     *
     * @throws IllegalArgumentException for a name that occurs twice or a source with the wrong number of bytes
     * @throws IOException when the file cannot be written
     */
    public static void write(Path target, Map<String, String> metadata, List<Source> tensors) throws IOException {
        write(target, sha256 -> metadata, tensors, tensor -> false);
    }

    /**
     * The same with metadata that depend on the tensors' checksums: they are hashed as they are written, so the header
     * is written again at the end.
     *
     * @param metadata of the SHA-256 of each hashed tensor, 32 bytes, by its name; asked twice, the first time with
     *     zeros. Its size must not depend on them
     * @param hashed by their names
     */
    public static void write(
            Path target,
            Function<Map<String, byte[]>, Map<String, String>> metadata,
            List<Source> tensors,
            Predicate<String> hashed)
            throws IOException {
        List<Source> sorted = tensors.stream()
                .sorted(Comparator.<Source>comparingInt(t -> -t.info.type().ordinal())
                        .thenComparing(t -> t.info.name(), NAME_ORDER))
                .toList();
        Map<String, byte[]> sha256 = new HashMap<>();
        for (Source tensor : sorted) {
            if (hashed.test(tensor.info.name())) {
                sha256.put(tensor.info.name(), new byte[Sha256.BYTES]);
            }
        }
        byte[] header = header(metadata.apply(sha256), sorted);
        if (header.length > SafetensorsHeader.MAX_HEADER_BYTES) {
            throw new IllegalArgumentException("the header would have " + header.length + " bytes; the format allows "
                    + SafetensorsHeader.MAX_HEADER_BYTES);
        }
        AtomicFile.write(target, channel -> {
            ChannelIo.write(
                    channel,
                    ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length));
            ChannelIo.write(channel, ByteBuffer.wrap(header));
            for (Source tensor : sorted) {
                ByteBuffer bytes = tensor.bytes();
                sha256.computeIfPresent(
                        tensor.info.name(),
                        (name, zeros) -> new Sha256().add(bytes.duplicate()).bytes());
                ChannelIo.write(channel, bytes);
            }
            if (!sha256.isEmpty()) {
                byte[] complete = header(metadata.apply(sha256), sorted);
                if (complete.length != header.length) {
                    throw new IllegalArgumentException("the metadata's size depends on the checksums");
                }
                channel.position(Long.BYTES);
                ChannelIo.write(channel, ByteBuffer.wrap(complete));
            }
        });
    }

    private static byte[] header(Map<String, String> metadata, List<Source> tensors) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(SafetensorsHeader.METADATA);
                for (Map.Entry<String, String> e : new TreeMap<>(metadata).entrySet()) {
                    json.writeStringField(e.getKey(), e.getValue());
                }
                json.writeEndObject();
            }
            long position = 0;
            Set<String> names = new HashSet<>(Set.of(SafetensorsHeader.METADATA));
            for (Source tensor : tensors) {
                TensorInfo info = tensor.info;
                if (!names.add(info.name())) {
                    throw new IllegalArgumentException("the name " + info.name() + " occurs twice or is reserved");
                }
                json.writeObjectFieldStart(info.name());
                json.writeStringField("dtype", info.type().name());
                json.writeFieldName("shape");
                long[] shape = info.shape().stream().mapToLong(Long::longValue).toArray();
                json.writeArray(shape, 0, shape.length);
                json.writeFieldName("data_offsets");
                long end = Math.addExact(position, info.bytes());
                json.writeArray(new long[] {position, end}, 0, 2);
                json.writeEndObject();
                position = end;
            }
            json.writeEndObject();
        }
        // Jackson closes the JSON text only when the generator is closed, so the padding comes after it.
        while (out.size() % 8 != 0) {
            out.write(' ');
        }
        return out.toByteArray();
    }
}
