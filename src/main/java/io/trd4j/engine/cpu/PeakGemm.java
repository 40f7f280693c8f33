package io.trd4j.engine.cpu;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import io.trd4j.model.Precision;
import io.trd4j.ops.Ops;
import java.util.SplittableRandom;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * Measures the machine's speed on one large matrix product with packed weights, in the types that convolutions compute
 * in.
 */
public final class PeakGemm {
    /** 17 GFLOP over 3 x 16 MiB (FP32): arithmetic decides, memory does not. */
    private static final int SIDE = 2048;

    private static final int MIN_RUNS = 5;
    private static final int MAX_RUNS = 40;
    private static final long ENOUGH_NANOS = 1_000_000_000;

    private PeakGemm() {}

    /**
     * The best of several products, each of 2 * 2048^3 operations: FP32; BF16 to BF16; U8 times S8 to 32 bits.
     *
     * @param precision FP32, BF16 or INT8
     * @return 10^9 multiplications and additions per second
     */
    public static double gflopPerSecond(Precision precision, int threads) {
        Ops.setThreads(threads);
        data_type in = switch (precision) {
            case FP32 -> data_type.f32;
            case BF16 -> data_type.bf16;
            case INT8 -> data_type.u8;
            case AUTO, TF32, FP16 -> throw new IllegalArgumentException(precision + " is no arithmetic of the CPU");
        };
        long[] shape = {SIDE, SIDE};
        try (PointerScope scope = new PointerScope()) {
            var product = new matmul.primitive_desc(
                    OneDnn.engine(),
                    new memory.desc(shape, in, format_tag.ab),
                    new memory.desc(shape, precision == Precision.INT8 ? data_type.s8 : in, format_tag.any),
                    new memory.desc(shape, precision == Precision.INT8 ? data_type.s32 : in, format_tag.ab),
                    new primitive_attr(),
                    false);
            memory a = new memory(product.src_desc(), OneDnn.engine());
            memory b = new memory(product.weights_desc(), OneDnn.engine());
            fill(a, precision);
            fill(b, precision);
            IntMemoryMap arguments = new IntMemoryMap();
            arguments.put(DNNL_ARG_SRC, a);
            arguments.put(DNNL_ARG_WEIGHTS, b);
            arguments.put(DNNL_ARG_DST, new memory(product.dst_desc(), OneDnn.engine()));
            matmul run = new matmul(product);
            run.execute(OneDnn.stream(), arguments);
            long best = Long.MAX_VALUE;
            long begin = System.nanoTime();
            for (int i = 0; i < MAX_RUNS && (i < MIN_RUNS || System.nanoTime() - begin < ENOUGH_NANOS); i++) {
                long start = System.nanoTime();
                run.execute(OneDnn.stream(), arguments);
                best = Math.min(best, System.nanoTime() - start);
            }
            return 2.0 * SIDE * SIDE * SIDE / best;
        }
    }

    /** Random signs and mantissas, magnitudes from 0.5 to 2: zeros would cost less power, and denormals more time. */
    private static void fill(memory matrix, Precision precision) {
        int mask = switch (precision) {
            case FP32 -> 0x80FFFFFF;
            case BF16 -> 0x80FF80FF;
            default -> -1;
        };
        int exponent = precision == Precision.FP32 ? 0x3F000000 : precision == Precision.BF16 ? 0x3F003F00 : 0;
        SplittableRandom random = new SplittableRandom(1);
        int[] words = new int[Math.toIntExact(matrix.get_desc().get_size() / 4)];
        for (int i = 0; i < words.length; i++) {
            words[i] = exponent | random.nextInt() & mask;
        }
        new IntPointer(matrix.get_data_handle()).put(words, 0, words.length);
    }
}
