# SPDX-License-Identifier: GPL-3.0-or-later
# The module of CUDA kernels, where nvcc is. It is opened at run time (engine/kernels/transport_cuda.h); nothing links it, and a
# build without nvcc differs only in that the file is missing. nvcc is called directly: making CUDA a language of the project would let
# an unsuitable nvcc stop a build that does not need it.
find_program(GEOCYTE_NVCC nvcc HINTS $ENV{CUDA_HOME}/bin $ENV{CUDA_PATH}/bin /usr/local/cuda/bin)
if(NOT GEOCYTE_NVCC)
  message(STATUS "No nvcc: the engine is built without its CUDA kernels")
  return()
endif()
execute_process(COMMAND ${GEOCYTE_NVCC} --list-gpu-arch OUTPUT_VARIABLE known ERROR_QUIET)
# Code of a generation runs on all later ones with the same first digit(s): 80 on 86 and 89, 100 on 103.
set(GEOCYTE_CUDA_GENERATIONS "80;90;100;120" CACHE STRING "GPU generations that the CUDA kernels are compiled for")
set(codes)
foreach(generation IN LISTS GEOCYTE_CUDA_GENERATIONS)
  if(known MATCHES "compute_${generation}(\n|$)")
    list(APPEND codes -gencode arch=compute_${generation},code=sm_${generation})
    set(newest ${generation})
  endif()
endforeach()
if(NOT codes)
  message(STATUS "${GEOCYTE_NVCC} knows none of the GPU generations ${GEOCYTE_CUDA_GENERATIONS}: the engine is built without its CUDA kernels")
  return()
endif()
list(APPEND codes -gencode arch=compute_${newest},code=compute_${newest})   # later GPUs compile this themselves
get_filename_component(toolkit ${GEOCYTE_NVCC} DIRECTORY)
get_filename_component(toolkit ${toolkit} DIRECTORY)
set(source ${CMAKE_SOURCE_DIR}/engine/kernels/transport_module.cu)
set(module ${CMAKE_LIBRARY_OUTPUT_DIRECTORY}/libgeocyte_kernels_cuda.so)
add_custom_command(OUTPUT ${module}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_LIBRARY_OUTPUT_DIRECTORY}
  COMMAND ${GEOCYTE_NVCC} -std=c++17 -O3 --threads 2 ${codes} -I${CMAKE_SOURCE_DIR} -shared -Xcompiler -fPIC,-Wall --cudart shared
          -Xlinker -rpath,${toolkit}/lib64 -o ${module} ${source}
  DEPENDS ${source} ${CMAKE_SOURCE_DIR}/engine/kernels/transport_module.h
  COMMENT "Compiling the CUDA kernels" VERBATIM)
add_custom_target(geocyte_kernels_cuda ALL DEPENDS ${module})
