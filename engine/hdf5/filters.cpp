// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/filters.h"

#include <liblzf/lzf.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string_view>

namespace geocyte::hdf5 {

namespace {

constexpr H5Z_filter_t kLzf = 32000;
constexpr H5Z_filter_t kZstd = 32015;
constexpr std::size_t kLargestChunk = std::size_t{1} << 32;   // HDF5 itself allows no chunk above 4 GiB

/// Gives the library `out` in place of its buffer; both come from malloc, as HDF5 demands of filters.
std::size_t replace_buffer(void** buffer, std::size_t* capacity, void* out, std::size_t out_capacity,
                           std::size_t used) {
  std::free(*buffer);
  *buffer = out;
  *capacity = out_capacity;
  return used;
}

std::size_t lzf_decode(std::size_t n_values, const unsigned values[], std::size_t n_bytes, std::size_t* capacity,
                       void** buffer) {
  // h5py writes the chunk size as third value; other writers leave it out, so the size is searched by doubling.
  std::size_t out_capacity = n_values >= 3 && values[2] != 0 ? values[2] : std::max<std::size_t>(*capacity, 1024);
  for (; out_capacity <= kLargestChunk; out_capacity *= 2) {
    void* out = std::malloc(out_capacity);
    if (out == nullptr) return 0;
    errno = 0;
    const unsigned used = lzf_decompress(*buffer, static_cast<unsigned>(n_bytes), out,
                                         static_cast<unsigned>(std::min<std::size_t>(out_capacity, 0xffffffffu)));
    if (used != 0) return replace_buffer(buffer, capacity, out, out_capacity, used);
    const bool too_small = errno == E2BIG;
    std::free(out);
    if (!too_small) return 0;
  }
  return 0;
}

std::size_t lzf_filter(unsigned flags, std::size_t n_values, const unsigned values[], std::size_t n_bytes,
                       std::size_t* capacity, void** buffer) {
  if (flags & H5Z_FLAG_REVERSE) return lzf_decode(n_values, values, n_bytes, capacity, buffer);
  if (n_bytes < 2) return 0;
  void* out = std::malloc(n_bytes);
  if (out == nullptr) return 0;
  const unsigned used =
      lzf_compress(*buffer, static_cast<unsigned>(n_bytes), out, static_cast<unsigned>(n_bytes - 1));
  if (used != 0) return replace_buffer(buffer, capacity, out, n_bytes, used);
  std::free(out);
  return 0;   // not compressible: the filter is optional, HDF5 stores the chunk as it is
}

std::size_t zstd_filter(unsigned flags, std::size_t n_values, const unsigned values[], std::size_t n_bytes,
                        std::size_t* capacity, void** buffer) {
  const bool decode = (flags & H5Z_FLAG_REVERSE) != 0;
  std::size_t out_capacity = 0;
  if (decode) {
    const unsigned long long size = ZSTD_getFrameContentSize(*buffer, n_bytes);
    if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > kLargestChunk) return 0;
    out_capacity = std::max<std::size_t>(size, 1);
  } else {
    out_capacity = ZSTD_compressBound(n_bytes);
  }
  void* out = std::malloc(out_capacity);
  if (out == nullptr) return 0;
  const std::size_t used =
      decode ? ZSTD_decompress(out, out_capacity, *buffer, n_bytes)
             : ZSTD_compress(out, out_capacity, *buffer, n_bytes, n_values > 0 ? static_cast<int>(values[0]) : 3);
  if (!ZSTD_isError(used)) return replace_buffer(buffer, capacity, out, out_capacity, used);
  std::free(out);
  return 0;
}

std::string_view known_name(H5Z_filter_t id) {
  switch (id) {
    case H5Z_FILTER_DEFLATE: return "gzip";
    case H5Z_FILTER_SZIP: return "szip";
    case 307: return "bzip2";
    case 32001: return "Blosc";
    case 32004: return "LZ4";
    case 32008: return "Bitshuffle";
    case 32013: return "ZFP";
    case 32026: return "Blosc2";
    default: return "an unknown filter";
  }
}

}  // namespace

void register_filters() {
  static const H5Z_class2_t lzf = {H5Z_CLASS_T_VERS, kLzf, 1, 1, "lzf", nullptr, nullptr, lzf_filter};
  static const H5Z_class2_t zstd = {H5Z_CLASS_T_VERS, kZstd, 1, 1, "zstd", nullptr, nullptr, zstd_filter};
  H5Zregister(&lzf);
  H5Zregister(&zstd);
}

std::string missing_filter(hid_t dataset) {
  const hid_t plist = H5Dget_create_plist(dataset);
  if (plist < 0) return {};
  std::string sentence;
  for (int i = 0; i < H5Pget_nfilters(plist) && sentence.empty(); ++i) {
    unsigned flags = 0, configuration = 0;
    std::size_t n_values = 0;
    const H5Z_filter_t id =
        H5Pget_filter2(plist, static_cast<unsigned>(i), &flags, &n_values, nullptr, 0, nullptr, &configuration);
    if (id >= 0 && H5Zfilter_avail(id) <= 0)
      sentence = "compressed with " + std::string(known_name(id)) + " (HDF5 filter " + std::to_string(id) +
                 "), which this system cannot decompress";
  }
  H5Pclose(plist);
  return sentence;
}

}  // namespace geocyte::hdf5
