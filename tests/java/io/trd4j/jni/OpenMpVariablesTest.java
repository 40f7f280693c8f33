package io.trd4j.jni;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenMpVariablesTest {
    @Test
    void whatTheRuntimeReadsStays() {
        for (String value : List.of(
                "OMP_NUM_THREADS=4",
                "OMP_NUM_THREADS= 4 , 2",
                "OMP_PROC_BIND=TRUE",
                "OMP_PROC_BIND=spread,close",
                "OMP_PLACES=cores(2)",
                "OMP_PLACES={0:4}:2:4,{8,9}",
                "OMP_SCHEDULE=nonmonotonic:dynamic,16",
                "OMP_STACKSIZE=4M",
                "OMP_STACKSIZE=1g",
                "OMP_STACKSIZE=16",
                "OMP_WAIT_POLICY=Active",
                "GOMP_SPINCOUNT=300k",
                "GOMP_CPU_AFFINITY=0 3 1-2 4-15:2",
                "KMP_AFFINITY=anything")) {
            assertEquals(List.of(), unreadable(value), value);
        }
    }

    @Test
    void whatItCannotReadIsNamed() {
        for (String value : List.of(
                "OMP_NUM_THREADS=banana",
                "OMP_NUM_THREADS=",
                "OMP_NUM_THREADS=0",
                "OMP_NUM_THREADS=-3",
                "OMP_PROC_BIND=maybe",
                "OMP_PLACES=foo",
                "OMP_SCHEDULE=foo",
                "OMP_STACKSIZE=1",
                "OMP_STACKSIZE=1000G",
                "OMP_STACKSIZE=99999999999999999999",
                "OMP_WAIT_POLICY=lazy",
                "OMP_DYNAMIC=perhaps",
                "OMP_THREAD_LIMIT=0",
                "OMP_MAX_ACTIVE_LEVELS=-1",
                "GOMP_SPINCOUNT=x",
                "GOMP_CPU_AFFINITY=x")) {
            assertEquals(List.of(value.replaceFirst("=.*", "")), unreadable(value), value);
        }
    }

    private static List<String> unreadable(String assignment) {
        String[] parts = assignment.split("=", 2);
        return OpenMpVariables.unreadable(Map.of(parts[0], parts[1]));
    }
}
