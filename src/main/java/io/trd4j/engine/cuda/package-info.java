/**
 * Runs whole parts on a CUDA device, each as one graph. In the order of their dependencies:
 * {@link io.trd4j.engine.cuda.Device} is the runtime; a {@code CudaStep} queues work through a {@code Recording};
 * {@code NetworkCompiler} makes steps of the plan and {@code Schedule} orders them and places their memory;
 * {@link io.trd4j.engine.cuda.CudaNetwork} is that with weights, made by {@link io.trd4j.engine.cuda.CudaNetworks}; a
 * {@code Session} captures graphs of it; {@link io.trd4j.engine.cuda.CudaRunner} and
 * {@link io.trd4j.engine.cuda.CudaPartEngine} run them.
 *
 * <p>The only package that meets the CUDA runtime, and LibTorch's cuDNN operators. May call {@code engine},
 * {@code engine.plan}, {@code data}, {@code model}, {@code ops}, {@code io}. What runs for each part allocates nothing.
 * Nothing here is loaded before {@link io.trd4j.engine.cuda.CudaSupport} has found the device usable.
 */
package io.trd4j.engine.cuda;
