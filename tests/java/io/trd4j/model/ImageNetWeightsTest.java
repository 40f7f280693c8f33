package io.trd4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageNetWeightsTest {
    private static final byte[] CONTENT = new byte[300_000];

    static {
        new Random(8).nextBytes(CONTENT);
    }

    @TempDir
    private Path cache;

    private final AtomicLong downloaded = new AtomicLong();
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch finished = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private String hash;

    @BeforeEach
    void serve() throws Exception {
        hash = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(CONTENT))
                .substring(0, 8);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/models/", exchange -> {
            requests.incrementAndGet();
            boolean known = exchange.getRequestURI().getPath().matches("/models/(resnet18|resnet34|resnet50)-.*\\.pth");
            exchange.sendResponseHeaders(known ? 200 : 404, known ? CONTENT.length : -1);
            if (known) {
                boolean stalls = exchange.getRequestURI().getPath().contains("resnet34");
                exchange.getResponseBody().write(CONTENT, 0, stalls ? 1000 : CONTENT.length);
                exchange.getResponseBody().flush();
                await(stalls);
            }
            exchange.close();
        });
        server.start();
    }

    private void await(boolean stalls) {
        try {
            if (stalls) {
                finished.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        finished.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    /** With patience for a machine that is otherwise busy. */
    private ImageNetWeights weights(String expected) {
        return weights(expected, Duration.ofMinutes(1));
    }

    private ImageNetWeights weights(String expected, Duration patience) {
        return new ImageNetWeights(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/models/"),
                cache,
                Map.of(Backbone.RESNET18, expected, Backbone.RESNET34, expected, Backbone.WIDE_RESNET50_2, expected),
                patience,
                downloaded::set);
    }

    private List<Path> cached() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.toList();
        }
    }

    @Test
    void downloadsOnceAndVerifiesEveryTime() throws IOException {
        Path file = weights(hash).file(Backbone.RESNET18);
        assertEquals(cache.resolve("resnet18-" + hash + ".pth"), file);
        assertArrayEquals(CONTENT, Files.readAllBytes(file));
        assertEquals(CONTENT.length, downloaded.get());
        assertEquals(file, weights(hash).file(Backbone.RESNET18));
        assertEquals(1, requests.get());
        Files.write(file, new byte[] {1});
        String message = refusal(weights(hash), Backbone.RESNET18);
        assertTrue(message.contains("has been deleted; run again"), message);
        assertFalse(Files.exists(file));
    }

    @Test
    void aWrongFileIsNotKept() throws IOException {
        String message = refusal(weights("00000000"), Backbone.RESNET18);
        assertTrue(
                message.contains("gave a wrong file, now deleted (its SHA-256 begins with " + hash + ", not 00000000)"),
                message);
        assertEquals(List.of(), cached());
    }

    @Test
    void errorsSayWhereToPutTheFile() throws IOException {
        String missing = refusal(weights(hash), Backbone.WIDE_RESNET50_2);
        assertTrue(missing.contains("HTTP status 404"), missing);
        assertTrue(missing.endsWith("put it here: " + cache.resolve("wide_resnet50_2-" + hash + ".pth")), missing);
        ImageNetWeights offline = weights(hash);
        server.stop(0);
        String message = refusal(offline, Backbone.RESNET18);
        assertTrue(message.contains("/models/resnet18-" + hash + ".pth cannot be reached (no connection)"), message);
        assertTrue(message.endsWith("put it here: " + cache.resolve("resnet18-" + hash + ".pth")), message);
        assertEquals(List.of(), cached());
    }

    @Test
    void aStalledDownloadEnds() throws IOException {
        String message = refusal(weights(hash, Duration.ofSeconds(4)), Backbone.RESNET34);
        assertTrue(message.contains("broke off"), message);
        assertEquals(List.of(), cached());
    }

    private static String refusal(ImageNetWeights weights, Backbone backbone) {
        String message =
                assertThrows(InputException.class, () -> weights.file(backbone)).getMessage();
        assertFalse(message.contains("\n"), message);
        return message;
    }
}
