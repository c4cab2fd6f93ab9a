// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/link_name.h"

#include <algorithm>

namespace geocyte::hdf5 {

bool is_clean_name(const std::string& name) {
  if (name.empty() || name.size() > 512) return false;
  std::size_t start = 0;
  while (start <= name.size()) {
    const std::size_t end = std::min(name.find('/', start), name.size());
    const std::string part = name.substr(start, end - start);
    if (part.empty() || part == "." || part == "..") return false;
    for (const char c : part)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
    start = end + 1;
  }
  return true;
}

std::string link_name(const std::string& name) {
  std::string out;
  for (const char c : name) {
    if (c == '/') {
      out += "%2F";
    } else if (c == '%') {
      out += "%25";
    } else {
      out += c;
    }
  }
  return out;
}

std::string name_of_link(const std::string& link) {
  std::string out;
  for (std::size_t i = 0; i < link.size(); ++i) {
    if (link[i] != '%') {
      out += link[i];
    } else if (link.compare(i, 3, "%2F") == 0) {
      out += '/';
      i += 2;
    } else if (link.compare(i, 3, "%25") == 0) {
      out += '%';
      i += 2;
    } else {
      return {};
    }
  }
  return out;
}

}  // namespace geocyte::hdf5
