package io.trd4j.model.tensorfile;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.trd4j.io.FileBytes;
import io.trd4j.io.InputException;
import io.trd4j.io.OneLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The checked header of a safetensors file. It is read as a stream and every length is compared with the file's size
 * first, so that a hostile file costs no more memory than its own size justifies.
 *
 * @param tensors by name, in file order
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, Located> tensors) {
    static final String METADATA = "__metadata__";
    static final long MAX_HEADER_BYTES = 100_000_000;
    // Far beyond any network; a header of the full length could else hold millions of empty tensors or dimensions.
    static final int MAX_TENSORS = 1 << 16;
    static final int MAX_DIMENSIONS = 64;
    static final int MAX_ALL_DIMENSIONS = 1 << 19;
    static final int MAX_NAME = 512;
    /** Characters of all names together. */
    static final int MAX_ALL_NAMES = 1 << 23;

    /** Far beyond what models say of themselves: keys, and characters of all keys and values together. */
    static final int MAX_METADATA_KEYS = 1 << 12;

    static final int MAX_METADATA = 1 << 24;

    /** @param position of the first byte in the file */
    record Located(TensorInfo info, long position) {}

    private record Entry(TensorInfo info, long begin, long end) {}

    // Nesting: the root, a tensor, its shape. Names are the file's, so they are neither interned nor kept in a table.
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(3)
                    .maxNameLength(MAX_NAME)
                    .maxNumberLength(20)
                    .maxStringLength(MAX_METADATA / 2)
                    .build())
            .build();

    static SafetensorsHeader read(FileBytes content) throws IOException {
        Path file = content.path();
        long size = content.size();
        if (size < 8) {
            throw new InputException(file + " has " + size + " bytes and is not a safetensors file (too short)");
        }
        ByteBuffer prefix = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        content.read(0, prefix);
        long length = prefix.getLong(0);
        if (length < 2 || length > MAX_HEADER_BYTES || length > size - 8) {
            throw new InputException(
                    file + " is not a sound safetensors file: its header should have " + Long.toUnsignedString(length)
                            + " bytes, the file has " + size + "; it may be cut or another format");
        }
        try (Reader reader = new BufferedReader(new InputStreamReader(
                        new Range(content, 8, length),
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .onMalformedInput(CodingErrorAction.REPORT)
                                .onUnmappableCharacter(CodingErrorAction.REPORT)));
                JsonParser json = JSON.createParser(reader)) {
            reader.mark(1);
            if (reader.read() != '{') {
                throw bad(file, "its header does not start with '{'");
            }
            reader.reset();
            return parse(file, json, 8 + length, size);
        } catch (StreamConstraintsException e) {
            throw bad(file, "a name, text or number in its header is too long, or nested too deeply");
        } catch (JsonProcessingException e) {
            throw new InputException(
                    file + " is not a sound safetensors file: its header: " + e.getOriginalMessage(), e);
        } catch (CharacterCodingException e) {
            throw new InputException(file + " is not a sound safetensors file: its header is not UTF-8", e);
        }
    }

    private static SafetensorsHeader parse(Path file, JsonParser json, long dataStart, long size) throws IOException {
        Map<String, String> metadata = Map.of();
        List<Entry> entries = new ArrayList<>();
        int dimensions = 0;
        int names = 0;
        json.nextToken();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            if (entries.size() == MAX_TENSORS) {
                throw bad(file, "it lists more than " + MAX_TENSORS + " tensors");
            }
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw bad(file, "the entry " + OneLine.start(name) + " is not an object");
            }
            if (name.equals(METADATA)) {
                metadata = metadata(file, json);
            } else {
                Entry entry = entry(file, json, name);
                dimensions += entry.info.shape().size();
                names += name.length();
                if (dimensions > MAX_ALL_DIMENSIONS || names > MAX_ALL_NAMES) {
                    throw bad(
                            file,
                            "its tensors have more than " + MAX_ALL_DIMENSIONS
                                    + " dimensions together, or names of more than 8 MiB");
                }
                entries.add(entry);
            }
        }
        if (json.nextToken() != null) {
            throw bad(file, "its header goes on after its end");
        }
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        Map<String, Located> tensors = new LinkedHashMap<>();
        long position = 0;
        for (Entry e : entries) {
            if (e.begin != position) {
                throw bad(
                        file,
                        "tensor " + OneLine.start(e.info.name()) + " begins at byte " + e.begin + " of the data, "
                                + (e.begin < position
                                        ? "inside another tensor"
                                        : "after a hole that begins at " + position));
            }
            position = e.end;
            tensors.put(e.info.name(), new Located(e.info, dataStart + e.begin));
        }
        if (position != size - dataStart) {
            throw bad(
                    file,
                    "its tensors need " + position + " bytes after the header, the file has " + (size - dataStart)
                            + (position > size - dataStart ? "; it is cut" : ""));
        }
        return new SafetensorsHeader(metadata, tensors);
    }

    private static Map<String, String> metadata(Path file, JsonParser json) throws IOException {
        Map<String, String> metadata = new TreeMap<>();
        int length = 0;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            if (json.nextToken() != JsonToken.VALUE_STRING) {
                throw bad(file, "the metadata " + OneLine.start(key) + " is not a string");
            }
            String value = json.getText();
            length += key.length() + value.length();
            if (metadata.size() == MAX_METADATA_KEYS || length > MAX_METADATA) {
                throw bad(file, "it has more than " + MAX_METADATA_KEYS + " keys of metadata, or more than 16 MiB");
            }
            metadata.put(key, value);
        }
        return Collections.unmodifiableMap(metadata);
    }

    private static Entry entry(Path file, JsonParser json, String name) throws IOException {
        TensorType type = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "dtype" -> type = type(file, json, name);
                case "shape" -> shape = sizes(file, json, name, field);
                case "data_offsets" -> offsets = sizes(file, json, name, field);
                default ->
                    throw bad(file, "tensor " + OneLine.start(name) + " has the unknown field " + OneLine.start(field));
            }
        }
        if (type == null || shape == null || offsets == null || offsets.size() != 2) {
            throw bad(file, "tensor " + OneLine.start(name) + " needs dtype, shape and two data_offsets");
        }
        TensorInfo info;
        try {
            info = new TensorInfo(name, type, shape);
        } catch (IllegalArgumentException e) {
            throw bad(file, "tensor " + OneLine.start(name) + " has an impossible shape");
        }
        long begin = offsets.get(0);
        long end = offsets.get(1);
        if (end < begin || end - begin != info.bytes()) {
            throw bad(
                    file,
                    "tensor " + OneLine.start(name) + " (" + type + ", " + OneLine.start(info.shapeText()) + ") needs "
                            + info.bytes() + " bytes, its data_offsets are " + begin + " to " + end);
        }
        return new Entry(info, begin, end);
    }

    private static TensorType type(Path file, JsonParser json, String name) throws IOException {
        String text = json.currentToken() == JsonToken.VALUE_STRING ? json.getText() : "";
        return Arrays.stream(TensorType.values())
                .filter(t -> t.name().equals(text))
                .findFirst()
                .orElseThrow(() -> bad(
                        file,
                        "tensor " + OneLine.start(name) + " has the dtype " + OneLine.start(text) + "; known are "
                                + Arrays.toString(TensorType.values())));
    }

    private static List<Long> sizes(Path file, JsonParser json, String name, String field) throws IOException {
        List<Long> out = new ArrayList<>();
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw bad(file, field + " of tensor " + OneLine.start(name) + " is not a list");
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || json.getLongValue() < 0) {
                throw bad(file, field + " of tensor " + OneLine.start(name) + " holds something else than sizes");
            }
            if (out.size() == MAX_DIMENSIONS) {
                throw bad(
                        file,
                        field + " of tensor " + OneLine.start(name) + " has more than " + MAX_DIMENSIONS + " entries");
            }
            out.add(json.getLongValue());
        }
        return out;
    }

    private static InputException bad(Path file, String what) {
        return new InputException(file + " is not a sound safetensors file: " + what);
    }

    /** The bytes of a part of the file, which stays open. */
    private static final class Range extends InputStream {
        private final FileBytes content;
        private final long end;
        private long position;

        Range(FileBytes content, long position, long length) {
            this.content = content;
            this.position = position;
            this.end = position + length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = (int) Math.min(length, end - position);
            if (count == 0) {
                return length == 0 ? 0 : -1;
            }
            content.read(position, ByteBuffer.wrap(target, offset, count));
            position += count;
            return count;
        }
    }
}
