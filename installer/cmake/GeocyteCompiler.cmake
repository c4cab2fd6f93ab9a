# SPDX-License-Identifier: GPL-3.0-or-later
# Compiler settings of every target.
find_program(GEOCYTE_CCACHE ccache)
if(GEOCYTE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${GEOCYTE_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${GEOCYTE_CCACHE})
endif()
add_library(geocyte_flags INTERFACE)
target_compile_options(geocyte_flags INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor)
target_include_directories(geocyte_flags INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
if(GEOCYTE_SANITIZE)
  add_compile_options(-fsanitize=${GEOCYTE_SANITIZE} -fno-omit-frame-pointer -g)
  add_link_options(-fsanitize=${GEOCYTE_SANITIZE})
endif()
