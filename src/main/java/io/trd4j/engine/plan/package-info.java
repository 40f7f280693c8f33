/**
 * The computation for a part, independent of who computes it: the operations in their order
 * ({@link io.trd4j.engine.plan.ExecutionPlan}), the layers with BatchNorm and blend folded in
 * ({@link io.trd4j.engine.plan.FoldedLayers}), and where weights come from ({@link io.trd4j.engine.plan.WeightSource}).
 *
 * <p>Here live shapes, names and numbers, and algorithms that every backend's compiler needs. May call {@code model}
 * and {@code io}. Knows no backend and no native library.
 */
package io.trd4j.engine.plan;
