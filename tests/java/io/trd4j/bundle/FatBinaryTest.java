package io.trd4j.bundle;

import static io.trd4j.bundle.SmallElf.MACHINE_CODE;
import static io.trd4j.bundle.SmallElf.PTX;
import static io.trd4j.bundle.SmallElf.container;
import static io.trd4j.bundle.SmallElf.entry;
import static io.trd4j.bundle.SmallElf.join;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Needs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FatBinaryTest {
    private static final String GPU_CODE = ".nv_fatbin";
    private static final byte[] SM80 = entry(MACHINE_CODE, 80, 40);
    private static final byte[] SM86 = entry(MACHINE_CODE, 86, 16);
    private static final byte[] SM90 = entry(MACHINE_CODE, 90, 24);
    private static final byte[] PTX80 = entry(PTX, 80, 8);
    private static final byte[] PTX90 = entry(PTX, 90, 8);
    private static final byte[] OTHER_KIND = entry(16, 75, 8);
    private static final byte[] TEXT = "code of the processor".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder;

    private Path elf(byte[]... containers) throws IOException {
        Path file = folder.resolve("library.so");
        new SmallElf()
                .section(".text", TEXT)
                .section(GPU_CODE, join(containers))
                .section(".data", TEXT)
                .write(file);
        return file;
    }

    /** The GPU code after keeping, which everything else in the file must surround unchanged. */
    private byte[] kept(Set<Integer> architectures, byte[]... containers) throws IOException {
        Path file = elf(containers);
        byte[] before = Files.readAllBytes(file);
        FatBinary.keep(file, architectures);
        byte[] after = Files.readAllBytes(file);
        int length = join(containers).length;
        int begin = 64 + TEXT.length;
        assertEquals(before.length, after.length);
        assertArrayEquals(Arrays.copyOf(before, begin), Arrays.copyOf(after, begin));
        assertArrayEquals(
                Arrays.copyOfRange(before, begin + length, before.length),
                Arrays.copyOfRange(after, begin + length, after.length));
        return Arrays.copyOfRange(after, begin, begin + length);
    }

    /** A container of the wanted entries in the room of one that held others too. */
    private static byte[] inRoomOf(byte[] old, byte[]... entries) {
        return Arrays.copyOf(container(entries), old.length);
    }

    @Test
    void keepsOneArchitectureAndZeroesTheRest() throws IOException {
        byte[] first = container(SM80, SM90, PTX80);
        byte[] second = container(SM90, SM80);
        byte[] gap = new byte[48];
        assertArrayEquals(
                join(inRoomOf(first, SM90), gap, inRoomOf(second, SM90)), kept(Set.of(90), first, gap, second));
        FatBinary.Result result = FatBinary.keep(elf(first, gap, second), Set.of(90));
        assertEquals(
                new FatBinary.Result(
                        2, 2L * SM90.length, 2L * SM80.length + PTX80.length, new TreeSet<>(Set.of(80, 90))),
                result);
    }

    @Test
    void keepsWhatTheGpuWouldRun() throws IOException {
        byte[] all = container(SM80, SM86, SM90, PTX80, PTX90);
        assertArrayEquals(inRoomOf(all, SM86), kept(Set.of(86), all));
        // Of the same generation and older: 80 runs on 87 and 89, and 86 rather than 80 does.
        assertArrayEquals(inRoomOf(all, SM86), kept(Set.of(89), all));
        assertArrayEquals(inRoomOf(all, SM80), kept(Set.of(80), all));
        assertArrayEquals(inRoomOf(all, SM80, SM90), kept(Set.of(80, 90), all));
        // Of no generation that is there: the newest PTX that is not newer.
        assertArrayEquals(inRoomOf(all, PTX90), kept(Set.of(120), all));
        assertArrayEquals(inRoomOf(all, SM86, PTX90), kept(Set.of(89, 100), all));
    }

    @Test
    void twoObjectsOfOneArchitectureBothStay() throws IOException {
        byte[] special = entry(MACHINE_CODE, 90, 32);
        byte[] all = container(SM80, SM90, special);
        assertArrayEquals(inRoomOf(all, SM90, special), kept(Set.of(90), all));
    }

    @Test
    void whatIsNotUnderstoodStays() throws IOException {
        byte[] all = container(SM80, OTHER_KIND, SM90);
        assertArrayEquals(inRoomOf(all, OTHER_KIND, SM90), kept(Set.of(90), all));
    }

    @Test
    void noContainerBecomesEmpty() throws IOException {
        byte[] without = container(SM80, SM86);
        byte[] with = container(SM90, SM80);
        assertArrayEquals(join(inRoomOf(without, SM86), inRoomOf(with, SM90)), kept(Set.of(90), without, with));
        byte[] empty = container();
        assertArrayEquals(join(empty, inRoomOf(with, SM90)), kept(Set.of(90), empty, with));
    }

    @Test
    void keepingTwiceChangesNothingMore() throws IOException {
        Path file = elf(container(SM80, SM90), container(SM90));
        FatBinary.keep(file, Set.of(90));
        byte[] once = Files.readAllBytes(file);
        assertEquals(0, FatBinary.keep(file, Set.of(90)).droppedBytes());
        assertArrayEquals(once, Files.readAllBytes(file));
    }

    @Test
    void aFileWithoutGpuCodeIsLeftAsItIs() throws IOException {
        Path file = folder.resolve("plain.so");
        new SmallElf().section(".text", TEXT).write(file);
        byte[] before = Files.readAllBytes(file);
        assertEquals(new FatBinary.Result(0, 0, 0, new TreeSet<>()), FatBinary.keep(file, Set.of(90)));
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    private void refused(String why, Path file, int architecture) throws IOException {
        byte[] before = Files.readAllBytes(file);
        String message = assertThrows(
                        ElfFile.FormatException.class, () -> FatBinary.keep(file, Set.of(architecture)), why)
                .getMessage();
        assertTrue(
                message.contains(why) && message.startsWith(file.getFileName().toString()) && !message.contains("\n"),
                message);
        assertArrayEquals(before, Files.readAllBytes(file), "refused, but changed");
    }

    @Test
    void anArchitectureThatNothingRunsOnIsRefused() throws IOException {
        refused(
                "has no GPU code that runs on architecture 75; its machine code is for [80, 90]",
                elf(container(SM80, SM90)),
                75);
    }

    private static byte[] changed(byte[] bytes, int at, long value, int width) {
        ByteBuffer copy = ByteBuffer.wrap(bytes.clone()).order(ByteOrder.LITTLE_ENDIAN);
        switch (width) {
            case 2 -> copy.putShort(at, (short) value);
            case 4 -> copy.putInt(at, (int) value);
            default -> copy.putLong(at, value);
        }
        return copy.array();
    }

    @Test
    void damagedContainersAreRefused() throws IOException {
        byte[] good = container(SM80, SM90);
        int second = SmallElf.CONTAINER_HEADER + SM80.length;
        // A first container that is good: nothing of it may have changed when the second one is refused.
        for (byte[] bad : List.of(
                changed(good, 0, 0x12345678, 4),
                changed(good, 4, 2, 2),
                changed(good, 6, 8, 2),
                changed(good, 6, 0xFFFF, 2),
                changed(good, 8, good.length, 8),
                changed(good, 8, -1, 8),
                changed(good, 8, Long.MAX_VALUE, 8),
                changed(good, 8, SM80.length + 8L, 8),
                changed(good, second + 4, 0, 4),
                changed(good, second + 4, 0xFFFFFFFFL, 4),
                changed(good, second + 8, -1, 8),
                changed(good, second + 8, Long.MAX_VALUE, 8),
                changed(good, second + 8, 1000, 8),
                Arrays.copyOf(good, 12),
                join(good, new byte[] {1}))) {
            refused("damaged", elf(good, bad), 90);
        }
    }

    @Test
    void damagedFilesAreRefused() throws IOException {
        byte[] whole = Files.readAllBytes(elf(container(SM80, SM90)));
        Path file = folder.resolve("damaged.so");
        for (int length : new int[] {0, 3, 63}) {
            Files.write(file, Arrays.copyOf(whole, length));
            refused("is no 64-bit little-endian ELF file", file, 90);
        }
        for (byte[] bad : List.of(
                changed(whole, 4, 1, 2),
                changed(whole, 5, 2, 2),
                "#!/bin/sh\n".repeat(20).getBytes(StandardCharsets.US_ASCII))) {
            Files.write(file, bad);
            refused("is no 64-bit little-endian ELF file", file, 90);
        }
        int table = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getInt(0x28);
        for (byte[] bad : List.of(
                changed(whole, 0x28, whole.length, 8),
                changed(whole, 0x28, -64, 8),
                changed(whole, 0x28, Long.MAX_VALUE, 8),
                changed(whole, 0x3A, 56, 2),
                changed(whole, 0x3C, 0xFFFF, 2),
                changed(whole, 0x3E, 0xFFF0, 2),
                changed(whole, table + 2 * 64 + 24, whole.length + 1, 8),
                changed(whole, table + 2 * 64 + 32, Long.MAX_VALUE, 8),
                changed(whole, table + 2 * 64 + 32, -1, 8),
                changed(whole, table + 2 * 64, 0xFFFFFFF0L, 4),
                // The section of GPU code twice.
                changed(
                        changed(
                                changed(whole, table + 3 * 64, 1 + ".text".length() + 1, 4),
                                table + 3 * 64 + 24,
                                64L + TEXT.length,
                                8),
                        table + 3 * 64 + 32,
                        container(SM80, SM90).length,
                        8))) {
            Files.write(file, bad);
            refused("damaged", file, 90);
        }
    }

    /** What this machine's nvcc makes is what is understood here, and its own tools still read it. */
    @Test
    void understandsWhatNvccMakes() throws Exception {
        Needs.that(Tool.find("nvcc").isPresent(), "nvcc");
        Path source = Files.writeString(folder.resolve("kernel.cu"), """
                __global__ void twice(float* x) { x[threadIdx.x] *= 2; }
                extern "C" void run(float* x) { twice<<<1, 32>>>(x); }
                """);
        Path library = folder.resolve("kernel.so");
        Process nvcc = new ProcessBuilder(
                        "nvcc",
                        "-shared",
                        "-Xcompiler",
                        "-fPIC",
                        "-cudart",
                        "none",
                        "-gencode",
                        "arch=compute_80,code=sm_80",
                        "-gencode",
                        "arch=compute_90,code=[sm_90,compute_90]",
                        "-o",
                        library.toString(),
                        source.toString())
                .redirectErrorStream(true)
                .start();
        String printed = new String(nvcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(nvcc.waitFor(5, TimeUnit.MINUTES) && nvcc.exitValue() == 0, printed);
        long size = Files.size(library);
        FatBinary.Result result = FatBinary.keep(library, Set.of(90));
        assertEquals(Set.of(80, 90), result.found());
        assertTrue(result.containers() >= 1 && result.keptBytes() > 0 && result.droppedBytes() > 0, result.toString());
        assertEquals(size, Files.size(library));
        FatBinary.Result again = FatBinary.keep(library, Set.of(90));
        assertEquals(Set.of(90), again.found());
        assertEquals(result.keptBytes(), again.keptBytes());
        assertFalse(ElfFile.map(library, false).needed().isEmpty());
    }
}
