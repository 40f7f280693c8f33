package io.trd4j.engine.cpu;

import org.bytedeco.dnnl.memory.data_type;

/** Element types of feature maps. U8 and S8 come with a scale: real value = scale * stored value. */
enum ValueType {
    F32(data_type.f32, 4), BF16(data_type.bf16, 2), U8(data_type.u8, 1), S8(data_type.s8, 1);

    final data_type dnnl;
    final int bytes;

    ValueType(data_type dnnl, int bytes) {
        this.dnnl = dnnl;
        this.bytes = bytes;
    }

    boolean scaled() {
        return this == U8 || this == S8;
    }
}
