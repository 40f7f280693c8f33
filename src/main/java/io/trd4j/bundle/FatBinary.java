package io.trd4j.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Removes the GPU machine code of unwanted architectures from a shared library. nvcc puts it into the ELF sections
 * {@code .nv_fatbin} and {@code __nv_relfatbin} as containers of entries:
 *
 * <pre>
 * container: u32 0xBA55ED50, u16 version 1, u16 header bytes, u64 bytes that follow the header
 * entry:     u16 kind (1 PTX, 2 machine code), u16, u32 header bytes, u64 padded payload bytes, …,
 *            at 28 u32 architecture
 * </pre>
 *
 * The kept entries move to the front of their container, its size shrinks and the rest becomes zeros: the file keeps
 * its length, and every address in it stays right. Zeros compress away.
 *
 * <p>Kept per container and wanted architecture: the machine code that the GPU would run, that is the newest of the
 * same generation that is not newer than it; where there is none, the newest PTX that it could compile. Entries of
 * another kind stay. A container of which nothing would stay keeps its smallest entry: an empty one is no valid module.
 */
final class FatBinary {
    private static final Set<String> SECTIONS = Set.of(".nv_fatbin", "__nv_relfatbin");
    private static final int MAGIC = 0xBA55ED50;
    private static final int CONTAINER_HEADER = 16;
    /** Up to the end of the architecture. */
    private static final int ENTRY_HEADER = 32;

    private static final int PTX = 1;
    private static final int MACHINE_CODE = 2;

    /** Outcome: bytes of entries, headers included, and the architectures of all machine code that was there. */
    record Result(int containers, long keptBytes, long droppedBytes, SortedSet<Integer> found) {}

    private record Entry(int kind, int architecture, int offset, int size) {}

    private record Container(int offset, int headerSize, int size, List<Entry> entries) {
        int end() {
            return offset + headerSize + size;
        }
    }

    private final ElfFile elf;
    private final ByteBuffer file;

    private FatBinary(ElfFile elf) {
        this.elf = elf;
        this.file = elf.bytes;
    }

    /**
     * Keeps what GPUs of these architectures run (90 means compute capability 9.0), in place.
     *
     * @throws IOException when the file is no 64-bit little-endian ELF file, is damaged, holds containers of another
     *     layout, or has nothing for one of the architectures; it is then unchanged
     */
    static Result keep(Path elf, Set<Integer> architectures) throws IOException {
        return new FatBinary(ElfFile.map(elf, true)).keep(architectures);
    }

    /** Everything is read and decided before the first byte changes. */
    private Result keep(Set<Integer> wanted) throws ElfFile.FormatException {
        List<Container> containers = new ArrayList<>();
        for (ElfFile.Section section : elf.sections) {
            if (SECTIONS.contains(section.name())) {
                readContainers(section, containers);
            }
        }
        containers.sort(Comparator.comparingInt(Container::offset));
        for (int i = 1; i < containers.size(); i++) {
            if (containers.get(i).offset < containers.get(i - 1).end()) {
                throw elf.damaged("two containers of GPU code overlap");
            }
        }
        SortedSet<Integer> found = new TreeSet<>();
        Set<Integer> served = new HashSet<>();
        List<List<Entry>> kept = new ArrayList<>();
        for (Container container : containers) {
            container.entries.stream().filter(e -> e.kind == MACHINE_CODE).forEach(e -> found.add(e.architecture));
            kept.add(chosen(container, wanted, served));
        }
        for (int architecture : wanted) {
            if (!containers.isEmpty() && !served.contains(architecture)) {
                throw new ElfFile.FormatException(elf.name + " has no GPU code that runs on architecture "
                        + architecture + "; its machine code is for " + found);
            }
        }
        long keptBytes = 0;
        long allBytes = 0;
        for (int i = 0; i < containers.size(); i++) {
            allBytes += containers.get(i).size;
            keptBytes += compact(containers.get(i), kept.get(i));
        }
        return new Result(containers.size(), keptBytes, allBytes - keptBytes, found);
    }

