package io.trd4j.engine;

import io.trd4j.engine.cpu.CpuSupport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bytedeco.dnnl.global.dnnl;

/** The instruction sets to which oneDNN 3.11 can be capped, by the names that its ONEDNN_MAX_CPU_ISA understands. */
enum InstructionSet {
    SSE41(dnnl.dnnl_cpu_isa_sse41, "baseline"),
    AVX(dnnl.dnnl_cpu_isa_avx, "baseline"),
    AVX2(dnnl.dnnl_cpu_isa_avx2, "avx2"),
    AVX2_VNNI(dnnl.dnnl_cpu_isa_avx2_vnni, "avx2", "avx_vnni"),
    AVX2_VNNI_2(dnnl.dnnl_cpu_isa_avx2_vnni_2, "avx2", "avx_vnni", "avx_vnni_int8", "avx_ne_convert"),
    AVX512_CORE(dnnl.dnnl_cpu_isa_avx512_core, "avx512"),
    AVX512_CORE_VNNI(dnnl.dnnl_cpu_isa_avx512_core_vnni, "avx512"),
    AVX512_CORE_BF16(dnnl.dnnl_cpu_isa_avx512_core_bf16, "avx512"),
    AVX10_1_512(dnnl.dnnl_cpu_isa_avx10_1_512, "avx512"),
    AVX10_1_512_AMX(dnnl.dnnl_cpu_isa_avx10_1_512_amx, "avx512"),
    AVX10_1_512_AMX_FP16(dnnl.dnnl_cpu_isa_avx10_1_512_amx_fp16, "avx512"),
    AVX10_2_512(dnnl.dnnl_cpu_isa_avx10_2_512, "avx512"),
    AVX10_2_512_AMX_2(dnnl.dnnl_cpu_isa_avx10_2_512_amx_2, "avx512");

    /** oneDNN's number: it holds the bits of every set that it includes. */
    private final int number;
    /** The TRD_MAX_CPU_ISA that goes with it. */
    final String libtrd;
    /**
     * The kernel's names for instructions that a CPU may have although oneDNN's number of its best set does not say so:
     * AVX2's later additions are no part of AVX-512.
     */
    private final List<String> flags;

    InstructionSet(int number, String libtrd, String... flags) {
        this.number = number;
        this.libtrd = libtrd;
        this.flags = List.of(flags);
    }

    /** The set with which oneDNN works in this process. */
    static InstructionSet effective() {
        int number = dnnl.dnnl_get_effective_cpu_isa();
        return Arrays.stream(values())
                .filter(set -> set.number == number)
                .findFirst()
                .orElseThrow(() -> new AssertionError("oneDNN works with an unknown set: " + number));
    }

    /**
     * Whether a child of this process can be capped to this set: this CPU has it, and no cap of this process forbids
     * it.
     */
    boolean available() {
        if (!CpuSupport.isAvailable()) {
            return false;
        }
        int best = effective().number;
        return (best & number) == number
                || !flags.isEmpty()
                        && System.getenv("ONEDNN_MAX_CPU_ISA") == null
                        && cpuFlags().containsAll(flags);
    }

    private static Set<String> cpuFlags() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(line ->
                            Set.copyOf(List.of(line.replaceFirst(".*: ", "").split(" "))))
                    .orElse(Set.of());
        } catch (IOException e) {
            return Set.of();
        }
    }
}
