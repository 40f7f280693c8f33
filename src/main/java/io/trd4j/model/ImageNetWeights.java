package io.trd4j.model;

import io.trd4j.io.AtomicFile;
import io.trd4j.io.CacheFolder;
import io.trd4j.io.InputException;
import io.trd4j.io.OneLine;
import io.trd4j.io.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * torchvision's ImageNet weights (IMAGENET1K_V1), downloaded over TLS, once, into a cache folder in which nobody else
 * may write. Every use verifies the SHA-256: all of it where it is known here, else the first eight digits, which are
 * in torchvision's file names.
 */
final class ImageNetWeights {
    private static final Map<Backbone, String> HASHES = Map.of(
            Backbone.RESNET18,
            "f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec",
            Backbone.RESNET34,
            "b627a593",
            Backbone.RESNET50,
            "0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a",
            Backbone.WIDE_RESNET50_2,
            "95faca4d");
    /** Of the SHA-256, in the files' names. */
    private static final int NAME_DIGITS = 8;

    private static final URI HOST = URI.create("https://download.pytorch.org/models/");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    // Four times the largest of these files: what goes on longer is not one of them.
    private static final long MAX_BYTES = 512L << 20;

    private final URI host;
    private final Path cache;
    private final Map<Backbone, String> hashes;
    private final Duration patience;
    private final LongConsumer progress;

    /** @param progress told how many bytes of a download there are so far */
    ImageNetWeights(URI host, Path cache, Map<Backbone, String> hashes, Duration patience, LongConsumer progress) {
        this.host = host;
        this.cache = cache;
        this.hashes = hashes;
        this.patience = patience;
        this.progress = progress;
    }

    static ImageNetWeights standard(LongConsumer progress) {
        return new ImageNetWeights(HOST, CacheFolder.ofThisUser(), HASHES, PATIENCE, progress);
    }

    /**
     * The verified weights file, downloaded when the cache does not have it.
     *
     * @throws InputException when it cannot be downloaded or does not have the expected content; a wrong file is
     *     deleted
     */
    Path file(Backbone backbone) throws IOException {
        String expected = hashes.get(backbone);
        String name = backbone.key() + "-" + expected.substring(0, NAME_DIGITS) + ".pth";
        CacheFolder.requireOwn(cache);
        Path file = cache.resolve(name);
        if (Files.exists(file)) {
            String actual = Sha256.of(file);
            if (!actual.startsWith(expected)) {
                Files.delete(file);
                throw new InputException(file + " was damaged (its SHA-256 begins with " + differing(actual, expected)
                        + ") and has been deleted; run again to download it");
            }
            return file;
        }
        URI source = host.resolve(name);
        try {
            AtomicFile.write(file, channel -> download(source, expected, channel::write));
        } catch (InterruptedDownload e) {
            Thread.currentThread().interrupt();
            throw new InputException("the download of " + source + " was interrupted; run again", e);
        } catch (DownloadException e) {
            throw new InputException(
                    source + " " + e.getMessage() + "; without a network, get that file elsewhere and put it "
                            + "here: " + file.toAbsolutePath(),
                    e);
        }
        return file;
    }

    /** Enough digits to see the difference. */
    private static String differing(String actual, String expected) {
        int digits = NAME_DIGITS;
        while (digits < expected.length() && actual.startsWith(expected.substring(0, digits))) {
            digits += NAME_DIGITS;
        }
        return actual.substring(0, digits) + ", not " + expected.substring(0, digits);
    }

    @FunctionalInterface
    private interface Sink {
        int write(ByteBuffer piece) throws IOException;
    }

    private void download(URI source, String expected, Sink sink) throws IOException {
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(patience)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        HttpRequest request = HttpRequest.newBuilder(source).timeout(patience).build();
        HttpResponse<InputStream> response;
        try {
            response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            throw new InterruptedDownload(e);
        } catch (IOException e) {
            throw new DownloadException("cannot be reached (" + reason(e) + ")", e);
        }
        Sha256 sha256 = new Sha256();
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200) {
                throw new DownloadException("was answered with HTTP status " + response.statusCode(), null);
            }
            copy(body, sha256, sink);
        }
        String actual = sha256.hex();
        if (!actual.startsWith(expected)) {
            throw new DownloadException(
                    "gave a wrong file, now deleted (its SHA-256 begins with " + differing(actual, expected) + ")",
                    null);
        }
    }

    private void copy(InputStream body, Sha256 sha256, Sink sink) throws IOException {
        AtomicLong lastNanos = new AtomicLong(System.nanoTime());
        // The client has no timeout for a body that stalls, so a watchdog closes it.
        ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "download watchdog");
            thread.setDaemon(true);
            return thread;
        });
        long period = Math.max(1, patience.toMillis() / 10);
        watchdog.scheduleAtFixedRate(() -> closeWhenStalled(body, lastNanos), period, period, TimeUnit.MILLISECONDS);
        try {
            byte[] piece = new byte[1 << 16];
            long bytes = 0;
            for (int count = next(body, piece); count >= 0; count = next(body, piece)) {
                lastNanos.set(System.nanoTime());
                bytes += count;
                if (bytes > MAX_BYTES) {
                    throw new DownloadException("sends more than " + MAX_BYTES + " bytes", null);
                }
                ByteBuffer buffer = ByteBuffer.wrap(piece, 0, count);
                sha256.add(buffer.duplicate());
                while (buffer.hasRemaining()) {
                    sink.write(buffer);
                }
                progress.accept(bytes);
            }
        } finally {
            watchdog.shutdownNow();
        }
    }

    private static int next(InputStream body, byte[] piece) throws IOException {
        try {
            return body.read(piece);
        } catch (IOException e) {
            throw new DownloadException("broke off (" + reason(e) + ")", e);
        }
    }

    private void closeWhenStalled(InputStream body, AtomicLong lastNanos) {
        if (System.nanoTime() - lastNanos.get() > patience.toNanos()) {
            try {
                body.close();
            } catch (IOException e) {
                // The reader sees the closed stream, which is all this is for.
                lastNanos.set(System.nanoTime());
            }
        }
    }

    private static String reason(IOException e) {
        // The HTTP client's ConnectException has no message.
        String text = e instanceof ConnectException || e.getMessage() == null ? "no connection" : e.getMessage();
        return OneLine.of(text);
    }

    /** The message continues the sentence that begins with the source. */
    private static final class DownloadException extends IOException {
        private static final long serialVersionUID = 1L;

        DownloadException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private static final class InterruptedDownload extends IOException {
        private static final long serialVersionUID = 1L;

        InterruptedDownload(Throwable cause) {
            super(cause);
        }
    }
}
