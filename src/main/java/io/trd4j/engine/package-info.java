/**
 * The interface between inspection and computation: {@link io.trd4j.engine.PartEngine} takes whole parts and fills
 * {@link io.trd4j.engine.PartMaps}, {@link io.trd4j.engine.NetworkRunner} takes prepared images and fills distance
 * maps.
 *
 * <p>Here live these two, their results and reports, and what all CPU runners share
 * ({@link io.trd4j.engine.CpuPartEngine}, {@link io.trd4j.engine.CalibratedMaps}). Backends live below: {@code cpu}
 * (oneDNN), {@code cuda}, {@code torch} (LibTorch); {@code plan} says what they compute.
 *
 * <p>May call {@code data}, {@code model}, {@code ops}. Knows no backend, no verdict and no policy; does not choose.
 */
package io.trd4j.engine;
