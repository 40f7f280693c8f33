/** Latency per part, from raw buffers in memory to the verdict, on the user's machine. */
package io.trd4j.bench;
