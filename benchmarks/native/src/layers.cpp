#include "layers.hpp"

namespace trd_kernels {
namespace {

constexpr bool kUp = true, kResidual = true, kPost = true;

const std::vector<Layer> kWide = {
    {"teacher conv1", 0, 256, 3, 64, 7, 2, false, false, false},
    {"teacher layer1.0 1x1", 0, 64, 64, 128, 1, 1, false, false, false},
    {"teacher layer1.0 shortcut", 0, 64, 64, 256, 1, 1, false, false, false},
    {"teacher layer1 1x1", 0, 64, 256, 128, 1, 1, false, false, false},
    {"teacher layer1 3x3", 0, 64, 128, 128, 3, 1, false, false, false},
    {"teacher layer1 1x1 + residual", 0, 64, 128, 256, 1, 1, false, kResidual, false},
    {"teacher layer2.0 1x1", 0, 64, 256, 256, 1, 1, false, false, false},
    {"teacher layer2.0 3x3/2", 0, 64, 256, 256, 3, 2, false, false, false},
    {"teacher layer2.0 shortcut", 0, 64, 256, 512, 1, 2, false, false, false},
    {"teacher layer2 1x1", 0, 32, 512, 256, 1, 1, false, false, false},
    {"teacher layer2 3x3", 0, 32, 256, 256, 3, 1, false, false, false},
    {"teacher layer2 1x1 + residual", 0, 32, 256, 512, 1, 1, false, kResidual, false},
    {"teacher layer3.0 1x1", 0, 32, 512, 512, 1, 1, false, false, false},
    {"teacher layer3.0 3x3/2", 0, 32, 512, 512, 3, 2, false, false, false},
    {"teacher layer3.0 shortcut", 0, 32, 512, 1024, 1, 2, false, false, false},
    {"teacher layer3 1x1", 0, 16, 1024, 512, 1, 1, false, false, false},
    {"teacher layer3 3x3", 0, 16, 512, 512, 3, 1, false, false, false},
    {"teacher layer3 1x1 + residual", 0, 16, 512, 1024, 1, 1, false, kResidual, false},
    {"bottleneck conv1", 1, 64, 512, 1024, 3, 2, false, false, false},
    {"bottleneck conv2, conv3", 1, 32, 1024, 1024, 3, 2, false, false, false},
    {"bottleneck conv4", 1, 16, 2048, 1024, 3, 1, false, false, false},
    {"bottleneck bn_layer.0 1x1", 1, 16, 3072, 1024, 1, 1, false, false, false},
    {"bottleneck bn_layer.0 3x3/2", 1, 16, 1024, 1024, 3, 2, false, false, false},
    {"bottleneck bn_layer.0 shortcut", 1, 16, 3072, 2048, 1, 2, false, false, false},
    {"bottleneck bn_layer 1x1", 1, 8, 2048, 1024, 1, 1, false, false, false},
    {"bottleneck bn_layer 3x3", 1, 8, 1024, 1024, 3, 1, false, false, false},
    {"bottleneck bn_layer 1x1 + residual", 1, 8, 1024, 2048, 1, 1, false, kResidual, false},
    {"decoder layer1.0 1x1", 1, 8, 2048, 512, 1, 1, false, false, false},
    {"decoder layer1.0 up", 1, 8, 512, 512, 2, 2, kUp, false, false},
    {"decoder layer1.0 shortcut", 1, 8, 2048, 1024, 2, 2, kUp, false, false},
    {"decoder layer1 1x1", 1, 16, 1024, 512, 1, 1, false, false, false},
    {"decoder layer1 3x3", 1, 16, 512, 512, 3, 1, false, false, false},
    {"decoder layer1 1x1 + residual + blend", 1, 16, 512, 1024, 1, 1, false, kResidual, kPost},
    {"decoder layer2.0 1x1", 1, 16, 1024, 256, 1, 1, false, false, false},
    {"decoder layer2.0 up", 1, 16, 256, 256, 2, 2, kUp, false, false},
    {"decoder layer2.0 shortcut", 1, 16, 1024, 512, 2, 2, kUp, false, false},
    {"decoder layer2 1x1", 1, 32, 512, 256, 1, 1, false, false, false},
    {"decoder layer2 3x3", 1, 32, 256, 256, 3, 1, false, false, false},
    {"decoder layer2 1x1 + residual + blend", 1, 32, 256, 512, 1, 1, false, kResidual, kPost},
    {"decoder layer3.0 1x1", 1, 32, 512, 128, 1, 1, false, false, false},
    {"decoder layer3.0 up", 1, 32, 128, 128, 2, 2, kUp, false, false},
    {"decoder layer3.0 shortcut", 1, 32, 512, 256, 2, 2, kUp, false, false},
    {"decoder layer3 1x1", 1, 64, 256, 128, 1, 1, false, false, false},
    {"decoder layer3 3x3", 1, 64, 128, 128, 3, 1, false, false, false},
    {"decoder layer3 1x1 + residual", 1, 64, 128, 256, 1, 1, false, kResidual, false},
};

const std::vector<Layer> kCompact = {
    {"teacher conv1", 0, 256, 3, 64, 7, 2, false, false, false},
    {"teacher layer1 3x3", 0, 64, 64, 64, 3, 1, false, false, false},
    {"teacher layer1 3x3 + residual", 0, 64, 64, 64, 3, 1, false, kResidual, false},
    {"teacher layer2.0 3x3/2", 0, 64, 64, 128, 3, 2, false, false, false},
    {"teacher layer2.0 shortcut", 0, 64, 64, 128, 1, 2, false, false, false},
    {"teacher layer2 3x3 + residual", 0, 32, 128, 128, 3, 1, false, kResidual, false},
    {"teacher layer3.0 3x3/2", 0, 32, 128, 256, 3, 2, false, false, false},
    {"teacher layer3.0 shortcut", 0, 32, 128, 256, 1, 2, false, false, false},
    {"teacher layer3 3x3 + residual", 0, 16, 256, 256, 3, 1, false, kResidual, false},
    {"bottleneck conv1", 1, 64, 128, 256, 3, 2, false, false, false},
    {"bottleneck conv2, conv3", 1, 32, 256, 256, 3, 2, false, false, false},
    {"bottleneck conv4", 1, 16, 512, 256, 3, 1, false, false, false},
    {"bottleneck bn_layer.0 3x3/2", 1, 16, 768, 512, 3, 2, false, false, false},
    {"bottleneck bn_layer.0 shortcut", 1, 16, 768, 512, 1, 2, false, false, false},
    {"bottleneck bn_layer 3x3 + residual", 1, 8, 512, 512, 3, 1, false, kResidual, false},
    {"decoder layer1.0 up", 1, 8, 512, 256, 2, 2, kUp, false, false},
    {"decoder layer1 3x3 + residual + blend", 1, 16, 256, 256, 3, 1, false, kResidual, kPost},
    {"decoder layer2.0 up", 1, 16, 256, 128, 2, 2, kUp, false, false},
    {"decoder layer2 3x3 + residual + blend", 1, 32, 128, 128, 3, 1, false, kResidual, kPost},
    {"decoder layer3.0 up", 1, 32, 128, 64, 2, 2, kUp, false, false},
    {"decoder layer3 3x3 + residual", 1, 64, 64, 64, 3, 1, false, kResidual, false},
};

}  // namespace

const std::vector<Layer>& layers(bool bottleneck) { return bottleneck ? kWide : kCompact; }

}  // namespace trd_kernels
