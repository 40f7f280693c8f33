package io.trd4j.model.tensorfile;

import io.trd4j.io.InputException;
import io.trd4j.io.OneLine;
import io.trd4j.io.Readable;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The format before PyTorch 1.6: five pickles (magic number, protocol 1001, the machine, the object, the storages'
 * keys), then for each key the number of elements as a 64-bit integer and the raw elements.
 */
final class TorchLegacy implements TorchStorages {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long PROTOCOL = 1001;

    private final FileChannel channel;
    private final Map<String, Long> positions = new HashMap<>();
    private Object root;
    private Set<String> skipped = Set.of();

    private TorchLegacy(FileChannel channel) {
        this.channel = channel;
    }

    static TorchLegacy open(Path file) throws IOException {
        FileChannel channel = Readable.channel(file);
        try {
            TorchLegacy legacy = new TorchLegacy(channel);
            legacy.read(file);
            return legacy;
        } catch (EOFException e) {
            channel.close();
            throw new InputException(file + " is damaged: it is cut; get it again", e);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    private void read(Path file) throws IOException {
        ByteBuffer pickles = ByteBuffer.allocate((int) Math.min(channel.size(), TorchUnpickler.MAX_BYTES));
        ChannelIo.read(channel, 0, pickles);
        TorchUnpickler unpickler = new TorchUnpickler(file, this, pickles.flip());
        if (!MAGIC.equals(unpickler.next())) {
            throw new InputException(file + " is a pickle, but not a PyTorch checkpoint (no magic number)");
        }
        Object protocol = unpickler.next();
        if (!(protocol instanceof Integer version) || version != PROTOCOL) {
            throw new InputException(file + " has an unknown checkpoint protocol; save it again with a newer PyTorch");
        }
        if (!(unpickler.next() instanceof Map<?, ?> machine) || !Boolean.TRUE.equals(machine.get("little_endian"))) {
            throw new InputException(file + " was saved on a big-endian machine; save it again on a little-endian one");
        }
        root = unpickler.next();
        skipped = unpickler.skipped();
        Map<String, TorchTensors.Storage> known = Map.copyOf(unpickler.known());
        if (!(unpickler.next() instanceof List<?> keys)) {
            throw new InputException(file + " is damaged: it has no list of storages");
        }
        long position = pickles.position();
        ByteBuffer count = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        for (Object key : keys) {
            TorchTensors.Storage storage = key instanceof String name ? known.get(name) : null;
            if (storage == null) {
                throw new InputException(file + " is damaged: it lists a storage that no tensor uses");
            }
            ChannelIo.read(channel, position, count.clear());
            position += 8;
            long bytes = storage.elements() * storage.type().bytes();
            if (count.getLong(0) != storage.elements() || bytes > channel.size() - position) {
                throw new InputException(file + " is damaged: storage " + OneLine.start(storage.key()) + " should have "
                        + storage.elements() + " elements and does not; the file may be cut");
            }
            positions.put(storage.key(), position);
            position += bytes;
        }
        if (!positions.keySet().equals(known.keySet())) {
            throw new InputException(file + " is damaged: a storage is missing");
        }
    }

    @Override
    public Object root() {
        return root;
    }

    @Override
    public Set<String> skipped() {
        return skipped;
    }

    @Override
    public void read(String key, long offset, ByteBuffer target) throws IOException {
        ChannelIo.read(channel, positions.get(key) + offset, target);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
