"""TensorRT as a side of the latency comparison on a GPU (gpu_bench.py): an engine of the graph that trd4j exports.

    latency_tensorrt.py FOLDER THREADS MAPS [--device cuda]     serves (latency_side.py)

The types are the graph's own (a strongly typed network), so FOLDER/model.onnx decides the precision. A pass is 'resident': it
begins with both prepared images on the device and ends when the score is on the host; the maps stay on the device.
"""
import argparse
import os
import sys
import time

import latency_side

WARM_UPS = 3


def start(folder, device):
    try:
        import tensorrt
        import torch
    except ImportError as e:
        raise latency_side.Unavailable(f'{sys.executable}: {e}') from e
    if device != 'cuda' or not torch.cuda.is_available():
        raise latency_side.Unavailable('TensorRT needs a GPU')
    logger = tensorrt.Logger(tensorrt.Logger.ERROR)
    builder = tensorrt.Builder(logger)
    network = builder.create_network(1 << int(tensorrt.NetworkDefinitionCreationFlag.STRONGLY_TYPED))
    parser = tensorrt.OnnxParser(network, logger)
    if not parser.parse_from_file(os.path.join(folder, 'model.onnx')):
        raise latency_side.Unavailable(f'TensorRT {tensorrt.__version__} cannot read the graph: {parser.get_error(0).desc()}')
    config = builder.create_builder_config()
    profile = builder.create_optimization_profile()
    for i in range(network.num_inputs):
        shape = (1, *network.get_input(i).shape[1:])
        profile.set_shape(network.get_input(i).name, shape, shape, shape)
    config.add_optimization_profile(profile)
    plan = builder.build_serialized_network(network, config)
    if plan is None:
        raise latency_side.Unavailable(f'TensorRT {tensorrt.__version__} cannot build an engine of the graph')
    engine = tensorrt.Runtime(logger).deserialize_cuda_engine(plan)
    context = engine.create_execution_context()
    _, rgb, second = latency_side.inputs(folder)
    tensors = {'rgb': torch.from_numpy(rgb).cuda(), 'depth': torch.from_numpy(second).cuda()}
    for name, tensor in tensors.items():
        context.set_input_shape(name, tuple(tensor.shape))
    for i in range(engine.num_io_tensors):
        name = engine.get_tensor_name(i)
        if name not in tensors:
            tensors[name] = torch.empty(tuple(context.get_tensor_shape(name)), dtype=torch.float32, device='cuda')
        context.set_tensor_address(name, tensors[name].data_ptr())
    stream = torch.cuda.Stream()
    score = torch.empty(1, pin_memory=True)

    def resident():
        with torch.cuda.stream(stream):
            context.execute_async_v3(stream.cuda_stream)
            score.copy_(tensors['score'], non_blocking=True)
        stream.synchronize()

    # What was copied above is there before another stream reads it.
    torch.cuda.synchronize()
    for _ in range(WARM_UPS):
        resident()

    def step():
        begin = time.perf_counter()
        resident()
        elapsed = 1e3 * (time.perf_counter() - begin)
        return [tensors[name].cpu().numpy() for name in ('map_rgb', 'map_depth')], {'resident': elapsed}

    return (f'TensorRT {tensorrt.__version__}, Python {sys.version.split()[0]}', 'trd export, strongly typed, maps stay on the device',
            step, {'blurred': True, 'score': float(score[0])})


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('rest', nargs=3, metavar=('FOLDER', 'THREADS', 'MAPS'))
    parser.add_argument('--device', default='cuda')
    arguments = parser.parse_args()
    latency_side.serve(lambda: start(arguments.rest[0], arguments.device), arguments.rest[2])
