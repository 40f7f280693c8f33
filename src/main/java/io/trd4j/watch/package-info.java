/**
 * Inspects the parts of a folder as their files appear: {@link io.trd4j.watch.WatchRun}. By looking again and again,
 * which works for folders of networks, too.
 */
package io.trd4j.watch;
