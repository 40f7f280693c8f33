package io.trd4j.engine.plan;

import io.trd4j.io.Uninterrupted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** Packs weights with several threads: layers side by side, so that reading, folding and packing overlap. */
public final class WeightWorkers {
    private WeightWorkers() {}

    /** One thread's work: packs the layers that it takes from the queue, until there is none. */
    @FunctionalInterface
    public interface Work<T> {
        void run(Queue<T> queue) throws IOException;
    }

    /** @throws IOException when the weights cannot be read */
    public static <T> void run(List<T> layers, ToLongFunction<T> bytes, int threads, Work<T> work) throws IOException {
        // Largest first: the threads then end together.
        List<T> order = new ArrayList<>(layers);
        order.sort(Comparator.comparingLong(layer -> -bytes.applyAsLong(layer)));
        Queue<T> queue = new ConcurrentLinkedQueue<>(order);
        int workers = Math.min(threads, order.size());
        ExecutorService pool = Executors.newFixedThreadPool(workers, task -> new Thread(task, "trd weights"));
        try {
            List<Future<Void>> done = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                done.add(pool.submit((Callable<Void>) () -> {
                    work.run(queue);
                    return null;
                }));
            }
            for (Future<Void> future : done) {
                future.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            if (e.getCause() instanceof RuntimeException runtime) {
                throw runtime;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("packing the weights failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted while the weights were packed", e));
        } finally {
            queue.clear();
            pool.shutdown();
            // However this ends: the caller frees the memory that they write to.
            Uninterrupted.await(() -> {
                while (!pool.awaitTermination(1, TimeUnit.MINUTES)) {
                    continue;
                }
            });
        }
    }
}
