# SPDX-License-Identifier: GPL-3.0-or-later
# LibTorch as unpacked from the PyPI wheel (or from a libtorch archive); LIBTORCH_ROOT holds include/ and lib/.
# LibTorch::CPU links libtorch_cpu and libc10 only: the program starts without any CUDA library, and opens
# libtorch_cuda at run time where a device is wanted. libtorch.so is never linked, because it needs libtorch_cuda.
find_path(LibTorch_INCLUDE ATen/ATen.h HINTS ${LIBTORCH_ROOT}/include NO_DEFAULT_PATH)
foreach(lib torch_cpu c10)
  find_library(LibTorch_${lib} ${lib} HINTS ${LIBTORCH_ROOT}/lib NO_DEFAULT_PATH)
endforeach()
if(LibTorch_INCLUDE AND EXISTS ${LibTorch_INCLUDE}/torch/headeronly/version.h)
  file(STRINGS ${LibTorch_INCLUDE}/torch/headeronly/version.h numbers REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
  string(REGEX REPLACE "[^0-9;]*([0-9]+)" "\\1" numbers "${numbers}")
  list(JOIN numbers "." LibTorch_VERSION)
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch REQUIRED_VARS LibTorch_torch_cpu LibTorch_c10 LibTorch_INCLUDE
                                  VERSION_VAR LibTorch_VERSION)
if(LibTorch_FOUND AND NOT TARGET LibTorch::CPU)
  add_library(LibTorch::CPU INTERFACE IMPORTED)
  target_include_directories(LibTorch::CPU SYSTEM INTERFACE ${LibTorch_INCLUDE}
                             ${LibTorch_INCLUDE}/torch/csrc/api/include)
  target_compile_definitions(LibTorch::CPU INTERFACE _GLIBCXX_USE_CXX11_ABI=1)
  # CUPTI and the CUDA runtime that libtorch_cpu names are found at run time (toolkit or wheels beside it).
  target_link_options(LibTorch::CPU INTERFACE "LINKER:--allow-shlib-undefined"
                      "LINKER:-rpath,${LIBTORCH_ROOT}/lib" "LINKER:-rpath-link,${LIBTORCH_ROOT}/lib")
  target_link_libraries(LibTorch::CPU INTERFACE
                        -Wl,--push-state,--no-as-needed ${LibTorch_torch_cpu} ${LibTorch_c10} -Wl,--pop-state)
endif()
