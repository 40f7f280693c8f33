/**
 * The network as LibTorch modules, for training and for comparison with the engines: teacher, students, tuners, decoder
 * and their weights. With {@code train} and the engines' LibTorch parts, the only place where tensors are LibTorch's.
 *
 * <p>Calls {@code model}, {@code ops} (memory, distances) and LibTorch.
 */
package io.trd4j.model.network;
