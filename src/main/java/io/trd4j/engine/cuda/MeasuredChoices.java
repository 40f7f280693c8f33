package io.trd4j.engine.cuda;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trd4j.io.AtomicFile;
import io.trd4j.io.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which groups of convolutions another library was measured to compute faster than libtrd, kept in a file: measured
 * anew, a close race could end otherwise, and the same part would get a score that differs in its last digits. The
 * first decision holds, for all processes of this user, until the device, a library's version or the precision is
 * another.
 */
final class MeasuredChoices {
    private static final Logger LOG = LoggerFactory.getLogger(MeasuredChoices.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Of this process, by file: they hold where the file cannot be written, too. */
    private static final Map<Path, Map<String, Boolean>> DECIDED = new TreeMap<>();

    private final Path file;
    private final Map<String, String> about;

    /**
     * @param folder of such files; it need not exist
     * @param about what the decisions depend on; another value is another file
     */
    MeasuredChoices(Path folder, Map<String, String> about) {
        this.about = new LinkedHashMap<>(about);
        file = folder.toAbsolutePath()
                .resolve(UUID.nameUUIDFromBytes(this.about.toString().getBytes(StandardCharsets.UTF_8)) + ".json");
    }

    Path file() {
        return file;
    }

    /** The decisions so far, by the groups' signatures; a damaged file counts as none, and is replaced. */
    Map<String, Boolean> decided() {
        synchronized (DECIDED) {
            Map<String, Boolean> here = DECIDED.computeIfAbsent(file, f -> new TreeMap<>());
            read().forEach(here::putIfAbsent);
            return Map.copyOf(here);
        }
    }

    /** Adds what was measured; returns what holds, which is the other decision where somebody else was first. */
    Map<String, Boolean> decide(Map<String, Boolean> measured) {
        synchronized (DECIDED) {
            decided();
            Map<String, Boolean> here = DECIDED.get(file);
            measured.forEach(here::putIfAbsent);
            Map<String, Object> content = new LinkedHashMap<>(about);
            content.put("faster_than_libtrd", here);
            try {
                AtomicFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(content) + "\n");
            } catch (IOException | InputException e) {
                LOG.warn(
                        "which convolutions are faster is measured again by the next process, and may be "
                                + "decided otherwise: {} cannot be written ({}); set TRD_CACHE to a folder that can",
                        file,
                        e.getMessage());
            }
            return Map.copyOf(here);
        }
    }

    private Map<String, Boolean> read() {
        if (!Files.exists(file)) {
            return Map.of();
        }
        try {
            Map<String, Object> content = JSON.readValue(file.toFile(), new TypeReference<>() {});
            return JSON.convertValue(content.getOrDefault("faster_than_libtrd", Map.of()), new TypeReference<>() {});
        } catch (JsonProcessingException | IllegalArgumentException e) {
            LOG.warn("{} is damaged and will be written anew", file);
        } catch (IOException e) {
            LOG.warn("{} cannot be read: {}", file, e.getMessage());
        }
        return Map.of();
    }

    /** For tests: as a process that has just begun. */
    static void forget() {
        synchronized (DECIDED) {
            DECIDED.clear();
        }
    }
}
