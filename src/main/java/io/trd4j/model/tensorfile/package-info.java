/**
 * Files of tensors, read with limits and without executing anything in them: safetensors and PyTorch checkpoints. Knows
 * names, types and shapes, and nothing of what the tensors are for.
 *
 * <p>Calls {@code io} alone.
 */
package io.trd4j.model.tensorfile;
