/**
 * Who made a model file: Ed25519 keys in PEM files, detached signatures beside models, and the keys that somebody
 * trusts.
 *
 * <p>Calls {@code io} alone. Knows neither what a model file holds nor any native library.
 */
package io.trd4j.sign;
