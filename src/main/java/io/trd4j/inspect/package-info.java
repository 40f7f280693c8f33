/**
 * Inspects parts: the API for applications. {@link io.trd4j.inspect.Inspector} takes a {@link io.trd4j.data.Part} and
 * fills an {@link io.trd4j.inspect.Inspection} with scores, maps, verdict and warnings.
 *
 * <p>Here lives what happens to a part outside the network and the maps: which of its inputs can be used, verdicts,
 * warnings, regions of defects, measures for drift. The choice of the engine for a model on this machine is made here
 * and nowhere else ({@code EngineChoice}), and so are the measurements that need that choice: of precisions and of
 * plans.
 *
 * <p>May call {@code engine} with all below it, {@code model}, {@code data}, {@code ops}, {@code io}. Knows no dataset,
 * no command line and no training.
 */
package io.trd4j.inspect;
