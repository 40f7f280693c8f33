package io.trd4j.jni;

import io.trd4j.io.CacheFolder;
import io.trd4j.io.OptionalLibrary;
import io.trd4j.io.Uninterrupted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.ClassProperties;
import org.bytedeco.javacpp.Loader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads native libraries: libtrd and, before anything else of theirs is touched, those of other bindings. The first
 * call prepares the process, so that it matters who is first.
 */
public final class NativeLibraries {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLibraries.class);
    /** oneDNN's constructors need more than 512 KiB, where the JVM dies without a word. */
    private static final long STACK_BYTES = 8 << 20;

    static final String CACHE_PROPERTY = "org.bytedeco.javacpp.cachedir";
    /** A name of JavaCPP's for {@link #CACHE_PROPERTY}. */
    private static final String OTHER_CACHE_PROPERTY = "org.bytedeco.javacpp.cacheDir";

    /** Room below which a library that could not be loaded was not unpacked. */
    private static final int ROOM_MIB = 32;

    /** Names of what is loaded: to load it again is free. */
    private static final Set<String> LOADED = ConcurrentHashMap.newKeySet();

    private static boolean prepared;
    /** Later failures are consequences: classes that could not be initialised, which do not say why. */
    private static volatile boolean refused;

    private NativeLibraries() {}

    /**
     * Loads the libraries of these bindings, in a thread with a large stack: the caller's may be small. Does nothing
     * when they are loaded.
     *
     * @param name of the library, for the message; one name stands for the same bindings always
     * @throws NativeException when one cannot be unpacked or loaded; its one line says why and what to do
     */
    public static void load(String name, Class<?>... bindings) {
        if (LOADED.contains(name)) {
            return;
        }
        inThreadOfItsOwn(name, () -> {
            for (Class<?> binding : bindings) {
                Loader.load(binding);
            }
        });
        LOADED.add(name);
    }

    /** As {@link #load}, from a folder of this build's own. */
    static void loadLibtrd() {
        inThreadOfItsOwn("libtrd", () -> Loader.load(Trd.class));
    }

    /** Whether the class path, or a folder that stands in for it, has a binding's library for this platform. */
    public static boolean has(Class<?> binding) {
        ClassProperties properties = properties(binding);
        String library = properties.getProperty("platform.library");
        return library != null && Loader.findLibrary(binding, properties, library, true).length > 0;
    }

    private static void inThreadOfItsOwn(String name, Runnable work) {
        Throwable[] failure = new Throwable[1];
        Thread loader = new Thread(
                null,
                () -> {
                    try {
                        prepared(work);
                    } catch (IOException e) {
                        failure[0] = new UncheckedIOException(e);
                    } catch (RuntimeException | Error e) {
                        failure[0] = e;
                    }
                },
                "trd natives",
                STACK_BYTES);
        loader.start();
        // A library is loaded or it is not: there is no half.
        Uninterrupted.await(loader::join);
        if (isRefusal(failure[0])) {
            refused = true;
        }
        if (refused && failure[0] != null) {
            throw new NativeException(refusal(), failure[0]);
        }
        if (failure[0] instanceof LinkageError || failure[0] instanceof UncheckedIOException) {
            throw new NativeException(name + " cannot be loaded: " + reason(failure[0]), failure[0]);
        }
        if (failure[0] instanceof RuntimeException e) {
            throw e;
        }
        if (failure[0] instanceof Error e) {
            throw e;
        }
    }

    /**
     * From version 24 on, Java asks the user who may load native libraries and call them, and warns or refuses without
     * an answer: everybody on the class path, or the modules by their names.
     */
    private static String refusal() {
        ModuleLayer layer = Trd.class.getModule().getLayer();
        String allowed = layer == null
                ? "ALL-UNNAMED"
                : layer.modules().stream()
                        .filter(module -> module == Trd.class.getModule() || hasBinding(module))
                        .map(Module::getName)
                        .sorted()
                        .collect(Collectors.joining(","));
        return "Java refuses native libraries: start it with --enable-native-access=" + allowed;
    }

    private static boolean isRefusal(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalCallerException) {
                return true;
            }
        }
        return false;
    }

    /** Whether it is one of JavaCPP's with classes: a platform's holds libraries alone. */
    private static boolean hasBinding(Module module) {
        return module.getName().startsWith("org.bytedeco.")
                && !module.getDescriptor().isOpen();
    }

    private static synchronized void prepared(Runnable work) throws IOException {
        if (!prepared) {
            setProperties();
        }
        try (CacheLock lock = lock()) {
            if (!lock.complete()) {
                HalfUnpacked.remove(Loader.getCacheDir().toPath());
            }
            if (!prepared) {
                sayWhereElse();
                unpackLibtrd();
                prepared = true;
            }
            work.run();
            lock.succeeded();
        }
    }

    private static CacheLock lock() {
        try {
            return CacheLock.take(Loader.getCacheDir().toPath());
        } catch (IOException e) {
            // No folder can be written: whoever must unpack says so.
            return CacheLock.none();
        }
    }

    /** JavaCPP passes over a folder that it cannot use without a word, and takes the user's or a temporary one. */
    private static void sayWhereElse() throws IOException {
        String named = System.getProperty(CACHE_PROPERTY, System.getProperty(OTHER_CACHE_PROPERTY));
        if (named == null) {
            return;
        }
        Path taken = Loader.getCacheDir().toPath().toAbsolutePath().normalize();
        if (!taken.equals(Path.of(named).toAbsolutePath().normalize())) {
            LOG.warn("{} cannot be written: native libraries are unpacked to {}", named, taken);
        }
    }

    /** Before JavaCPP's classes are initialised, which read them. */
    static synchronized void setProperties() {
        // JavaCPP's own limits follow the Java heap (Xmx of its buffers, 4 x Xmx of resident memory) and would throw
        // OutOfMemoryError although nothing is short; 0 switches them off. Read when JavaCPP's Pointer is initialised.
        for (String limit : new String[] {"org.bytedeco.javacpp.maxBytes", "org.bytedeco.javacpp.maxPhysicalBytes"}) {
            if (System.getProperty(limit) == null) {
                System.setProperty(limit, "0");
            }
        }
        if (System.getProperty(CACHE_PROPERTY) == null
                && System.getProperty(OTHER_CACHE_PROPERTY) == null
                && !CacheFolder.hasHome(Path.of(".javacpp", "cache"))) {
            // JavaCPP would make a folder '?' where the process happens to be, or take one that others can foresee.
            System.setProperty(
                    CACHE_PROPERTY, CacheFolder.ofThisUser().resolve("natives").toString());
        }
    }

    /**
     * Loads libtrd and its binding from a folder that is named after their content: JavaCPP, which loads them
     * otherwise, would take those of an older build of the same size. The OpenMP runtime comes first, which reads its
     * environment then. In a folder instead of a jar there is nothing to unpack.
     */
    private static void unpackLibtrd() throws IOException {
        ClassProperties properties = properties(Trd.class);
        URL environment = find(ProcessEnvironment.class, properties(ProcessEnvironment.class), "jniTrdEnvironment");
        URL library = find(Trd.class, properties, "trd");
        URL binding = find(Trd.class, properties, "jniTrd");
        if (!LibraryCache.isPacked(environment, library, binding)) {
            if (environment != null) {
                Loader.load(ProcessEnvironment.class);
                prepareOpenMp();
            }
            return;
        }
        Path folder = LibraryCache.unpack(Loader.getCacheDir().toPath(), List.of(environment, library, binding));
        load(ProcessEnvironment.class, "jniTrdEnvironment", LibraryCache.file(folder, environment));
        prepareOpenMp();
        String openMp = "gomp@.1";
        URL[] runtimes = Loader.findLibrary(Trd.class, properties, openMp);
        if (runtimes.length > 0) {
            Loader.loadLibrary(Trd.class, runtimes, openMp);
        }
        load(Trd.class, "trd", LibraryCache.file(folder, library));
        load(Trd.class, "jniTrd", LibraryCache.file(folder, binding));
    }

    private static void load(Class<?> owner, String name, Path file) throws IOException {
        Loader.loadLibrary(owner, new URL[] {file.toUri().toURL()}, name);
    }

    private static ClassProperties properties(Class<?> binding) {
        return Loader.loadProperties(binding, Loader.loadProperties(), true);
    }

    private static URL find(Class<?> owner, ClassProperties properties, String name) {
        URL[] found = Loader.findLibrary(owner, properties, name);
        return found.length > 0 ? found[0] : null;
    }

    /** Before the OpenMP runtime is loaded. */
    private static void prepareOpenMp() {
        List<String> unreadable = OpenMpVariables.unreadable(System.getenv());
        for (String name : unreadable) {
            ProcessEnvironment.unsetenv(name);
            LOG.warn(
                    "{}={} is no value of this variable of OpenMP and is passed over; unset it",
                    name,
                    System.getenv(name));
        }
        letIdleThreadsSleep(System.getenv("OMP_WAIT_POLICY") == null || unreadable.contains("OMP_WAIT_POLICY"));
    }

    /**
     * Threads that wait for work spin for some microseconds, then sleep. Spinning ones take the cores from those that
     * have work, and a pass becomes many times slower on a busy machine; not to spin at all costs up to half of a small
     * network's time, whose some hundred steps are short. GCC's runtime reads this when it is loaded. Whatever the user
     * set stays.
     *
     * @param free whether the user set nothing
     */
    private static void letIdleThreadsSleep(boolean free) {
        if (free) {
            int status = ProcessEnvironment.setenv("OMP_WAIT_POLICY", "PASSIVE", 0)
                    | ProcessEnvironment.setenv("GOMP_SPINCOUNT", "1000", 0);
            LOG.debug("OpenMP's waiting threads {}", status == 0 ? "sleep" : "keep their policy: setenv failed");
        }
    }

    /** Why a library or a class of a binding could not be loaded, and what to do: the end of one line. */
    public static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String text =
                String.valueOf(cause.getMessage()).strip().lines().findFirst().orElse("no message");
        if (text.contains("in class, module, and library paths") || text.contains("not supported by")) {
            return text + "; the natives of this platform are not on the class path: add "
                    + OptionalLibrary.coordinatesOfNative(text) + ", or, where it has none of " + Loader.getPlatform()
                    + ", a build of it for that";
        }
        Path folder = Path.of(folder());
        String fault = fault(folder);
        return (fault == null
                        ? withoutPlaces(text) + "; libraries are unpacked to " + folder
                                + ", which needs 600 MB and must allow execution (no noexec)"
                        : "libraries are unpacked to " + folder + ", " + fault)
                + "; -D" + CACHE_PROPERTY + "=FOLDER names another";
    }

    /** Java's message, without where it came from and the list of all places where there is no library. */
    private static String withoutPlaces(String text) {
        return text.replaceFirst("^Exception [\\w.]+: ", "")
                .replaceFirst(" \\[in thread \".*\"]$", "")
                .replaceFirst("(?<=java\\.library\\.path): .*", "");
    }

    /** Why no library can be loaded from a folder, which Java's and JavaCPP's messages do not say; null = not known. */
    private static String fault(Path folder) {
        try {
            Path probe = Files.createTempFile(folder, "trd4j", null);
            try {
                // The system calls no file executable where it executes none, whatever its permissions.
                if (probe.toFile().setExecutable(true) && !Files.isExecutable(probe)) {
                    return "which is mounted noexec: no program may run there";
                }
            } finally {
                Files.delete(probe);
            }
            long room = Files.getFileStore(folder).getUsableSpace() >> 20;
            return room < ROOM_MIB ? "which has " + room + " MB of room left and needs 600" : null;
        } catch (FileSystemException e) {
            return "which cannot be written" + (e.getReason() == null ? "" : " (" + e.getReason() + ")");
        } catch (IOException | UnsupportedOperationException e) {
            return "which cannot be written (" + e.getMessage() + ")";
        }
    }

    private static String folder() {
        try {
            return Loader.getCacheDir().toString();
        } catch (IOException e) {
            // No folder can be written.
            String wanted = System.getProperty(CACHE_PROPERTY);
            return wanted != null ? wanted : System.getProperty("user.home") + "/.javacpp/cache";
        }
    }
}
