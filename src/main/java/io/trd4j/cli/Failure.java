package io.trd4j.cli;

import io.trd4j.engine.DeviceException;
import io.trd4j.io.FileFault;
import io.trd4j.io.InputException;
import io.trd4j.io.MissingLibraryException;
import io.trd4j.io.OneLine;
import io.trd4j.io.StoppedException;
import io.trd4j.jni.NativeException;
import io.trd4j.jni.NativeLibraries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.CompletionException;

/** The message and exit code when a verb fails: one line that says what is wrong and what to do, and the exit code. */
record Failure(int code, String line) {
    private static final int USERS_FAULT = 2;
    private static final int OTHER = 1;

    /** Of a verb without options that would make it take less memory. */
    static Failure of(Throwable thrown) {
        return of(thrown, List.of());
    }

    /** @param sparing the verb's options of which smaller values take less memory */
    static Failure of(Throwable thrown, List<String> sparing) {
        if (thrown instanceof UncheckedIOException
                || thrown instanceof CompletionException
                || thrown instanceof ExceptionInInitializerError) {
            return thrown.getCause() == null ? internal(thrown) : of(thrown.getCause(), sparing);
        }
        if (thrown instanceof StoppedException) {
            return new Failure(OTHER, OneLine.of(thrown.getMessage()));
        }
        if (thrown instanceof InputException || thrown instanceof MissingLibraryException) {
            return new Failure(USERS_FAULT, OneLine.of(thrown.getMessage()));
        }
        if (thrown instanceof InvalidPathException e) {
            return new Failure(USERS_FAULT, OneLine.of(e.getInput()) + " is no file name here" + charset());
        }
        if (thrown instanceof IOException e) {
            boolean users = e instanceof NoSuchFileException || e instanceof AccessDeniedException;
            return new Failure(users ? USERS_FAULT : OTHER, FileFault.line(e));
        }
        if (thrown instanceof DeviceException) {
            return new Failure(OTHER, firstLine(thrown));
        }
        if (thrown instanceof OutOfMemoryError || thrown instanceof RuntimeException && saysOutOfMemory(thrown)) {
            return new Failure(OTHER, "not enough memory (" + firstLine(thrown) + "); " + moreMemory(thrown, sparing));
        }
        if (thrown instanceof StackOverflowError) {
            return new Failure(
                    OTHER,
                    "the thread's stack is too small; allow a larger one: JDK_JAVA_OPTIONS=-Xss1m in the environment,"
                            + " or another thread");
        }
        if (thrown instanceof NativeException e && e.getCause() != null) {
            // It could not be loaded, and its message says why.
            return new Failure(OTHER, OneLine.of(e.getMessage()));
        }
        if (thrown instanceof UnsatisfiedLinkError
                || thrown instanceof NoClassDefFoundError && thrown.getCause() != null) {
            return new Failure(
                    OTHER, "a native library cannot be loaded: " + OneLine.of(NativeLibraries.reason(thrown)));
        }
        if (thrown instanceof LinkageError) {
            return new Failure(
                    OTHER,
                    "the program cannot be loaded completely: " + firstLine(thrown)
                            + "; build it again, for this machine (TRD_STACKTRACE=1 shows where)");
        }
        return internal(thrown);
    }

    /** Advice by the kind of memory that lacks: Java's has a limit of its own. */
    private static String moreMemory(Throwable thrown, List<String> sparing) {
        String message = String.valueOf(thrown.getMessage());
        String less = sparing.isEmpty() ? "" : "use a smaller " + String.join(" or ", sparing) + ", or ";
        if (message.contains("direct buffer")) {
            return less + "allow more direct memory: JDK_JAVA_OPTIONS=-XX:MaxDirectMemorySize=4g in the environment";
        }
        if (thrown instanceof OutOfMemoryError && (message.contains("heap") || message.contains("GC overhead"))) {
            return less + "allow a larger Java heap: JDK_JAVA_OPTIONS=-Xmx4g in the environment";
        }
        return less + "end other programs, or take a machine with more memory";
    }

    /** In an ASCII locale, Java has no name for most files. */
    static String charset() {
        String charset = System.getProperty("sun.jnu.encoding", "");
        return charset.startsWith("UTF")
                ? ""
                : ": the locale's charset is " + charset + "; set LC_ALL=C.UTF-8 in the environment";
    }

    private static Failure internal(Throwable thrown) {
        return new Failure(
                OTHER,
                "internal fault, please report it: " + name(thrown) + ": " + firstLine(thrown)
                        + " (TRD_STACKTRACE=1 shows where)");
    }

    /** LibTorch has no exception of its own for it: its allocator's messages are known. */
    private static boolean saysOutOfMemory(Throwable thrown) {
        String message = String.valueOf(thrown.getMessage());
        return message.contains("can't allocate memory")
                || message.contains("not enough memory")
                || message.contains("bad_alloc")
                || message.contains("out of memory");
    }

    private static String name(Throwable thrown) {
        return thrown.getClass().getSimpleName();
    }

    private static String firstLine(Throwable thrown) {
        return OneLine.first(thrown.getMessage(), "no message");
    }
}
