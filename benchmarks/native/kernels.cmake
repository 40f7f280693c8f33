# trd-kernels, included by native/CMakeLists.txt, whose scope knows nvcc and its flags. With the kernels on the CPU
# (TRD_SIMT) it checks and times nothing: --smoke.
set(kernels ${CMAKE_CURRENT_LIST_DIR}/src)
add_executable(trd-kernels
  ${kernels}/check.cpp
  ${kernels}/layers.cpp
  ${kernels}/main.cpp
  ${kernels}/memory.cpp
  ${kernels}/ops_convolutions.cpp
  ${kernels}/ops_maps.cpp
  ${kernels}/ops_prepare.cpp
  ${kernels}/ops_tuners.cpp
  ${kernels}/report.cpp)
target_link_libraries(trd-kernels PRIVATE trd)
set_target_properties(trd-kernels PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
if(TARGET trd_cuda)
  add_library(trd_ceilings OBJECT ${kernels}/ceilings.cu)
  set_target_properties(trd_ceilings PROPERTIES CUDA_ARCHITECTURES "${architectures}" CUDA_STANDARD 17 CUDA_STANDARD_REQUIRED ON
    CUDA_EXTENSIONS OFF CUDA_COMPILER_LAUNCHER "bash;${TRD_KERNEL_TABLE};compile")
  target_include_directories(trd_ceilings PRIVATE include src)
  target_compile_options(trd_ceilings PRIVATE ${TRD_NVCC_FLAGS})
  target_sources(trd-kernels PRIVATE ${kernels}/device.cpp ${kernels}/timing.cpp $<TARGET_OBJECTS:trd_ceilings>)
  target_compile_definitions(trd-kernels PRIVATE TRD_KERNELS_TIMED)
  target_link_libraries(trd-kernels PRIVATE CUDA::cudart_static)
  set_target_properties(trd-kernels PROPERTIES CUDA_ARCHITECTURES OFF)
endif()