    private static List<Entry> chosen(Container container, Set<Integer> wanted, Set<Integer> served) {
        Set<Entry> chosen = new HashSet<>();
        for (int architecture : wanted) {
            int kind = MACHINE_CODE;
            OptionalInt best = newest(container, kind, architecture / 10 * 10, architecture);
            if (best.isEmpty()) {
                kind = PTX;
                best = newest(container, kind, 0, architecture);
            }
            if (best.isPresent()) {
                served.add(architecture);
                // Several may be for one architecture: with and without its own, not portable instructions.
                for (Entry e : container.entries) {
                    if (e.kind == kind && e.architecture == best.getAsInt()) {
                        chosen.add(e);
                    }
                }
            }
        }
        container.entries.stream()
                .filter(e -> e.kind != PTX && e.kind != MACHINE_CODE)
                .forEach(chosen::add);
        if (chosen.isEmpty()) {
            container.entries.stream().min(Comparator.comparingInt(Entry::size)).ifPresent(chosen::add);
        }
        return container.entries.stream().filter(chosen::contains).toList();
    }

    private static OptionalInt newest(Container container, int kind, int from, int to) {
        return container.entries.stream()
                .filter(e -> e.kind == kind && e.architecture >= from && e.architecture <= to)
                .mapToInt(Entry::architecture)
                .max();
    }

    /** Returns the bytes of the kept entries. */
    private long compact(Container container, List<Entry> kept) {
        int to = container.offset + container.headerSize;
        int end = container.end();
        for (Entry e : kept) {
            // Entries only move towards the front, in their order: none is overwritten before it was copied.
            byte[] bytes = new byte[e.size];
            file.get(e.offset, bytes);
            file.put(to, bytes);
            to += e.size;
        }
        long bytes = to - container.offset - container.headerSize;
        file.putLong(container.offset + 8, bytes);
        byte[] zeros = new byte[1 << 16];
        while (to < end) {
            int count = Math.min(zeros.length, end - to);
            file.put(to, zeros, 0, count);
            to += count;
        }
        return bytes;
    }

    private void readContainers(ElfFile.Section section, List<Container> into) throws ElfFile.FormatException {
        int at = section.offset();
        int end = section.end();
        while (at < end) {
            if (file.get(at) == 0) {
                // Between containers there is nothing but alignment.
                at++;
                continue;
            }
            if (end - at < CONTAINER_HEADER || file.getInt(at) != MAGIC || file.getShort(at + 4) != 1) {
                throw elf.damaged("no container of GPU code begins at " + at + " in " + section.name());
            }
            int headerSize = file.getShort(at + 6) & 0xFFFF;
            long size = file.getLong(at + 8);
            if (headerSize < CONTAINER_HEADER || headerSize > end - at || size < 0 || size > end - at - headerSize) {
                throw elf.damaged("the container of GPU code at " + at + " is larger than its section");
            }
            into.add(new Container(at, headerSize, (int) size, entries(at + headerSize, at + headerSize + (int) size)));
            at += headerSize + (int) size;
        }
    }

    private List<Entry> entries(int from, int end) throws ElfFile.FormatException {
        List<Entry> entries = new ArrayList<>();
        for (int at = from; at < end; ) {
            if (end - at < ENTRY_HEADER) {
                throw elf.damaged("the entry of GPU code at " + at + " is cut off");
            }
            long headerSize = file.getInt(at + 4) & 0xFFFFFFFFL;
            long payload = file.getLong(at + 8);
            if (headerSize < ENTRY_HEADER || headerSize > end - at || payload < 0 || payload > end - at - headerSize) {
                throw elf.damaged("the entry of GPU code at " + at + " is larger than its container");
            }
            int size = (int) (headerSize + payload);
            entries.add(new Entry(file.getShort(at) & 0xFFFF, file.getInt(at + 28), at, size));
            at += size;
        }
        return entries;
    }
}
