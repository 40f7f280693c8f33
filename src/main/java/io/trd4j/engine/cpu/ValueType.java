package io.trd4j.engine.cpu;

import io.trd4j.ops.ElementType;
import org.bytedeco.dnnl.memory.data_type;

/** Element types of feature maps. U8 and S8 come with a scale: real value = scale * stored value. */
enum ValueType {
    F32(data_type.f32, 4),
    BF16(data_type.bf16, 2),
    U8(data_type.u8, 1),
    S8(data_type.s8, 1);

    final data_type dnnl;
    final int bytes;

    ValueType(data_type dnnl, int bytes) {
        this.dnnl = dnnl;
        this.bytes = bytes;
    }

    /** As libtrd's kernels name it: they read and write F32 and BF16 only. */
    ElementType element() {
        return this == F32 ? ElementType.FLOAT32 : ElementType.BFLOAT16;
    }

    boolean scaled() {
        return this == U8 || this == S8;
    }
}
