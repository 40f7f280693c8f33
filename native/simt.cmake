# The kernels on the CPU, for tests: TRD_CUDA_SOURCES are compiled as C++ against tests/native/simt. With TRD_SIMT_RACES
# every access of theirs to shared memory is checked by the harness's race detector.
if(NOT CMAKE_SYSTEM_NAME STREQUAL Linux OR NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64"
   OR NOT CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  message(FATAL_ERROR "TRD_SIMT needs Linux on x86-64, and GCC: the harness switches stacks by hand and gathers "
    "shared memory with GNU ld")
endif()
if(TRD_SIMT_RACES AND TRD_SANITIZE)
  message(FATAL_ERROR "TRD_SIMT_RACES and TRD_SANITIZE exclude each other: they instrument the same accesses")
endif()
set(TRD_SIMT_FOLDER ${CMAKE_CURRENT_SOURCE_DIR}/../tests/native/simt)

# What every kernel file is compiled with. The instructions are those of the machine that builds, where the tests run.
include(CheckCXXSourceRuns)
set(CMAKE_REQUIRED_FLAGS "")
check_cxx_source_runs("int main() { __builtin_cpu_init(); return !(__builtin_cpu_supports(\"avx2\") && __builtin_cpu_supports(\"fma\") &&
  __builtin_cpu_supports(\"f16c\")); }" TRD_HOST_HAS_AVX2)
set(TRD_SIMT_FLAGS -xc++ -fdata-sections -ffp-contract=off -Wno-unknown-pragmas)  # nvcc's pragma unroll
if(TRD_HOST_HAS_AVX2)
  list(APPEND TRD_SIMT_FLAGS -mavx2 -mfma -mf16c)
endif()
if(TRD_SIMT_RACES)
  # What is checked are the kernels; of the rest only the packing runs, once for each test.
  target_compile_options(trd PRIVATE -O1)
  list(APPEND TRD_SIMT_FLAGS -O1 -g -fsanitize=thread -Wno-tsan --param=tsan-instrument-func-entry-exit=0)
endif()

if(TRD_SANITIZE)
  list(APPEND TRD_SIMT_FLAGS -O2)  # takes a quarter off the multiplying kernels' tests, of which each runs three times
endif()

# The harness itself is never instrumented: it checks what it touches on behalf of a kernel.
add_library(trd_simt OBJECT
  ${TRD_SIMT_FOLDER}/block.cpp
  ${TRD_SIMT_FOLDER}/fiber.cpp
  ${TRD_SIMT_FOLDER}/matrix.cpp
  ${TRD_SIMT_FOLDER}/order.cpp
  ${TRD_SIMT_FOLDER}/races.cpp
  ${TRD_SIMT_FOLDER}/runtime_api.cpp
  ${TRD_SIMT_FOLDER}/warp.cpp)
set_target_properties(trd_simt PROPERTIES POSITION_INDEPENDENT_CODE ON)
target_compile_options(trd_simt PRIVATE -O2 -fno-sanitize=all)
target_compile_definitions(trd_simt PUBLIC
  $<$<BOOL:${TRD_SANITIZE}>:TRD_SIMT_ASAN> $<$<BOOL:${TRD_SIMT_RACES}>:TRD_SIMT_RACES>)
target_include_directories(trd_simt PUBLIC ${TRD_SIMT_FOLDER})
target_link_libraries(trd_simt INTERFACE ${CMAKE_DL_LIBS})
target_link_options(trd_simt INTERFACE -Wl,-T,${TRD_SIMT_FOLDER}/shared.ld)

set_source_files_properties(${TRD_CUDA_SOURCES} PROPERTIES LANGUAGE CXX COMPILE_OPTIONS "${TRD_SIMT_FLAGS}")
target_sources(trd PRIVATE ${TRD_CUDA_SOURCES})
target_link_libraries(trd PRIVATE trd_simt)
target_compile_definitions(trd PRIVATE TRD_CUDA "TRD_CUDA_BUILD=\"SIMT harness\"")
message(STATUS "libtrd: CUDA backend by the SIMT harness, on the CPU")
