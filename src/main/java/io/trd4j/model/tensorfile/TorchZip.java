package io.trd4j.model.tensorfile;

import io.trd4j.io.InputException;
import io.trd4j.io.OneLine;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** The zip format: {@code NAME/data.pkl}, one entry {@code NAME/data/KEY} per storage, optionally {@code byteorder}. */
final class TorchZip implements TorchStorages {
    private static final String PICKLE = "/data.pkl";
    // Deflate cannot shrink data further than this.
    private static final long MAX_RATIO = 1032;
    /** Weights that somebody compressed hardly shrink; those that are all zeros do. */
    private static final long MAX_PACKED_RATIO = 100;

    private static final long SMALL_BYTES = 64 << 20;
    /** Of a compressed storage: each tensor in it is reached by decompressing all that lies before. */
    private static final long MAX_PASSES = 16;

    private final ZipFile zip;
    private final String folder;
    private Object root;
    private Set<String> skipped = Set.of();
    /** Per storage, the bytes up to each of its tensors' ends, added. */
    private final Map<String, Long> used = new HashMap<>();

    private long unpacked;

    private TorchZip(ZipFile zip, String folder) {
        this.zip = zip;
        this.folder = folder;
    }

    static TorchZip open(Path file) throws IOException {
        ZipFile zip;
        try {
            zip = new ZipFile(file.toFile(), StandardCharsets.UTF_8);
        } catch (ZipException | EOFException | IllegalArgumentException e) {
            throw damaged(file, e);
        }
        try {
            return read(file, zip);
        } catch (ZipException | EOFException e) {
            zip.close();
            throw damaged(file, e);
        } catch (IOException | RuntimeException | Error e) {
            zip.close();
            throw e;
        }
    }

    private static TorchZip read(Path file, ZipFile zip) throws IOException {
        ZipEntry pickle = entries(zip).stream()
                .filter(e -> e.getName().endsWith(PICKLE))
                .min(Comparator.comparingInt(e -> e.getName().length()))
                .orElseThrow(() ->
                        new InputException(file + " is a zip file, but not a PyTorch checkpoint (no data.pkl in it)"));
        TorchZip storages =
                new TorchZip(zip, pickle.getName().substring(0, pickle.getName().length() - PICKLE.length()));
        ZipEntry order = storages.entry("byteorder");
        if (order != null && !new String(bytes(zip, order, 16), StandardCharsets.US_ASCII).equals("little")) {
            throw new InputException(file + " was saved on a big-endian machine; save it again on a little-endian one");
        }
        byte[] pickled = bytes(zip, pickle, TorchUnpickler.MAX_BYTES + 1);
        if (pickled.length > TorchUnpickler.MAX_BYTES) {
            throw new InputException(file + " is too large to be a checkpoint of tensors: its data.pkl has more than "
                    + TorchUnpickler.MAX_BYTES + " bytes");
        }
        TorchUnpickler unpickler = new TorchUnpickler(file, storages, ByteBuffer.wrap(pickled));
        storages.root = unpickler.next();
        storages.skipped = unpickler.skipped();
        for (TorchTensors.Storage storage : unpickler.known().values()) {
            storages.check(file, storage);
        }
        return storages;
    }

    /** @throws ZipException also for a name or a comment that is no UTF-8, which ZipFile decodes only now */
    private static List<ZipEntry> entries(ZipFile zip) throws ZipException {
        try {
            return zip.stream().<ZipEntry>map(entry -> entry).toList();
        } catch (IllegalArgumentException e) {
            ZipException damaged = new ZipException(e.getMessage());
            damaged.initCause(e);
            throw damaged;
        }
    }

    /**
     * A storage's entry must have the bytes that its tensors will ask for, and the file those that the entry claims.
     */
    private void check(Path file, TorchTensors.Storage storage) throws IOException {
        ZipEntry entry = entry("data/" + storage.key());
        long needed = storage.elements() * storage.type().bytes();
        if (entry == null || entry.getSize() < needed) {
            throw new InputException(file + " is damaged: storage " + OneLine.start(storage.key()) + " needs " + needed
                    + " bytes and " + (entry == null ? "is missing" : "has " + entry.getSize()));
        }
        long packed = entry.getCompressedSize();
        if (packed < 0 || packed > Files.size(file) || entry.getSize() / MAX_RATIO > packed) {
            throw new InputException(file + " is damaged: storage " + OneLine.start(storage.key()) + " claims "
                    + entry.getSize() + " bytes, more than the file can hold");
        }
        if (entry.getMethod() == ZipEntry.DEFLATED) {
            unpacked += entry.getSize();
            boolean bomb = unpacked > SMALL_BYTES + MAX_PACKED_RATIO * Files.size(file);
            if (bomb || used.getOrDefault(storage.key(), 0L) > SMALL_BYTES + MAX_PASSES * entry.getSize()) {
                throw new InputException(file + " is compressed "
                        + (bomb ? "to less than a hundredth" : "although its tensors share a storage")
                        + ", which takes too long to read; save it with torch.save, which does not compress");
            }
        }
    }

    @Override
    public void use(String key, long end) {
        used.merge(key, end, TorchZip::sum);
    }

    private static long sum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
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
        try (InputStream in = zip.getInputStream(entry("data/" + key))) {
            in.skipNBytes(offset);
            int count = in.readNBytes(target.array(), target.arrayOffset() + target.position(), target.remaining());
            if (count < target.remaining()) {
                throw new EOFException("the entry ended early");
            }
            target.position(target.limit());
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    private ZipEntry entry(String name) {
        return zip.getEntry(folder + "/" + name);
    }

    private static byte[] bytes(ZipFile zip, ZipEntry entry, int limit) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            return in.readNBytes(limit);
        }
    }

    private static InputException damaged(Path file, Exception cause) {
        // An EOFException of RandomAccessFile has no message.
        String fault = Objects.requireNonNullElse(cause.getMessage(), "it ends early");
        return new InputException(
                file + " is damaged: it is no sound zip file (" + fault + "); it may be cut, get it again", cause);
    }
}
