package io.trd4j.bundle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes ELF files of named sections, as small as they can be, and containers of GPU code. */
final class SmallElf {
    static final int PTX = 1;
    static final int MACHINE_CODE = 2;
    static final int CONTAINER_HEADER = 16;
    static final int ENTRY_HEADER = 64;

    private record Section(String name, byte[] content) {}

    private final List<Section> sections = new ArrayList<>();

    SmallElf section(String name, byte[] content) {
        sections.add(new Section(name, content));
        return this;
    }

    /** Header, contents, names, then the table; section 0 is the empty one that every ELF file has. */
    void write(Path file) throws IOException {
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        names.write(0);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        ByteBuffer table = little(64 * (sections.size() + 2));
        for (int i = 0; i < sections.size(); i++) {
            header(table, i + 1, names.size(), 64 + body.size(), sections.get(i).content.length);
            names.writeBytes((sections.get(i).name + "\0").getBytes(StandardCharsets.ISO_8859_1));
            body.writeBytes(sections.get(i).content);
        }
        int last = sections.size() + 1;
        header(table, last, names.size(), 64 + body.size(), names.size() + ".names".length() + 1);
        names.writeBytes(".names\0".getBytes(StandardCharsets.ISO_8859_1));
        body.writeBytes(names.toByteArray());
        ByteBuffer elf = little(64 + body.size() + table.capacity());
        elf.putInt(0, 0x464C457F)
                .put(4, (byte) 2)
                .put(5, (byte) 1)
                .putLong(0x28, 64L + body.size())
                .putShort(0x3A, (short) 64)
                .putShort(0x3C, (short) (last + 1))
                .putShort(0x3E, (short) last);
        elf.put(64, body.toByteArray()).put(64 + body.size(), table.array());
        Files.write(file, elf.array());
    }

    private static void header(ByteBuffer table, int index, int name, long offset, long size) {
        table.putInt(64 * index, name)
                .putInt(64 * index + 4, 1)
                .putLong(64 * index + 24, offset)
                .putLong(64 * index + 32, size);
    }

    static byte[] entry(int kind, int architecture, int payload) {
        ByteBuffer entry = little(ENTRY_HEADER + payload);
        entry.putShort(0, (short) kind)
                .putInt(4, ENTRY_HEADER)
                .putLong(8, payload)
                .putInt(28, architecture);
        for (int i = ENTRY_HEADER; i < entry.capacity(); i++) {
            entry.put(i, (byte) (architecture + i));
        }
        return entry.array();
    }

    /** A container of these entries, and zeros after it up to the next multiple of 16. */
    static byte[] container(byte[]... entries) {
        byte[] joined = join(entries);
        ByteBuffer container = little((CONTAINER_HEADER + joined.length + 15) / 16 * 16);
        container
                .putInt(0, 0xBA55ED50)
                .putShort(4, (short) 1)
                .putShort(6, (short) CONTAINER_HEADER)
                .putLong(8, joined.length);
        return container.put(CONTAINER_HEADER, joined).array();
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
