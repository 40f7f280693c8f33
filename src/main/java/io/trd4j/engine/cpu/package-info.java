/**
 * Runs a plan on the CPU by oneDNN and libtrd: {@code PlanCompiler} chooses types and makes steps of the plan,
 * {@link io.trd4j.engine.cpu.CompiledPlan} holds them with their packed weights, {@link io.trd4j.engine.cpu.CpuRunner}
 * runs them.
 *
 * <p>The only package that meets oneDNN. May call {@code engine}, {@code engine.plan}, {@code model}, {@code ops}. What
 * runs for each part allocates nothing.
 */
package io.trd4j.engine.cpu;
