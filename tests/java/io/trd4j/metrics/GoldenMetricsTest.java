package io.trd4j.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All ten columns against the golden numbers, to 1e-6 absolute: smooth maps, and maps of few levels (ties). */
class GoldenMetricsTest {
    @ParameterizedTest
    @ValueSource(strings = {"metrics-a", "metrics-ties"})
    void everyColumnAgrees(String name) throws IOException {
        Path file = Path.of(System.getProperty("trd.fixtures"), "golden", name + ".safetensors");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int headerLength = Math.toIntExact(bytes.getLong());
        byte[] text = new byte[headerLength];
        bytes.get(text);
        JsonNode header = new ObjectMapper().readTree(new String(text, StandardCharsets.UTF_8));
        int start = 8 + headerLength;

        JsonNode shape = header.at("/maps/shape");
        int parts = shape.get(0).asInt();
        int height = shape.get(1).asInt();
        int width = shape.get(2).asInt();
        float[][] maps = new float[parts][height * width];
        boolean[][] masks = new boolean[parts][height * width];
        boolean[] anomalous = new boolean[parts];
        int mapsAt = start + header.at("/maps/data_offsets/0").asInt();
        int masksAt = start + header.at("/gts/data_offsets/0").asInt();
        for (int part = 0, k = 0; part < parts; part++) {
            for (int i = 0; i < height * width; i++, k++) {
                maps[part][i] = bytes.getFloat(mapsAt + 4 * k);
                masks[part][i] = bytes.get(masksAt + k) != 0;
                anomalous[part] |= masks[part][i];
            }
        }
        List<String> order = List.of(header.at("/__metadata__/order").asText().split(","));
        assertEquals(MetricsRow.COLUMNS, order);

        Map<String, Double> row =
                Evaluation.of(maps, masks, anomalous, height, width).toMap();
        assertEquals(order, List.copyOf(row.keySet()));
        int expectedAt = start + header.at("/expected/data_offsets/0").asInt();
        for (int i = 0; i < order.size(); i++) {
            double expected = bytes.getDouble(expectedAt + 8 * i);
            double error = Math.abs(row.get(order.get(i)) - expected);
            assertTrue(error <= 1e-6, order.get(i) + ": " + row.get(order.get(i)) + ", expected " + expected);
        }
    }
}
