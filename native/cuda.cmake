# The CUDA backend: TRD_CUDA_SOURCES are added to libtrd, compiled by nvcc when it is found, as C++ for the SIMT harness
# with TRD_SIMT, else not at all. Lines that begin with "libtrd:" are for the user: cppbuild.sh shows them.
if(TRD_SIMT)
  include(simt.cmake)
  return()
endif()
if(TRD_CUDA STREQUAL OFF)
  return()
endif()

# AUTO goes on without CUDA; ON stops.
macro(trd_no_cuda why)
  if(TRD_CUDA STREQUAL ON)
    message(FATAL_ERROR "TRD_CUDA=ON, but ${why}")
  endif()
  message(STATUS "libtrd: built without its CUDA backend: ${why}")
  return()
endmacro()

find_program(TRD_NVCC nvcc HINTS /usr/local/cuda/bin $ENV{CUDA_HOME}/bin $ENV{CUDA_PATH}/bin)
if(NOT TRD_NVCC)
  trd_no_cuda("nvcc was not found (install the CUDA toolkit, or add its bin folder to PATH)")
endif()
set(TRD_NEWEST_HOST_GCC 15)  # what CUDA 13.0 accepts
if(NOT DEFINED ENV{CUDAHOSTCXX} AND NOT CMAKE_CUDA_HOST_COMPILER AND CMAKE_CXX_COMPILER_ID STREQUAL GNU
   AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 16)
  find_program(TRD_HOST_GCC NAMES g++-${TRD_NEWEST_HOST_GCC} g++-14 g++-13 g++-12)
  if(NOT TRD_HOST_GCC)
    trd_no_cuda("nvcc accepts GCC up to ${TRD_NEWEST_HOST_GCC}, and this is ${CMAKE_CXX_COMPILER_VERSION} (install g++-${TRD_NEWEST_HOST_GCC}, or set CUDAHOSTCXX)")
  endif()
  set(CMAKE_CUDA_HOST_COMPILER ${TRD_HOST_GCC})
endif()
set(CMAKE_CUDA_COMPILER ${TRD_NVCC})
set(CMAKE_CUDA_RUNTIME_LIBRARY Static)
set(CMAKE_CUDA_ARCHITECTURES OFF)  # set for the kernels below
enable_language(CUDA)
find_package(CUDAToolkit REQUIRED)
set_target_properties(trd PROPERTIES CUDA_ARCHITECTURES OFF)

# One cubin for each architecture, and PTX of the last: a newer device compiles that when the library is loaded.
list(GET TRD_CUDA_ARCHITECTURES -1 TRD_PTX)
set(architectures "")
foreach(architecture ${TRD_CUDA_ARCHITECTURES})
  list(APPEND architectures ${architecture}-real)
endforeach()
list(APPEND architectures ${TRD_PTX}-virtual)
string(REPLACE ";" " sm_" TRD_CUDA_BUILD "sm_${TRD_CUDA_ARCHITECTURES}")

# Warnings are errors, a register spill is one. ptxas says what each kernel uses; the launcher keeps it beside the
# object.
set(TRD_NVCC_FLAGS --Werror=all-warnings -Xptxas=--warn-on-spills,--warn-on-local-memory-usage,--verbose -Xcompiler=-Wall,-Wextra
    --threads=2
    # Temporary files have names of their own in every run, which would stay in the library.
    --objdir-as-tempdir)
set(TRD_KERNEL_TABLE ${CMAKE_CURRENT_SOURCE_DIR}/kernel_table.sh)
# The preparation decides about the foreground as the CPU does, to the bit: no operation may be contracted with the next
# one.
set_source_files_properties(src/preprocess/prepare_depth_cuda.cu src/preprocess/prepare_normals_cuda.cu
  src/preprocess/prepare_metric_cuda.cu PROPERTIES COMPILE_OPTIONS "--fmad=false")
add_library(trd_cuda OBJECT ${TRD_CUDA_SOURCES})
set_target_properties(trd_cuda PROPERTIES CUDA_ARCHITECTURES "${architectures}" CUDA_STANDARD 17 CUDA_STANDARD_REQUIRED ON
  CUDA_EXTENSIONS OFF CUDA_VISIBILITY_PRESET hidden POSITION_INDEPENDENT_CODE ON
  CUDA_COMPILER_LAUNCHER "bash;${TRD_KERNEL_TABLE};compile")
target_include_directories(trd_cuda PRIVATE include src)
target_compile_options(trd_cuda PRIVATE ${TRD_NVCC_FLAGS})
target_compile_definitions(trd_cuda PRIVATE TRD_CUDA "TRD_CUDA_BUILD=\"${CMAKE_CUDA_COMPILER_VERSION}, ${TRD_CUDA_BUILD}\"")
target_sources(trd PRIVATE $<TARGET_OBJECTS:trd_cuda>)
target_compile_definitions(trd PRIVATE TRD_CUDA)
target_link_libraries(trd PRIVATE CUDA::cudart_static)

# kernels.txt: registers, memory and spills of every kernel on every architecture.
add_custom_command(OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/kernels.txt
  COMMAND bash ${TRD_KERNEL_TABLE} table ${CMAKE_CURRENT_BINARY_DIR}/kernels.txt $<TARGET_OBJECTS:trd_cuda>
  DEPENDS trd_cuda $<TARGET_OBJECTS:trd_cuda> ${TRD_KERNEL_TABLE} COMMAND_EXPAND_LISTS VERBATIM)
add_custom_target(trd_kernels ALL DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/kernels.txt)
message(STATUS "libtrd: CUDA backend by nvcc ${CMAKE_CUDA_COMPILER_VERSION} for ${TRD_CUDA_BUILD}, PTX for compute_${TRD_PTX}")
