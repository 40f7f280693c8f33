package io.trd4j.model.tensorfile;

import io.trd4j.io.InputException;
import io.trd4j.io.OptionalLibrary;
import io.trd4j.io.Readable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Set;

/**
 * A PyTorch checkpoint open for reading: the zip format (PyTorch 1.6 and later) and the older pickle format, holding
 * dicts of tensors. Nothing in it is executed: any other Python object is read past, and {@link #skipped} names it.
 * Tensors are read from the file when asked for, which must be while this is open.
 */
public final class TorchFile implements AutoCloseable {
    private final Path file;
    private final Map<String, Object> root;
    private final TorchStorages storages;

    private TorchFile(Path file, Map<String, Object> root, TorchStorages storages) {
        this.file = file;
        this.root = root;
        this.storages = storages;
    }

    /**
     * @throws InputException when it is not a checkpoint, is damaged, is no dict, or holds what would attack whoever
     *     loads it
     * @throws IOException when it cannot be read
     */
    public static TorchFile open(Path file) throws IOException {
        OptionalLibrary.PICKLE.require();
        if (Files.isDirectory(file)) {
            throw new InputException(file + " is a folder, not a PyTorch checkpoint");
        }
        ByteBuffer start = ByteBuffer.allocate(2);
        try (FileChannel channel = Readable.channel(file)) {
            if (channel.size() < 2) {
                throw new InputException(file + " has " + channel.size() + " bytes and is not a PyTorch checkpoint");
            }
            ChannelIo.read(channel, 0, start);
        }
        TorchStorages storages = switch (start.getShort(0)) {
            case 0x504b -> TorchZip.open(file); // "PK"
            case (short) 0x8002, (short) 0x8003, (short) 0x8004 -> TorchLegacy.open(file); // pickle protocol 2 to 4
            default -> throw new InputException(file + " is not a PyTorch checkpoint (neither zip nor pickle)");
        };
        if (!(storages.root() instanceof Map)) {
            storages.close();
            throw new InputException(file + " does not hold a dict of tensors"
                    + (storages.root() instanceof TorchUnpickler.Skipped object ? " but a " + object.name() : "")
                    + "; save its state_dict() instead");
        }
        @SuppressWarnings("unchecked") // the unpickler makes no other maps
        Map<String, Object> map = (Map<String, Object>) storages.root();
        return new TorchFile(file, Collections.unmodifiableMap(map), storages);
    }

    /** Where it was opened. */
    public Path path() {
        return file;
    }

    /**
     * The checkpoint's dict, in its order: values are {@link TorchTensor}, nested {@code Map<String, Object>}, lists,
     * {@code Object[]} for tuples, strings, numbers, booleans or null. Other objects are left out. It may contain
     * itself.
     */
    public Map<String, Object> root() {
        return root;
    }

    /** The classes of the first objects that were left out, by name, such as {@code argparse.Namespace}. */
    public Set<String> skipped() {
        return Collections.unmodifiableSet(storages.skipped());
    }

    /** Idempotent. */
    @Override
    public void close() throws IOException {
        storages.close();
    }
}
