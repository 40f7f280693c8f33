package io.trd4j.engine.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.engine.DeviceException;
import io.trd4j.engine.cuda.CudaLibraries.Library;
import io.trd4j.jni.NativeException;
import io.trd4j.ops.CudaProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.cuda.global.cudart;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user is told when CUDA cannot be used, and where its libraries are searched. */
class CudaSupportTest {
    private static CudaProbe probe(String refusal, int devices, int driver, int major) {
        return new CudaProbe(true, refusal, devices, driver, 13000, major, 5, 40, 1L << 34, "Some GPU");
    }

    private static String reason(CudaProbe probe, int device) {
        String reason = CudaSupport.check(probe, device).reason();
        assertTrue(reason == null || reason.lines().count() == 1, reason);
        return reason;
    }

    @Test
    void everyObstacleHasItsLine() {
        CudaProbe without = new CudaProbe(false, null, 0, 0, 0, 0, 0, 0, 0, "");
        assertTrue(reason(without, 0).contains("built without CUDA"));
        assertTrue(CudaSupport.check(without, 0).noGpu());
        assertTrue(reason(probe("no CUDA-capable device", 0, 0, 0), 0).contains("no NVIDIA driver"));
        assertTrue(CudaSupport.check(probe("x", 0, 0, 0), 0).noGpu(), "nothing is wrong with a machine without a GPU");
        String old = reason(probe("driver version is insufficient", 0, 12020, 0), 0);
        assertTrue(old.contains("supports CUDA 12.2") && old.contains("CUDA 13.0 is needed"), old);
        assertFalse(CudaSupport.check(probe("driver version is insufficient", 0, 12020, 0), 0)
                .noGpu());
        assertTrue(reason(probe("no CUDA-capable device", 0, 13010, 0), 0).contains("CUDA_VISIBLE_DEVICES"));
        String number = reason(probe("no such device", 2, 13000, 0), 2);
        assertTrue(number.contains("no GPU 2") && number.contains("shows 2"), number);
        assertTrue(reason(probe("busy", 1, 13000, 0), 0).contains("busy"));
        String weak = reason(probe(null, 1, 13000, 7), 0);
        assertTrue(weak.contains("Some GPU") && weak.contains("7.5") && weak.contains("8.0"), weak);
        assertNull(reason(probe(null, 1, 13000, 8), 0));
        assertNull(reason(probe(null, 1, 14000, 9), 0), "a newer driver runs older runtimes");
    }

    @Test
    void librariesAreFoundWhereTheyMayLie(@TempDir Path root) throws IOException {
        Path own = Files.createDirectories(root.resolve("own"));
        Path given = Files.createDirectories(root.resolve("given"));
        Path toolkit = Files.createDirectories(root.resolve("usr/local/cuda-13.1/lib64"));
        Path system = Files.createDirectories(root.resolve("usr/lib/x86_64-linux-gnu"));
        Path python = Files.createDirectories(root.resolve("venv/lib/python3.12/site-packages/nvidia/cudnn/lib"));
        Map<String, String> environment = Map.of(
                "TRD_CUDA_LIBS",
                given + ":" + root.resolve("absent"),
                "VIRTUAL_ENV",
                root.resolve("venv").toString());
        List<Path> folders = CudaLibraries.folders(own.toString(), environment::get, root);
        assertEquals(List.of(own, given, toolkit, system, root.resolve("usr/lib"), python), folders);
        assertEquals(
                List.of(root.resolve("venv"), python),
                CudaLibraries.folders(
                        "",
                        name -> name.equals("TRD_CUDA_LIBS")
                                ? root.resolve("venv").toString()
                                : null,
                        root.resolve("nothing")),
                "the root of a Python environment");
        CudaLibraries libraries = new CudaLibraries(folders);
        Library cudnn = new Library("libcudnn.so.9", "cuDNN 9");
        String missing = libraries.missing(List.of(cudnn));
        assertTrue(
                missing.startsWith(
                        "libcudnn.so.9 (cuDNN 9) was not found; searched: java.library.path, TRD_CUDA_LIBS, "),
                missing);
        Files.createFile(system.resolve("libcudnn.so.8"));
        assertTrue(
                libraries.missing(List.of(cudnn)).contains("only " + system.resolve("libcudnn.so.8")),
                libraries.missing(List.of(cudnn)));
        Files.writeString(python.resolve("libcudnn.so.9"), "no library");
        assertNull(libraries.missing(List.of(cudnn)));
        String broken = libraries.load(List.of(cudnn));
        assertNotNull(broken);
        assertTrue(broken.startsWith(python.resolve("libcudnn.so.9") + " (cuDNN 9) cannot be loaded: "), broken);
        assertEquals(Map.of(), libraries.loaded());
        Files.writeString(given.resolve("libcudnn.so.9"), "earlier");
        assertEquals(
                given.resolve("libcudnn.so.9"), libraries.find("libcudnn.so.9").orElseThrow(), "the first folder wins");
    }

    @Test
    void aRealLibraryIsLoadedByItsPath() {
        CudaLibraries libraries = new CudaLibraries(CudaLibraries.folders("", name -> null, Path.of("/")));
        // Any small library of the system will do.
        Library library = new Library("libm.so.6", "the C library's mathematics");
        assertNull(libraries.missing(List.of(library)));
        assertNull(libraries.load(List.of(library)));
        assertTrue(libraries.loaded().get("libm.so.6").endsWith("/libm.so.6"));
    }

    @Test
    void errorsSayWhatToDo() {
        assertEquals(DeviceException.Reason.OUT_OF_MEMORY, CudaErrors.reason(cudart.cudaErrorMemoryAllocation));
        assertEquals(DeviceException.Reason.LOST, CudaErrors.reason(cudart.cudaErrorIllegalAddress));
        assertEquals(DeviceException.Reason.OTHER, CudaErrors.reason(cudart.cudaErrorInvalidValue));
        RuntimeException translated = CudaErrors.translated(new NativeException(
                "libtrd failed with status 3: max_pool: an illegal memory access was encountered",
                cudart.cudaErrorIllegalAddress));
        assertEquals(DeviceException.Reason.LOST, ((DeviceException) translated).reason());
        assertEquals(1, translated.getMessage().lines().count());
        RuntimeException another =
                new NativeException("libtrd failed with status 4: a text about cudaErrorIllegalAddress");
        assertEquals(another, CudaErrors.translated(another), "the code decides, not the text");
        RuntimeException libTorch =
                CudaErrors.translated(new RuntimeException("CUDA out of memory. Tried to allocate 2 GiB\nmore"));
        assertEquals(DeviceException.Reason.OUT_OF_MEMORY, ((DeviceException) libTorch).reason());
        RuntimeException other = new IllegalArgumentException("not CUDA's");
        assertEquals(other, CudaErrors.translated(other));
    }
}
