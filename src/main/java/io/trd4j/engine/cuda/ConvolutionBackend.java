package io.trd4j.engine.cuda;

/** Whose code computes the convolutions on a CUDA device. The crossmodal tuners are libtrd's in any case. */
public enum ConvolutionBackend {
    /** For each group of layers what was measured faster on this device when the model was opened. */
    FASTEST,
    LIBTRD,
    /** LibTorch's cuDNN operators, for the layers that they can compute. */
    CUDNN
}
