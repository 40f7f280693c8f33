# The native tests. On the CPU every variant runs that this machine can run, not only the one it would choose. CUDA runs
# on the device; in the SIMT harness, in three orders of threads and blocks that must give the same bits.
set(folder ${CMAKE_CURRENT_SOURCE_DIR}/../tests/native)

# add_trd_test(name [environment...]): one run of a test's program.
function(add_trd_test program name)
  add_test(NAME ${program}.${name} COMMAND ${program})
  # Idle threads sleep: two tests at a time would take the cores from each other.
  set_tests_properties(${program}.${name} PROPERTIES
    ENVIRONMENT "OMP_WAIT_POLICY=PASSIVE;GOMP_SPINCOUNT=1000;${ARGN}" TIMEOUT 300)
endfunction()

# A variant that this CPU cannot run would be a lower one's tests once more.
set(isas baseline avx2 avx512)
if(EXISTS /proc/cpuinfo)
  file(STRINGS /proc/cpuinfo flags REGEX "^flags" LIMIT_COUNT 1)
  foreach(flag avx512f avx512bw avx512vl avx512dq)
    if(flags AND NOT flags MATCHES " ${flag}( |$)" AND avx512 IN_LIST isas)
      list(REMOVE_ITEM isas avx512)
      message(STATUS "libtrd: native tests without the AVX-512 variants: this CPU lacks ${flag}")
    endif()
  endforeach()
endif()

foreach(test ${TRD_TESTS})
  get_filename_component(program ${test} NAME_WE)
  if(TRD_SIMT_RACES AND NOT program IN_LIST TRD_CUDA_TESTS)
    continue()  # no kernel of it
  endif()
  add_executable(${program} ${folder}/${test})
  target_link_libraries(${program} PRIVATE trd)
  target_include_directories(${program} PRIVATE src ${folder})
  target_compile_options(${program} PRIVATE -O1)  # they run as long as with -O3, which takes twice as long to compile
  if(TARGET trd_cuda)
    target_compile_definitions(${program} PRIVATE TRD_TEST_CUDA)
    target_link_libraries(${program} PRIVATE CUDA::cudart_static)
  endif()
  if(NOT TRD_SIMT_RACES)
    set(digests "")
    foreach(isa ${isas})
      set(digest ${CMAKE_CURRENT_BINARY_DIR}/${program}.${isa}.digest)
      list(APPEND digests ${digest})
      add_trd_test(${program} ${isa} TRD_MAX_CPU_ISA=${isa} TRD_TEST_BACKEND=cpu TRD_TEST_DIGEST=${digest})
      set_tests_properties(${program}.${isa} PROPERTIES FIXTURES_SETUP ${program}.isas)
    endforeach()
    if(program IN_LIST TRD_SAME_BITS_TESTS)
      add_test(NAME ${program}.same_bits_isas
        COMMAND ${CMAKE_COMMAND} "-DDIGESTS=${digests}" -P ${folder}/simt/same_bits.cmake)
      set_tests_properties(${program}.same_bits_isas PROPERTIES FIXTURES_REQUIRED ${program}.isas)
    endif()
  endif()
  if(NOT program IN_LIST TRD_CUDA_TESTS)
    continue()
  endif()
  if(TARGET trd_cuda)
    add_trd_test(${program} cuda TRD_TEST_BACKEND=cuda)
  elseif(TRD_SIMT_RACES)
    # The detector is exact whatever the order (races.hpp), and that the order changes no bit the other build has shown.
    add_trd_test(${program} races TRD_TEST_BACKEND=cuda TRD_SIMT_ORDER=random:1)
  elseif(TRD_SIMT)
    set(digests "")
    foreach(order ascending descending random:1)
      string(MAKE_C_IDENTIFIER ${order} name)
      set(digest ${CMAKE_CURRENT_BINARY_DIR}/${program}.${name}.digest)
      list(APPEND digests ${digest})
      add_trd_test(${program} ${name} TRD_TEST_BACKEND=cuda TRD_SIMT_ORDER=${order} TRD_TEST_DIGEST=${digest})
      set_tests_properties(${program}.${name} PROPERTIES FIXTURES_SETUP ${program}.orders)
    endforeach()
    add_test(NAME ${program}.same_bits
      COMMAND ${CMAKE_COMMAND} "-DDIGESTS=${digests}" -P ${folder}/simt/same_bits.cmake)
    set_tests_properties(${program}.same_bits PROPERTIES FIXTURES_REQUIRED ${program}.orders)
  endif()
endforeach()

if(TRD_SANITIZE)
  # The fuzz target's corpus, and as many inputs as take seconds.
  add_executable(fuzz_replay ${folder}/fuzz/fuzz_trd.cpp ${folder}/fuzz/replay.cpp)
  target_link_libraries(fuzz_replay PRIVATE trd)
  add_test(NAME fuzz.replay COMMAND fuzz_replay ${folder}/../fixtures/fuzz/libtrd 20000)
  set_tests_properties(fuzz.replay PROPERTIES TIMEOUT 300)
endif()

if(TARGET trd_cuda)
  add_test(NAME spill COMMAND bash ${folder}/spill/spill.sh ${TRD_KERNEL_TABLE} ${CMAKE_CUDA_COMPILER}
    ${CMAKE_CURRENT_SOURCE_DIR}/src ${TRD_NVCC_FLAGS})
endif()

if(NOT TRD_SIMT)
  add_test(NAME includes COMMAND bash ${folder}/includes.sh ${CMAKE_CURRENT_SOURCE_DIR}/src)
endif()

if(TRD_SIMT)
  # The harness's own: it has its copy of the harness, and looks into it.
  set(kernels ${folder}/simt/planted.cu ${folder}/simt/planted_races.cu ${folder}/simt/semantics.cu)
  set_source_files_properties(${kernels} PROPERTIES LANGUAGE CXX COMPILE_OPTIONS "${TRD_SIMT_FLAGS}")
  add_executable(test_simt ${folder}/simt/test_simt.cpp ${kernels})
  target_link_libraries(test_simt PRIVATE trd trd_simt)
  target_include_directories(test_simt PRIVATE src ${folder})
  add_trd_test(test_simt all)
  if(NOT TRD_SIMT_RACES)
    # The kernel benchmarks call every op as it is meant to be called.
    add_test(NAME kernel_benchmarks.smoke COMMAND trd-kernels --smoke)
    set_tests_properties(kernel_benchmarks.smoke PROPERTIES TIMEOUT 300)
    add_executable(test_cuda_faults ${folder}/simt/test_cuda_faults.cpp)
    target_link_libraries(test_cuda_faults PRIVATE trd)
    target_include_directories(test_cuda_faults PRIVATE ${folder})
    add_trd_test(test_cuda_faults all)
  endif()
endif()
