// The fuzz target without libFuzzer: every file of a folder, then inputs of a fixed stream of numbers.
//   fuzz_replay FOLDER INPUTS
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: fuzz_replay FOLDER INPUTS\n");
        return 2;
    }
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
        std::ifstream in(entry.path(), std::ios::binary);
        const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
        LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
        ++files;
    }
    const int inputs = std::atoi(argv[2]);
    std::mt19937 random(1);
    std::vector<uint8_t> bytes;
    for (int i = 0; i < inputs; ++i) {
        bytes.resize(1 + random() % 200);
        for (uint8_t& b : bytes) b = static_cast<uint8_t>(random());
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
    std::printf("all passed: %d files, %d inputs\n", files, inputs);
    return files > 0 ? 0 : 1;
}
