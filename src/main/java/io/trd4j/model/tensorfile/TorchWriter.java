package io.trd4j.model.tensorfile;

import io.trd4j.io.AtomicFile;
import io.trd4j.io.OptionalLibrary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.razorvine.pickle.Opcodes;

/**
 * Writes checkpoints that {@code torch.load} reads, {@code weights_only=True} included: the zip format with
 * OrderedDicts of dense tensors, each on a storage of its own, stored uncompressed and aligned to 64 bytes.
 */
public final class TorchWriter {
    private static final String FOLDER = "archive/";
    private static final int ALIGNMENT = 64;
    /** Header id of PyTorch's padding in a zip entry's extra field: "FB", little-endian. */
    private static final short PADDING_ID = 0x4246;

    private static final int LOCAL_HEADER_BYTES = 30;
    // Fixed, so that equal content gives equal bytes; after 1980, else the zip stream adds a field for it.
    private static final LocalDateTime TIME = LocalDateTime.of(2000, 1, 1, 0, 0);

    private static final Map<TensorType, String> STORAGES = Map.of(
            TensorType.F32,
            "FloatStorage",
            TensorType.F64,
            "DoubleStorage",
            TensorType.F16,
            "HalfStorage",
            TensorType.BF16,
            "BFloat16Storage",
            TensorType.I64,
            "LongStorage",
            TensorType.I32,
            "IntStorage",
            TensorType.I16,
            "ShortStorage",
            TensorType.I8,
            "CharStorage",
            TensorType.U8,
            "ByteStorage",
            TensorType.BOOL,
            "BoolStorage");

    private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    private final List<SafetensorsWriter.Source> storages = new ArrayList<>();

    private TorchWriter() {}

    /**
     * Creates or replaces {@code target} with a dict, in the map's order.
     *
     * @param dict values are {@link SafetensorsWriter.Source} (its own name is not used) or further such maps; a source
     *     is asked for its bytes when its turn comes, so that only one tensor need be in memory
     * @throws IllegalArgumentException for any other value
     * @throws IOException when the file cannot be written; the target is then unchanged
     */
    public static void write(Path target, Map<String, ?> dict) throws IOException {
        OptionalLibrary.PICKLE.require();
        TorchWriter writer = new TorchWriter();
        writer.opcode(Opcodes.PROTO);
        writer.pickle.write(2);
        writer.dict(dict);
        writer.opcode(Opcodes.STOP);
        AtomicFile.write(target, writer::archive);
    }

    private void archive(FileChannel channel) throws IOException {
        // The zip stream closes what it writes to, the channel belongs to AtomicFile.
        OutputStream open = new OutputStream() {
            private final OutputStream file = Channels.newOutputStream(channel);

            @Override
            public void write(int b) throws IOException {
                file.write(b);
            }

            @Override
            public void write(byte[] b, int offset, int length) throws IOException {
                file.write(b, offset, length);
            }
        };
        try (ZipOutputStream zip = new ZipOutputStream(open)) {
            entry(zip, channel, "data.pkl", ByteBuffer.wrap(pickle.toByteArray()));
            entry(zip, channel, "byteorder", ByteBuffer.wrap("little".getBytes(StandardCharsets.US_ASCII)));
            for (int i = 0; i < storages.size(); i++) {
                entry(zip, channel, "data/" + i, storages.get(i).bytes());
            }
            entry(zip, channel, "version", ByteBuffer.wrap("3\n".getBytes(StandardCharsets.US_ASCII)));
        }
    }

    private static void entry(ZipOutputStream zip, FileChannel channel, String name, ByteBuffer content)
            throws IOException {
        ZipEntry entry = new ZipEntry(FOLDER + name);
        CRC32 crc = new CRC32();
        crc.update(content.duplicate());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.remaining());
        entry.setCompressedSize(content.remaining());
        entry.setCrc(crc.getValue());
        entry.setTimeLocal(TIME);
        zip.flush();
        long dataStart =
                channel.position() + LOCAL_HEADER_BYTES + entry.getName().length() + 4;
        int padding = (int) Math.floorMod(-dataStart, (long) ALIGNMENT);
        entry.setExtra(ByteBuffer.allocate(4 + padding)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(PADDING_ID)
                .putShort((short) padding)
                .array());
        zip.putNextEntry(entry);
        WritableByteChannel out = Channels.newChannel(zip);
        while (content.hasRemaining()) {
            out.write(content);
        }
        zip.closeEntry();
    }

    private void dict(Map<String, ?> dict) {
        global("collections", "OrderedDict");
        opcode(Opcodes.EMPTY_TUPLE);
        opcode(Opcodes.REDUCE);
        opcode(Opcodes.MARK);
        dict.forEach((key, value) -> {
            string(key);
            if (value instanceof SafetensorsWriter.Source source) {
                tensor(source);
            } else if (value instanceof Map<?, ?> nested) {
                @SuppressWarnings("unchecked") // its keys and values are checked on the way down
                Map<String, ?> inner = (Map<String, ?>) nested;
                dict(inner);
            } else {
                throw new IllegalArgumentException(key + " is neither a tensor nor a dict");
            }
        });
        opcode(Opcodes.SETITEMS);
    }

    /** _rebuild_tensor_v2(storage, offset 0, shape, row-major strides, requires_grad False, no hooks) */
    private void tensor(SafetensorsWriter.Source source) {
        TensorInfo info = source.info();
        global("torch._utils", "_rebuild_tensor_v2");
        opcode(Opcodes.MARK);
        opcode(Opcodes.MARK);
        string("storage");
        global("torch", STORAGES.get(info.type()));
        string(Integer.toString(storages.size()));
        string("cpu");
        integer(info.elements());
        opcode(Opcodes.TUPLE);
        opcode(Opcodes.BINPERSID);
        storages.add(source);
        integer(0);
        long[] strides = new long[info.shape().size()];
        long stride = 1;
        for (int d = strides.length - 1; d >= 0; d--) {
            strides[d] = stride;
            stride *= Math.max(1, info.shape().get(d));
        }
        integers(info.shape().stream().mapToLong(Long::longValue).toArray());
        integers(strides);
        opcode(Opcodes.NEWFALSE);
        global("collections", "OrderedDict");
        opcode(Opcodes.EMPTY_TUPLE);
        opcode(Opcodes.REDUCE);
        opcode(Opcodes.TUPLE);
        opcode(Opcodes.REDUCE);
    }

    private void opcode(short opcode) {
        pickle.write(opcode);
    }

    private void global(String module, String name) {
        opcode(Opcodes.GLOBAL);
        pickle.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private void string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        opcode(Opcodes.BINUNICODE);
        little(4, bytes.length);
        pickle.writeBytes(bytes);
    }

    private void integer(long value) {
        if (value == (int) value) {
            opcode(Opcodes.BININT);
            little(4, value);
        } else {
            opcode(Opcodes.LONG1);
            pickle.write(8);
            little(8, value);
        }
    }

    private void integers(long[] values) {
        opcode(Opcodes.MARK);
        for (long value : values) {
            integer(value);
        }
        opcode(Opcodes.TUPLE);
    }

    private void little(int bytes, long value) {
        pickle.write(
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(value)
                        .array(),
                0,
                bytes);
    }
}
