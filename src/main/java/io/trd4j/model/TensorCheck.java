package io.trd4j.model;

import io.trd4j.io.InputException;
import io.trd4j.io.Sha256;
import io.trd4j.io.Uninterrupted;
import io.trd4j.model.tensorfile.Safetensors;
import io.trd4j.model.tensorfile.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** Compares the tensors of an open model file with their checksums, on threads of its own, beside their loading. */
final class TensorCheck {
    /** A few hash faster than any file is loaded and packed. */
    private static final int MAX_THREADS = 4;

    private static final int PIECE_BYTES = 1 << 16;

    private final Safetensors tensors;
    private final Map<String, String> expected;
    private final Queue<TensorInfo> queue = new ConcurrentLinkedQueue<>();
    private final Map<String, byte[]> found = new ConcurrentHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile Throwable failure;

    /**
     * Begins.
     *
     * @param expected by group; empty = there is nothing to compare with
     */
    TensorCheck(Safetensors tensors, Map<String, String> expected) {
        this.tensors = tensors;
        this.expected = expected;
        if (expected.isEmpty()) {
            return;
        }
        // The largest first: the threads then end together.
        tensors.tensors().stream()
                .sorted(Comparator.comparingLong(TensorInfo::bytes).reversed())
                .forEach(queue::add);
        int count = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(this::work, "trd-checksums-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    private void work() {
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
        Sha256 sha256 = new Sha256();
        try {
            for (TensorInfo next = queue.poll(); next != null && failure == null; next = queue.poll()) {
                long bytes = next.bytes();
                for (long at = 0; at < bytes; at += PIECE_BYTES) {
                    piece.clear().limit((int) Math.min(PIECE_BYTES, bytes - at));
                    tensors.read(next.name(), at, piece);
                    sha256.add(piece.flip());
                }
                found.put(next.name(), sha256.bytes());
            }
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
    }

    /**
     * Waits for the end.
     *
     * @throws InputException naming the groups of which a value is another one, or when the file was cut
     * @throws IOException when it cannot be read
     */
    void requireSame() throws IOException {
        join();
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof InputException e) {
            throw e;
        }
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
        if (expected.isEmpty()) {
            return;
        }
        Map<String, String> actual = TensorChecksums.of(found);
        String damaged = expected.keySet().stream()
                .filter(group -> !Objects.equals(expected.get(group), actual.get(group)))
                .collect(Collectors.joining(", "));
        if (!damaged.isEmpty()) {
            InputException e = new InputException(tensors.path() + " is damaged: the tensors of " + damaged
                    + " are not those that were written; restore it from a copy, or train it again");
            failure = e;
            throw e;
        }
    }

    /** Ends without a result: the file may be closed then. Idempotent. */
    void stop() {
        queue.clear();
        join();
    }

    /** The threads end by themselves, soon. */
    private void join() {
        Uninterrupted.await(() -> {
            for (Thread thread : threads) {
                thread.join();
            }
        });
    }
}
