/**
 * How small a defect a model would see, measured on normal parts alone: dents, bumps and stains are pasted onto them,
 * and the parts inspected. Its service prints nothing: it reports progress and returns results.
 *
 * <p>Calls {@code inspect}, {@code calibrate}, {@code threshold}, {@code model}, {@code data} and {@code io}.
 */
package io.trd4j.sensitivity;
