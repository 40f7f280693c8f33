package io.trd4j.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The little of a 64-bit little-endian ELF file that packing needs: its sections, and which libraries it asks for. */
final class ElfFile {
    private static final int ELF_HEADER = 64;
    private static final int SECTION_HEADER = 64;
    private static final int NO_BITS = 8;
    private static final int DYNAMIC_ENTRY = 16;
    private static final int NEEDED = 1;

    /** The file is not what is understood here; it was not changed. The message is one line. */
    static final class FormatException extends IOException {
        private static final long serialVersionUID = 1;

        FormatException(String message) {
            super(message);
        }
    }

    /** A section with content in the file. */
    record Section(String name, int offset, int size) {
        int end() {
            return offset + size;
        }
    }

    final String name;
    /** The whole file, little-endian. */
    final ByteBuffer bytes;

    final List<Section> sections;

    private ElfFile(String name, ByteBuffer bytes) throws FormatException {
        this.name = name;
        this.bytes = bytes;
        sections = readSections();
    }

    /** The file, mapped to read or, for a FatBinary, to change it. */
    static ElfFile map(Path path, boolean writable) throws IOException {
        String name = path.getFileName().toString();
        try (FileChannel channel = writable
                ? FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)
                : FileChannel.open(path)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new FormatException(name + " is larger than 2 GiB");
            }
            FileChannel.MapMode mode = writable ? FileChannel.MapMode.READ_WRITE : FileChannel.MapMode.READ_ONLY;
            return new ElfFile(name, channel.map(mode, 0, channel.size()).order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    Optional<Section> section(String wanted) {
        return sections.stream().filter(s -> s.name.equals(wanted)).findFirst();
    }

    /** The libraries that the loader will load with it. */
    List<String> needed() throws FormatException {
        List<String> needed = new ArrayList<>();
        Optional<Section> dynamic = section(".dynamic");
        Optional<Section> strings = section(".dynstr");
        if (dynamic.isPresent() && strings.isPresent()) {
            for (int at = dynamic.get().offset; dynamic.get().end() - at >= DYNAMIC_ENTRY; at += DYNAMIC_ENTRY) {
                if (bytes.getLong(at) == NEEDED) {
                    needed.add(text(strings.get(), bytes.getLong(at + 8)));
                }
            }
        }
        return needed;
    }

    /**
     * The newest version of a system library's interface that it asks for.
     *
     * @param prefix of the versions' names, such as {@code GLIBC_}
     * @return the largest number of the form 2.34 or 3.4.30 after the prefix, or null when there is none
     */
    String newestVersion(String prefix) throws FormatException {
        String newest = null;
        Optional<Section> strings = section(".dynstr");
        if (strings.isPresent()) {
            for (int at = 0; at < strings.get().size; ) {
                String text = text(strings.get(), at);
                at += text.length() + 1;
                if (text.startsWith(prefix) && text.substring(prefix.length()).matches("\\d{1,6}(\\.\\d{1,6})*")) {
                    newest = newer(newest, text.substring(prefix.length()));
                }
            }
        }
        return newest;
    }

    /** The newer one of two versions; either may be null. */
    static String newer(String a, String b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return Arrays.compare(numbers(a), numbers(b)) < 0 ? b : a;
    }

    private static int[] numbers(String version) {
        return Arrays.stream(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
    }

    private List<Section> readSections() throws FormatException {
        if (bytes.capacity() < ELF_HEADER || bytes.getInt(0) != 0x464C457F || bytes.get(4) != 2 || bytes.get(5) != 1) {
            throw new FormatException(name + " is no 64-bit little-endian ELF file");
        }
        long table = bytes.getLong(0x28);
        int entrySize = bytes.getShort(0x3A) & 0xFFFF;
        int count = bytes.getShort(0x3C) & 0xFFFF;
        int names = bytes.getShort(0x3E) & 0xFFFF;
        if (entrySize != SECTION_HEADER || names >= count || !inFile(table, (long) count * SECTION_HEADER)) {
            throw damaged("its table of sections does not fit");
        }
        Section nameTable = section("names of sections", (int) table + names * SECTION_HEADER);
        List<Section> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int header = (int) table + i * SECTION_HEADER;
            if (bytes.getInt(header + 4) != NO_BITS) {
                found.add(section(text(nameTable, bytes.getInt(header) & 0xFFFFFFFFL), header));
            }
        }
        return List.copyOf(found);
    }

    private Section section(String sectionName, int header) throws FormatException {
        long offset = bytes.getLong(header + 24);
        long size = bytes.getLong(header + 32);
        if (!inFile(offset, size)) {
            throw damaged("a section lies outside of the file");
        }
        return new Section(sectionName, (int) offset, (int) size);
    }

    private boolean inFile(long offset, long size) {
        return offset >= 0 && size >= 0 && offset <= bytes.capacity() && size <= bytes.capacity() - offset;
    }

    private String text(Section table, long at) throws FormatException {
        long end = at;
        while (at >= 0 && end < table.size && bytes.get((int) (table.offset + end)) != 0) {
            end++;
        }
        if (at < 0 || end >= table.size) {
            throw damaged("a name has no end");
        }
        byte[] text = new byte[(int) (end - at)];
        bytes.get((int) (table.offset + at), text);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    FormatException damaged(String what) {
        return new FormatException(
                name + ": " + what + "; it is damaged, or of a layout that this version does not know");
    }
}
