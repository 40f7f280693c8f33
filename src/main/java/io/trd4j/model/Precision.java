package io.trd4j.model;

import io.trd4j.io.InputException;
import io.trd4j.io.Keyed;

/** The arithmetic of the network's convolutions; everything after the cosine distance is float32 in all of them. */
public enum Precision implements Keyed {
    /**
     * On the CPU the fastest that it supports and that passed its accuracy test when the model was calibrated, else
     * FP32; on a GPU FP16.
     */
    AUTO,
    /** float32 throughout. */
    FP32,
    /** As FP32, products in TensorFloat-32 (10 bits after the point) where cuDNN computes them; on a GPU only. */
    TF32,
    /** bfloat16 weights and features, float32 sums. */
    BF16,
    /** IEEE half precision weights and features, float32 sums; on a GPU only. */
    FP16,
    /**
     * 8-bit weights (a scale per output channel) and features (a scale per feature map), 32-bit sums; some layers BF16;
     * on the CPU only.
     */
    INT8;

    /** As on the command line: {@code auto, fp32, tf32, bf16, fp16, int8}. */
    @Override
    public String key() {
        return Keyed.hyphenated(this);
    }

    /** @throws InputException for an unknown name, listing the known ones */
    public static Precision of(String key) {
        return Keyed.of(Precision.class, key, "precision");
    }
}
