# Fails when the runs of a test, in several orders of CUDA's threads or with several instruction sets, did not leave the
# same digest of everything that was written.
foreach(file ${DIGESTS})
  file(READ ${file} digest)
  if(NOT digest MATCHES "^[0-9a-f]+ of [1-9]")
    message(FATAL_ERROR "${file} is no digest: '${digest}'")
  endif()
  if(DEFINED first AND NOT digest STREQUAL first)
    message(FATAL_ERROR "the result depends on the order of threads and blocks, or on the instruction set: "
      "${file} differs from ${first_file}")
  endif()
  set(first "${digest}")
  set(first_file ${file})
endforeach()
