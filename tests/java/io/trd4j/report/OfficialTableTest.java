package io.trd4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.trd4j.metrics.MetricsRow;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OfficialTableTest {
    private static final MetricsRow A = new MetricsRow(1, 0.994, 0.9694, 0.9, 0.8, 0.55555, 0.5, 0.4, 0.3, 0);
    private static final MetricsRow B = new MetricsRow(0.5, 0.9, 0.9, 0.9, 0.8, 0.5, 0.5, 0.4, 0.3, 0.2);

    @Test
    void alignsPercentUnderTheColumns() {
        Map<String, MetricsRow> rows = new LinkedHashMap<>();
        rows.put("combined", A);
        rows.put("rgb", B);
        assertEquals("""
                          I-AUROC  P-AUROC  AUPRO@30  AUPRO@10  AUPRO@5  AUPRO@1  I-AP  P-AP  I-F1  P-F1
                combined    100.0     99.4      96.9      90.0     80.0     55.6  50.0  40.0  30.0   0.0
                rgb          50.0     90.0      90.0      90.0     80.0     50.0  50.0  40.0  30.0  20.0
                """, OfficialTable.of(rows));
    }

    @Test
    void severalCategoriesGiveATablePerBranchWithTheMean() {
        Map<String, Map<String, MetricsRow>> categories = new LinkedHashMap<>();
        categories.put("bagel", Map.of("rgb", A));
        categories.put("cable_gland", Map.of("rgb", B));
        assertEquals("""
                rgb          I-AUROC  P-AUROC  AUPRO@30  AUPRO@10  AUPRO@5  AUPRO@1  I-AP  P-AP  I-F1  P-F1
                bagel          100.0     99.4      96.9      90.0     80.0     55.6  50.0  40.0  30.0   0.0
                cable_gland     50.0     90.0      90.0      90.0     80.0     50.0  50.0  40.0  30.0  20.0
                mean            75.0     94.7      93.5      90.0     80.0     52.8  50.0  40.0  30.0  10.0
                """, OfficialTable.paper(categories));
        Map<String, MetricsRow> both = new LinkedHashMap<>();
        both.put("combined", A);
        both.put("rgb", B);
        String two = OfficialTable.paper(Map.of("bagel", both));
        assertEquals(2, two.split("mean ", -1).length - 1);
        assertEquals(1, two.split("\n\nrgb ", -1).length - 1);
    }

    @Test
    void refusesCategoriesThatDoNotMatch() {
        assertThrows(IllegalArgumentException.class, () -> OfficialTable.paper(Map.of()));
        Map<String, Map<String, MetricsRow>> categories = new LinkedHashMap<>();
        categories.put("bagel", Map.of("rgb", A));
        categories.put("tire", Map.of("depth", B));
        assertThrows(IllegalArgumentException.class, () -> OfficialTable.paper(categories));
    }
}
