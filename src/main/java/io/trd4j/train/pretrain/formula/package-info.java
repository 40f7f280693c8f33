/**
 * Images drawn by formulas from a seed alone: surfaces, textures, marks, and what a camera or depth sensor sees of
 * them, with classes per pixel.
 *
 * <p>Calls nothing of the project.
 */
package io.trd4j.train.pretrain.formula;
