/**
 * Model files as ONNX graphs, for runtimes that are not Java's: {@link io.trd4j.onnx.OnnxExport}. A file is compared
 * with this engine, in ONNX Runtime, before it is handed out. Needs the artifact {@code trd4j-onnx}.
 */
package io.trd4j.onnx;
