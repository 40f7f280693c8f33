package io.trd4j.model;

import io.trd4j.io.InputException;
import io.trd4j.io.Readable;
import io.trd4j.model.tensorfile.ChannelIo;
import io.trd4j.model.tensorfile.Safetensors;
import io.trd4j.model.tensorfile.SafetensorsWriter;
import io.trd4j.model.tensorfile.TorchFile;
import io.trd4j.model.tensorfile.TorchTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A file of weights open for reading, PyTorch's or safetensors: which of the two is read from its content. Tensors are
 * read when asked for, which must be while this is open.
 */
final class WeightsFile implements AutoCloseable {
    private static final byte[] LFS_POINTER = "version https://git-lfs".getBytes(StandardCharsets.US_ASCII);

    private static final int MAX_DEPTH = 8;
    private static final int MAX_ENTRIES = 1_000_000;
    /** Characters of all names: those of a dict that is contained over and over have all the names around it. */
    private static final int MAX_NAMES = 1 << 24;

    private final Path path;
    private final Safetensors safetensors;
    private final TorchFile torch;

    private WeightsFile(Path path, Safetensors safetensors, TorchFile torch) {
        this.path = path;
        this.safetensors = safetensors;
        this.torch = torch;
    }

    /** @throws InputException when it is missing, neither of both, or damaged */
    static WeightsFile open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new InputException(file + " is a folder; give a weights file (.pth or .safetensors)");
        }
        return isSafetensors(file)
                ? new WeightsFile(file, Safetensors.open(file), null)
                : new WeightsFile(file, null, TorchFile.open(file));
    }

    /** A safetensors file that is open already, and is closed with this. */
    static WeightsFile of(Safetensors opened) {
        return new WeightsFile(opened.path(), opened, null);
    }

    Path path() {
        return path;
    }

    /** All tensors by name; those of nested dicts by the dicts' keys and theirs, divided by dots. */
    Map<String, SafetensorsWriter.Source> tensors() {
        if (torch != null) {
            return flat(path, torch.root());
        }
        Map<String, SafetensorsWriter.Source> found = new LinkedHashMap<>();
        safetensors.tensors().forEach(t -> found.put(t.name(), safetensors.source(t.name())));
        return found;
    }

    /** The tensors of a dict and of the dicts in it, whose keys stand before the names; other values are skipped. */
    private static Map<String, SafetensorsWriter.Source> flat(Path file, Map<String, Object> dict) {
        Map<String, SafetensorsWriter.Source> out = new LinkedHashMap<>();
        flatten(file, "", dict, 0, new int[2], out);
        return out;
    }

    /**
     * A damaged file's dict may contain itself, or be contained over and over: depth and entries are limited.
     *
     * @param entries how many there were, and the characters of their names
     */
    @SuppressWarnings("unchecked") // the maps of a checkpoint are all of this type
    private static void flatten(
            Path file,
            String prefix,
            Map<String, Object> dict,
            int depth,
            int[] entries,
            Map<String, SafetensorsWriter.Source> out) {
        for (Map.Entry<String, Object> entry : dict.entrySet()) {
            entries[1] += prefix.length() + entry.getKey().length();
            if (++entries[0] > MAX_ENTRIES || entries[1] > MAX_NAMES) {
                throw new InputException(file + " holds too many values, or too long names; save the weights alone");
            }
            if (entry.getValue() instanceof TorchTensor tensor) {
                String name = prefix + entry.getKey();
                out.put(name, tensor.named(name));
            } else if (depth < MAX_DEPTH && entry.getValue() instanceof Map) {
                flatten(
                        file,
                        prefix + entry.getKey() + ".",
                        (Map<String, Object>) entry.getValue(),
                        depth + 1,
                        entries,
                        out);
            }
        }
    }

    /** Classes of the objects beside the tensors, which were read past. */
    Set<String> skipped() {
        return torch == null ? Set.of() : torch.skipped();
    }

    /** A safetensors header begins with '{' behind its length; neither PyTorch format has that byte there. */
    private static boolean isSafetensors(Path file) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(LFS_POINTER.length);
        try (FileChannel channel = Readable.channel(file)) {
            if (channel.size() < 9) {
                throw new InputException(file + " has " + channel.size() + " bytes and is not a weights file");
            }
            ChannelIo.read(channel, 0, start.limit((int) Math.min(channel.size(), start.capacity())));
        }
        if (start.flip().equals(ByteBuffer.wrap(LFS_POINTER))) {
            throw new InputException(file + " is a Git LFS pointer, not the weights; get them with git lfs pull");
        }
        return start.get(8) == '{';
    }

    @Override
    public void close() throws IOException {
        if (torch != null) {
            torch.close();
        } else {
            safetensors.close();
        }
    }
}
