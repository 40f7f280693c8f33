package io.trd4j.cli;

import io.trd4j.cli.options.ResumeHint;
import io.trd4j.io.Leftovers;
import io.trd4j.io.Stop;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jline.utils.Signals;
import org.slf4j.LoggerFactory;

/**
 * Ctrl-C and SIGTERM as a request to come to an end. The JVM's own answer, to exit at once, is none: it runs the
 * destructors of native libraries while other threads still compute with them, and crashes. The verb ends between two
 * of its steps, within {@value #PATIENCE_SECONDS} seconds. One that does not, and one that gets a second signal, is
 * ended by the operating system, which runs no destructors.
 */
final class StopSignals {
    /** Less than the 30 seconds after which Kubernetes kills. */
    private static final int PATIENCE_SECONDS = 25;

    private static final int EXIT_CODE_OF_SIGNAL = 128;
    private static final Map<String, Integer> NUMBERS = Map.of("INT", 2, "TERM", 15);

    private static final CountDownLatch ENDED = new CountDownLatch(1);
    private static Thread main;
    /** A verb that ends by itself when it is asked to, with an exit code of its own; null = the others. */
    private static Runnable ending;
    /** The first one; null = none. */
    private static String received;
    /** Whether {@link #ending} was asked. */
    private static boolean asked;

    private StopSignals() {}

    /** For the life of the process. The calling thread is the one that runs the verb. */
    static synchronized void install() {
        main = Thread.currentThread();
        NUMBERS.keySet().forEach(name -> Signals.register(name, () -> receive(name)));
    }

    /** A verb that comes to its own end when it is asked to. */
    static final class Ending implements AutoCloseable {
        /** @param stop is called by a thread of its own */
        Ending(Runnable stop) {
            synchronized (StopSignals.class) {
                ending = stop;
            }
        }

        @Override
        public void close() {
            synchronized (StopSignals.class) {
                ending = null;
            }
        }
    }

    /** Whether the process is to end because of a signal: what fails now fails for that reason. */
    static synchronized boolean received() {
        return received != null;
    }

    /**
     * When the verb has ended: says in one line that it was stopped, if it was.
     *
     * @param code the verb's
     * @return that of the process
     */
    static int exitCode(int code) {
        synchronized (StopSignals.class) {
            ENDED.countDown();
            if (received == null) {
                return code;
            }
            System.err.println(line());
            return EXIT_CODE_OF_SIGNAL + NUMBERS.get(received);
        }
    }

    private static String line() {
        String hint = ResumeHint.current();
        return "trd: stopped" + (hint == null ? "" : "; " + hint);
    }

    /** In a thread of its own. */
    private static void receive(String name) {
        synchronized (StopSignals.class) {
            if (ENDED.getCount() == 0) {
                return;
            }
            if (received != null || asked) {
                end(name);
            }
            if (ending != null) {
                asked = true;
                ending.run();
                return;
            }
            received = name;
        }
        Stop.request(main);
        try {
            if (!ENDED.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                synchronized (StopSignals.class) {
                    end(name);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Has the system end the process by the signal that it has no handler for any more. {@code Runtime.halt} would run
     * the destructors, and Java raises no signal without a handler.
     */
    private static void raise(String name) {
        long self = ProcessHandle.current().pid();
        try {
            new ProcessBuilder("sh", "-c", "kill -s " + name + " " + self)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            LoggerFactory.getLogger(StopSignals.class).debug("no shell", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Where there is no shell.
        Runtime.getRuntime().halt(EXIT_CODE_OF_SIGNAL + NUMBERS.get(name));
    }

    /** Without destructors, and without shutdown hooks. */
    private static void end(String name) {
        if (ENDED.getCount() > 0) {
            Leftovers.remove();
            System.err.println(line());
            Signals.registerDefault(name);
            raise(name);
        }
    }
}
