/**
 * Pretraining a teacher on images that formulas draw: pretext tasks, their heads and losses, and the trainer.
 *
 * <p>Calls {@code train} (optimizer, state file), {@code train.pretrain.formula}, {@code model} and what {@code train}
 * may call.
 */
package io.trd4j.train.pretrain;
