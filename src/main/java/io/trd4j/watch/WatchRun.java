package io.trd4j.watch;

import io.trd4j.data.Part;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.dataset.PlainFolder;
import io.trd4j.inspect.Inspection;
import io.trd4j.inspect.Inspector;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Inspects every part of a folder, those that are there and then each as its files appear, until {@link #stop}. Changes
 * nothing in the folder. A part is taken when both files are complete: renamed after they were written, or unchanged
 * for some time ({@link WatchTimes}). One whose files are both replaced later is another part under the same name, and
 * is inspected again; so is one that left the folder and came back.
 */
public final class WatchRun {
    private final Path folder;
    private final WatchTimes times;
    private final Listing listing;
    private final Arrivals arrivals;
    private final CountDownLatch stopped = new CountDownLatch(1);
    /** The last fault of the folder; null = it can be read. */
    private String trouble;

    /** Hears of every part, one after the other. */
    public interface Listener {
        /**
         * Whether a part needs no inspection, as an earlier run inspected it.
         *
         * @param checksums SHA-256 of the colour image's file and of the other one
         * @throws IOException when that cannot be told, which ends the run
         */
        boolean isKnown(PartFiles files, List<String> checksums) throws IOException;

        /**
         * A part was inspected.
         *
         * @param checksums SHA-256 of the colour image's file and of the other one
         * @param readNanos that reading the files took
         * @param inspection valid during the call
         * @throws IOException when its result cannot be written, which ends the run
         */
        void inspected(PartFiles files, List<String> checksums, Part part, long readNanos, Inspection inspection)
                throws IOException;

        /**
         * A part cannot be read or inspected.
         *
         * @param checksums as of the others; empty where the files cannot be read at all
         * @throws IOException when that cannot be written, which ends the run
         */
        void refused(PartFiles files, List<String> checksums, InputException why) throws IOException;

        /** A part waits for a long time: this file is there alone, or not complete. Said once for each reason. */
        void waits(Path file, Waiting why);

        /** The folder cannot be read now, and is tried again. Said once for each reason. */
        void unreadable(String why);
    }

    /** @param folder with the reading of the model that inspects: {@code withColorBits} */
    public WatchRun(PlainFolder folder, WatchTimes times) {
        this.folder = folder.folder();
        this.times = times;
        listing = new Listing(folder);
        arrivals = new Arrivals(times);
    }

    /** Ends the run after the part that is being inspected. Any thread may call it at any time. */
    public void stop() {
        stopped.countDown();
    }

    /**
     * Runs until {@link #stop}.
     *
     * @return how many parts were waited for at the end: one of their files was missing or not complete
     * @throws IOException when the listener cannot write
     */
    public int run(Inspector inspector, Listener listener) throws IOException {
        Inspection inspection = inspector.newInspection();
        boolean goesOn = true;
        while (goesOn) {
            long start = System.nanoTime();
            List<PartFiles> complete = look(start, listener);
            long took = System.nanoTime() - start;
            for (PartFiles part : complete) {
                if (stopped.getCount() > 0) {
                    take(part, inspector, inspection, listener);
                }
            }
            goesOn = pause(Math.max(times.look(), took));
        }
        return arrivals.waiting(System.nanoTime());
    }

    /** Returns whether the run goes on. */
    private boolean pause(long nanos) {
        try {
            return !stopped.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private List<PartFiles> look(long now, Listener listener) {
        List<Arrivals.Waits> waits = new ArrayList<>();
        List<PartFiles> complete = List.of();
        try {
            boolean all = listing.refresh(now);
            complete = arrivals.look(listing.parts(), all, now, waits);
            trouble = null;
        } catch (InputException e) {
            tell(e.getMessage(), listener);
        } catch (IOException e) {
            tell(folder + " cannot be read: " + e.getMessage() + "; it is tried again", listener);
        }
        waits.forEach(one -> listener.waits(one.file(), one.why()));
        return complete;
    }

    private void tell(String why, Listener listener) {
        if (!why.equals(trouble)) {
            trouble = why;
            listener.unreadable(why);
        }
    }

    private void take(PartFiles files, Inspector inspector, Inspection inspection, Listener listener)
            throws IOException {
        Part part = null;
        InputException fault = null;
        List<String> checksums = List.of();
        long start = System.nanoTime();
        long readNanos = 0;
        try {
            part = files.load();
            readNanos = System.nanoTime() - start;
        } catch (InputException e) {
            fault = e;
        } catch (IOException e) {
            fault = unreadable(files, e);
        }
        try {
            checksums = files.checksums(part);
            if (!arrivals.unchanged(files)) {
                return;
            }
        } catch (IOException e) {
            fault = fault == null ? unreadable(files, e) : fault;
        }
        if (fault != null && arrivals.mayBeIncomplete(files, System.nanoTime())) {
            return;
        }
        if (arrivals.wasDone(files, checksums)) {
            return;
        }
        boolean known = fault == null && listener.isKnown(files, checksums);
        if (!known && fault == null) {
            fault = inspect(part, inspector, inspection);
        }
        if (fault != null) {
            arrivals.refused(files, checksums);
            listener.refused(files, checksums, fault);
        } else {
            arrivals.inspected(files, checksums);
            if (!known) {
                listener.inspected(files, checksums, part, readNanos, inspection);
            }
        }
    }

    private static InputException unreadable(PartFiles files, IOException why) {
        return new InputException(
                "part " + files.id() + " cannot be read: " + why.getMessage() + "; check its files' permissions", why);
    }

    /** Returns why it cannot be inspected, or null. */
    private static InputException inspect(Part part, Inspector inspector, Inspection inspection) {
        try {
            inspector.inspect(part, inspection);
            return null;
        } catch (InputException e) {
            return e;
        }
    }
}
