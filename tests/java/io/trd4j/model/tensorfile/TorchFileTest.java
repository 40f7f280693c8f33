package io.trd4j.model.tensorfile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.io.InputException;
import io.trd4j.model.StateDict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchFileTest {
    private static final Path TORCH = SafetensorsTest.FIXTURES.resolve("torch");

    @TempDir
    private Path folder;

    private static byte[] bytes(Object tensor) {
        ByteBuffer buffer = ((TorchTensor) tensor).data().get();
        byte[] out = new byte[buffer.remaining()];
        buffer.get(out);
        return out;
    }

    /** transposed, sliced, expanded, shared, half, bfloat16, ... tensors as PyTorch wrote them. */
    @ParameterizedTest
    @ValueSource(strings = {"zip.pth", "legacy.pth", "deflated.pth"})
    void readsWhatPyTorchWrote(String name) throws IOException {
        try (TorchFile file = TorchFile.open(TORCH.resolve(name));
                Safetensors expected = Safetensors.open(TORCH.resolve("expected.safetensors"))) {
            assertEquals(
                    List.of("net", "odd", "epoch", "lr", "name", "done", "none", "sizes", "steps"),
                    List.copyOf(file.root().keySet()));
            int tensors = 0;
            for (String top : List.of("net", "odd")) {
                for (Map.Entry<String, Object> e :
                        StateDict.asDict(file.root().get(top)).entrySet()) {
                    String path = top + "/" + e.getKey();
                    TorchTensor tensor = (TorchTensor) e.getValue();
                    assertEquals(expected.info(path), new TensorInfo(path, tensor.type(), tensor.shape()));
                    assertArrayEquals(expected.bytes(path), bytes(tensor), path);
                    assertArrayEquals(expected.bytes(path), bytes(tensor), path + " again");
                    tensors++;
                }
            }
            assertEquals(expected.tensors().size(), tensors);
            assertEquals(
                    List.of(
                            "0.weight",
                            "1.weight",
                            "1.bias",
                            "1.running_mean",
                            "1.running_var",
                            "1.num_batches_tracked"),
                    List.copyOf(StateDict.asDict(file.root().get("net")).keySet()));
            assertEquals(7, file.root().get("epoch"));
            assertEquals(0.005, file.root().get("lr"));
            assertEquals("bagel", file.root().get("name"));
            assertEquals(true, file.root().get("done"));
            assertEquals(Map.of("0", 1, "1", 1L << 40), file.root().get("steps"));
            assertArrayEquals(
                    new Object[] {1, 2}, (Object[]) ((List<?>) file.root().get("sizes")).get(0));
        }
    }

    @Test
    void readsPartsOfStoragesOfOldVersions() throws IOException {
        try (TorchFile file = TorchFile.open(TORCH.resolve("old-view.pth"))) {
            TorchTensor part = (TorchTensor) file.root().get("part");
            assertArrayEquals(
                    new float[] {13, 14, 15},
                    TensorElements.floats(part.type(), part.data().get()));
        }
    }

    @Test
    void nothingIsExecuted() {
        assertEquals(
                TORCH.resolve("os-system.pth") + " contains posix.system, which runs code and has no place in a "
                        + "checkpoint; nothing of it was executed, do not trust this file",
                refusal(TORCH.resolve("os-system.pth")));
        assertTrue(refusal(TORCH.resolve("eval-legacy.pth")).contains("__builtin__.eval"));
        assertTrue(refusal(TORCH.resolve("module.pth")).contains("torch.nn.modules.linear.Linear"));
    }

    /** Pickles written by hand: classes the pickle library would construct, and opcodes that reach around GLOBAL. */
    @Test
    void objectsInPlaceOfTensorsAreRefused() throws IOException {
        Map<String, String> pickles = new LinkedHashMap<>();
        pickles.put("c__builtin__\nbytearray\n(tR.", "__builtin__.bytearray");
        pickles.put("cdecimal\nDecimal\n(U\u00011tR.", "decimal.Decimal");
        pickles.put("cdatetime\ndatetime\n(tR.", "datetime.datetime");
        pickles.put("cbuiltins\nValueError\n(tR.", "builtins.ValueError");
        pickles.put("cexceptions\nException\n(tR.", "exceptions.Exception");
        pickles.put("cnumpy.core.multiarray\nscalar\n(tR.", "numpy.core.multiarray.scalar");
        pickles.put("coperator\nattrgetter\n(tR.", "operator.attrgetter");
        pickles.put("\u008c\u0002os\u008c\u0006system\u0093(tR.", "os.system"); // STACK_GLOBAL
        pickles.put("\u008c\u0005torch\u008c\u000c_load_global\u0093.", "does not hold a dict");
        pickles.put("(U\u0002idios\nsystem\n.", "opcode 105"); // INST
        pickles.put("(ccollections\nOrderedDict\no.", "opcode 111"); // OBJ
        pickles.put("cargparse\nNamespace\n)\u0081.", "argparse.Namespace"); // NEWOBJ
        pickles.put("cargparse\nNamespace\n)}\u0092.", "argparse.Namespace"); // NEWOBJ_EX
        pickles.put("\u0082\u0001.", "opcode 130"); // EXT1
        pickles.put("P1\n.", "opcode 80"); // PERSID
        pickles.put("\u0097.", "opcode 151"); // NEXT_BUFFER
        pickles.put("\u008f.", "a set"); // EMPTY_SET
        pickles.put("ctorch\nFloatStorage\n(tR.", "it calls torch.FloatStorage");
        pickles.put("U\u0001a(tR.", "makes no sense");
        pickles.put("}]b.", "dict"); // BUILD on a dict leaves the dict: accepted below
        pickles.put("](lU\u0001ab.", "opcode 108"); // LIST
        pickles.put("]}b.", "makes no sense"); // BUILD on a list
        pickles.put("}]K\u0001s.", "keys are lists");
        pickles.put("T\u00ff\u00ff\u00ff\u007fa.", "cut"); // a string of 2 GiB
        pickles.put("X\u00ff\u00ff\u00ff\u00ffa.", "cut"); // a negative length
        pickles.put("\u008e\u0000\u0000\u0000\u0000\u0001\u0000\u0000\u0000a.", "cut"); // 4 GiB of bytes
        pickles.put("\u008b\u00ff\u00ff\u00ff\u007f.", "cut"); // a number of 2 GiB
        pickles.put(".", "makes no sense");
        pickles.put("0.", "makes no sense");
        pickles.put("}", "makes no sense");
        pickles.put("h\u0005.", "makes no sense");
        pickles.put("\u0080\u0063.", "makes no sense"); // protocol 99
        pickles.put("K\u0001.", "does not hold a dict");
        String typed = "ctorch._tensor\n_rebuild_from_type_v2\n";
        pickles.put(typed + "(" + typed + "K\u0001)}tR.", "by itself");
        pickles.put("]\u008c\u0001a\u0093.", "makes no sense"); // STACK_GLOBAL of a list
        pickles.put("c" + "m".repeat(600) + "\na\n.", "a name of 600 characters");
        pickles.put("}X\u0058\u0002\u0000\u0000" + "k".repeat(600) + "K\u0001s.", "a name of 600 characters");
        pickles.put("}".repeat(2_000_001) + ".", "more than 2000000 steps");
        Path file = folder.resolve("hostile.pth");
        for (Map.Entry<String, String> e : pickles.entrySet()) {
            Files.write(file, zip(Map.of("archive/data.pkl", e.getKey().getBytes(StandardCharsets.ISO_8859_1))));
            if (e.getValue().equals("dict")) {
                TorchFile.open(file).close();
                continue;
            }
            String message = refusal(file);
            assertTrue(
                    message.contains(e.getValue()) && message.startsWith(file.toString()) && !message.contains("\n"),
                    e.getKey().substring(0, Math.min(40, e.getKey().length())) + " -> " + message);
        }
    }

    /**
     * As timm, Lightning and argparse leave them beside weights: by REDUCE, NEWOBJ and BUILD, in dicts and in lists.
     */
    @Test
    void objectsBesideTensorsAreReadPast() throws IOException {
        String weights = tensor("ByteStorage", "K\u0000", "K\u0004\u0085", "K\u0001\u0085");
        String open = weights.substring(0, weights.length() - 1);
        Map<String, String> objects = new LinkedHashMap<>();
        objects.put("argparse.Namespace", "cargparse\nNamespace\n)\u0081}U\u0002lrK\u0001sb");
        objects.put(
                "numpy.core.multiarray.scalar",
                "cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(U\u0002f8tRU\u0001atR");
        objects.put("pathlib.PosixPath", "cpathlib\nPosixPath\n(U\u0001/U\u0003tmptR");
        objects.put("omegaconf.DictConfig", "comegaconf\nDictConfig\n)\u0081(U\u0001aK\u0001u");
        objects.put("collections.deque", "ccollections\ndeque\n)R(K\u0001K\u0002e");
        objects.put(
                "torch.QInt8Storage",
                tensor("QInt8Storage", "K\u0000", "K\u0004\u0085", "K\u0001\u0085")
                        .replace("}U\u0001t", "")
                        .replace("s.", ""));
        objects.put("set", "\u008f(K\u0001\u0090");
        Path file = folder.resolve("beside.pth");
        byte[] data = {1, 2, 3, 4};
        for (Map.Entry<String, String> e : objects.entrySet()) {
            String pickle = open + "U\u0004args" + e.getValue() + "sU\u0004list](" + e.getValue() + "es.";
            Files.write(
                    file, zip(Map.of("a/data.pkl", pickle.getBytes(StandardCharsets.ISO_8859_1), "a/data/0", data)));
            try (TorchFile read = TorchFile.open(file)) {
                assertArrayEquals(data, bytes(read.root().get("t")), e.getKey());
                assertEquals(List.of("t", "list"), List.copyOf(read.root().keySet()));
                assertTrue(read.skipped().contains(e.getKey()), read.skipped() + " lacks " + e.getKey());
            }
        }
    }

    /** One number, list or shape that is copied over and over takes no time: seconds without the limits. */
    @Test
    void copiesAreCounted() throws IOException {
        Map<String, String> pickles = new LinkedHashMap<>();
        pickles.put("}\u008b\u0000\u0000\u0010\u0000" + "\u007f".repeat(1 << 20) + "K\u0001s.", "1048576 bytes");
        String pairs = "](" + "K\u0000K\u0001\u0086".repeat(1000) + "e";
        pickles.put(
                "ccollections\nOrderedDict\nq\u00000" + pairs + "q\u00010" + "h\u0000h\u0001\u0085R0".repeat(3000)
                        + "}.",
                "more than 2000000 steps");
        pickles.put(
                tensor("ByteStorage", "K\u0000", "(" + "K\u0001".repeat(65) + "t", "K\u0001\u0085"), "65 dimensions");
        Path file = folder.resolve("copies.pth");
        for (Map.Entry<String, String> e : pickles.entrySet()) {
            Files.write(
                    file,
                    zip(Map.of(
                            "a/data.pkl", e.getKey().getBytes(StandardCharsets.ISO_8859_1), "a/data/0", new byte[4])));
            String message = refusal(file);
            assertTrue(message.contains(e.getValue()), message);
        }
    }

    private static String tensor(String storage, String offset, String shape, String strides) {
        return "}U\u0001tctorch._utils\n_rebuild_tensor_v2\n((U\u0007storagectorch\n" + storage
                + "\nU\u00010U\u0003cpuK\u0004tQ" + offset + shape + strides + "\u0089}tRs.";
    }

    @Test
    void tensorsStayWithinTheirStorages() throws IOException {
        byte[] data = {1, 2, 3, 4};
        Map<String, String> pickles = new LinkedHashMap<>();
        pickles.put(tensor("ByteStorage", "K\u0000", "K\u0004\u0085", "K\u0001\u0085"), "");
        pickles.put(tensor("ByteStorage", "K\u0001", "K\u0004\u0085", "K\u0001\u0085"), "does not fit");
        pickles.put(tensor("ByteStorage", "K\u0000", "K\u0005\u0085", "K\u0001\u0085"), "does not fit");
        pickles.put(tensor("ByteStorage", "K\u0000", "K\u0003\u0085", "K\u0002\u0085"), "does not fit");
        pickles.put(
                tensor("ByteStorage", "J\u00ff\u00ff\u00ff\u00ff", "K\u0004\u0085", "K\u0001\u0085"), "does not fit");
        pickles.put(
                tensor("ByteStorage", "K\u0000", "J\u00ff\u00ff\u00ff\u00ff\u0085", "K\u0001\u0085"), "does not fit");
        pickles.put(
                tensor("ByteStorage", "K\u0003", "K\u0002\u0085", "J\u00ff\u00ff\u00ff\u00ff\u0085"), "does not fit");
        pickles.put(tensor("ByteStorage", "K\u0000", "K\u0002K\u0002\u0086", "K\u0001\u0085"), "does not fit");
        String huge = "\u008a\u0008" + "\u00ff".repeat(7) + "\u007f";
        pickles.put(tensor("ByteStorage", "K\u0000", huge + huge + "\u0086", "K\u0000K\u0000\u0086"), "does not fit");
        pickles.put(tensor("ByteStorage", "K\u0000", "K\u0003\u0085", huge + "\u0085"), "does not fit");
        pickles.put(tensor("FloatStorage", "K\u0000", "K\u0004\u0085", "K\u0001\u0085"), "needs 16 bytes and has 4");
        Path file = folder.resolve("t.pth");
        for (Map.Entry<String, String> e : pickles.entrySet()) {
            Files.write(
                    file,
                    zip(Map.of("a/data.pkl", e.getKey().getBytes(StandardCharsets.ISO_8859_1), "a/data/0", data)));
            if (e.getValue().isEmpty()) {
                try (TorchFile good = TorchFile.open(file)) {
                    assertArrayEquals(data, bytes(good.root().get("t")));
                }
            } else {
                String message = refusal(file);
                assertTrue(message.contains(e.getValue()), e.getValue() + " <- " + message);
            }
        }
        // 256 million elements, all of them the same one: 325 bytes took gigabytes.
        String pickle = tensor("ByteStorage", "K\u0000", "J\u0000\u0000\u0000\u0010\u0085", "K\u0000\u0085");
        Files.write(file, zip(Map.of("a/data.pkl", pickle.getBytes(StandardCharsets.ISO_8859_1), "a/data/0", data)));
        assertTrue(refusal(file).contains("does not fit its storage of 4 elements"), refusal(file));
        pickle = tensor("ByteStorage", "K\u0000", "K\u0004\u0085", "K\u0001\u0085");
        Files.write(file, zip(Map.of("a/data.pkl", pickle.getBytes(StandardCharsets.ISO_8859_1))));
        assertTrue(refusal(file).contains("is missing"));
        Files.write(
                file,
                zip(Map.of(
                        "a/data.pkl",
                        pickle.getBytes(StandardCharsets.ISO_8859_1),
                        "a/data/0",
                        data,
                        "a/byteorder",
                        "big".getBytes(StandardCharsets.US_ASCII))));
        assertTrue(refusal(file).contains("big-endian"));
    }

    /** A megabyte that unpacks to a gigabyte, and a storage that is unpacked anew for each of many tensors. */
    @Test
    void compressedFilesHaveLimits() throws IOException {
        Path file = folder.resolve("packed.pth");
        String large = tensor("ByteStorage", "K\u0000", "K\u0004\u0085", "K\u0001\u0085")
                .replace("cpuK\u0004t", "cpuJ\u0000\u0000\u0000\u0006t"); // 96 MiB
        Files.write(
                file,
                zip(Map.of("a/data.pkl", large.getBytes(StandardCharsets.ISO_8859_1), "a/data/0", new byte[6 << 24])));
        assertTrue(refusal(file).contains("less than a hundredth"), refusal(file));
        // 8 MiB, of which each tensor needs the last bytes.
        String last = "ctorch._utils\n_rebuild_tensor_v2\n((U\u0007storagectorch\nByteStorage\nU\u00010U\u0003cpu"
                + "J\u0000\u0000\u0080\u0000tQJ\u0000\u0000\u007f\u0000K\u0004\u0085K\u0001\u0085\u0089}tR";
        String many = "](" + last.repeat(40) + "e0}.";
        byte[] noise = new byte[8 << 20];
        new Random(1).nextBytes(noise);
        Files.write(file, zip(Map.of("a/data.pkl", many.getBytes(StandardCharsets.ISO_8859_1), "a/data/0", noise)));
        assertTrue(refusal(file).contains("share a storage"), refusal(file));
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("0 bytes", new byte[0]);
        files.put("neither zip nor pickle", "hello world".getBytes(StandardCharsets.US_ASCII));
        files.put("no data.pkl", zip(Map.of("x", new byte[3])));
        files.put("is no sound zip", "PK and no more of it".getBytes(StandardCharsets.US_ASCII));
        files.put("no magic number", new byte[] {(byte) 0x80, 2, 'K', 1, '.'});
        byte[] zip = Files.readAllBytes(TORCH.resolve("zip.pth"));
        files.put("sound zip file", Arrays.copyOf(zip, zip.length / 2));
        // A comment of the file that is longer than what follows.
        byte[] cut = zip(Map.of("a/data.pkl", new byte[3]));
        cut[cut.length - 2] = 50;
        files.put("zip file (it ends early)", Arrays.copyOf(cut, cut.length + 1));
        // ZipFile decodes a comment only when it gives the entry out.
        ByteArrayOutputStream latin = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(latin, StandardCharsets.ISO_8859_1)) {
            ZipEntry entry = new ZipEntry("a/data.pkl");
            entry.setComment("\u00e4");
            out.putNextEntry(entry);
        }
        files.put("it is no sound zip", latin.toByteArray());
        byte[] legacy = Files.readAllBytes(TORCH.resolve("legacy.pth"));
        files.put("does not; the file may be cut", Arrays.copyOf(legacy, legacy.length - 1));
        for (Map.Entry<String, byte[]> e : files.entrySet()) {
            Path file = Files.write(folder.resolve("other.pth"), e.getValue());
            assertTrue(refusal(file).contains(e.getKey()), e.getKey() + " <- " + refusal(file));
        }
        assertTrue(refusal(folder).contains("folder"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip.pth", "legacy.pth", "deflated.pth"})
    void mutationsNeverDoWorseThanAnInputException(String name) throws IOException {
        byte[] good = Files.readAllBytes(TORCH.resolve(name));
        Path file = folder.resolve("mutated.pth");
        Random random = new Random(5);
        int refused = 0;
        for (int round = 0; round < 800; round++) {
            byte[] bytes = good.clone();
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, random.nextInt(8) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes);
            try (TorchFile read = TorchFile.open(file)) {
                for (Object top : read.root().values()) {
                    if (top instanceof Map<?, ?> dict) {
                        for (Object value : dict.values()) {
                            if (value instanceof TorchTensor tensor) {
                                SafetensorsWriter.Source t = tensor.named("t");
                                assertEquals(t.info().bytes(), t.bytes().remaining());
                            }
                        }
                    }
                }
            } catch (InputException e) {
                assertFalse(e.getMessage().contains("\n"), e.getMessage());
                refused++;
            }
        }
        assertTrue(refused > 150 && refused < 800, "refused " + refused);
    }

    @Test
    void writesWhatItReads() throws IOException {
        Path target = folder.resolve("written.pth");
        try (Safetensors expected = Safetensors.open(TORCH.resolve("expected.safetensors"))) {
            Map<String, Object> odd = new LinkedHashMap<>();
            expected.tensors().forEach(t -> odd.put(t.name(), expected.source(t.name())));
            Map<String, Object> dict = new LinkedHashMap<>();
            dict.put("z", odd);
            dict.put("a", Map.of());
            dict.put("t", expected.source("odd/scalar"));
            TorchWriter.write(target, dict);
            byte[] first = Files.readAllBytes(target);
            TorchWriter.write(target, dict);
            assertArrayEquals(first, Files.readAllBytes(target));
            try (TorchFile read = TorchFile.open(target)) {
                assertEquals(List.of("z", "a", "t"), List.copyOf(read.root().keySet()));
                assertEquals(Map.of(), read.root().get("a"));
                Map<String, Object> back = StateDict.asDict(read.root().get("z"));
                assertEquals(new ArrayList<>(odd.keySet()), new ArrayList<>(back.keySet()));
                for (TensorInfo t : expected.tensors()) {
                    TorchTensor tensor = (TorchTensor) back.get(t.name());
                    assertEquals(t, new TensorInfo(t.name(), tensor.type(), tensor.shape()));
                    assertArrayEquals(expected.bytes(t.name()), bytes(tensor));
                }
            }
            assertThrows(IllegalArgumentException.class, () -> TorchWriter.write(target, Map.of("x", 1)));
            assertArrayEquals(first, Files.readAllBytes(target));
        }
        assertDataIsAligned(target);
    }

    /** Reads the local headers: 30 bytes, then name and extra field, whose lengths stand at 26 and 28. */
    private static void assertDataIsAligned(Path file) throws IOException {
        ByteBuffer zip = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int position = 0;
        int entries = 0;
        for (; zip.getInt(position) == 0x04034b50; entries++) {
            assertEquals(ZipEntry.STORED, zip.getShort(position + 8));
            int data = position + 30 + zip.getShort(position + 26) + zip.getShort(position + 28);
            assertEquals(0, data % 64, "entry " + entries);
            position = data + zip.getInt(position + 18);
        }
        try (ZipFile read = new ZipFile(file.toFile())) {
            assertEquals(read.size(), entries);
            assertEquals("archive/data.pkl", read.entries().nextElement().getName());
        }
    }

    private static String refusal(Path file) {
        return assertThrows(InputException.class, () -> TorchFile.open(file).close())
                .getMessage();
    }

    static byte[] zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> e : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(e.getKey()));
                zip.write(e.getValue());
            }
        }
        return out.toByteArray();
    }
}
