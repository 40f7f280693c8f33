"""ONNX Runtime from Python as a side of the latency comparison; the same graph and settings as OnnxRuntimeSide.java.

    latency_onnxruntime.py FOLDER THREADS MAPS
"""
import os
import sys
import time

import latency_side


def start(folder, threads):
    try:
        import onnxruntime
    except ImportError as e:
        raise latency_side.Unavailable(f'{sys.executable} has no onnxruntime') from e
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.add_session_config_entry('session.force_spinning_stop', '1')
    session = onnxruntime.InferenceSession(os.path.join(folder, 'model.onnx'), options, providers=['CPUExecutionProvider'])
    _, rgb, second = latency_side.inputs(folder)

    def step():
        begin = time.perf_counter()
        maps = session.run(['map_rgb', 'map_depth'], {'rgb': rgb, 'depth': second})
        return maps, {'network': 1e3 * (time.perf_counter() - begin)}

    return (f'ONNX Runtime {onnxruntime.__version__}, Python {sys.version.split()[0]}', 'fp32, trd export, all graph optimisations', step,
            {'blurred': True})


if __name__ == '__main__':
    latency_side.serve(lambda: start(sys.argv[1], int(sys.argv[2])), sys.argv[3])
