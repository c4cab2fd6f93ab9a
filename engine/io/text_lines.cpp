// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/text_lines.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace geocyte::io {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
constexpr std::size_t kLongestLine = 256'000'000;

}  // namespace

struct TextLines::Gzip {
  gzFile file = nullptr;
  ~Gzip() {
    if (file != nullptr) ::gzclose(file);
  }
};

TextLines::TextLines(const std::filesystem::path& path) : file_(std::make_unique<Gzip>()), path_(path.string()) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    throw Error(ErrorCode::bad_data, "cannot read " + path_ + ": it is a folder");
  errno = 0;
  file_->file = ::gzopen(path.c_str(), "rb");  // reads plain files as they are
  if (file_->file == nullptr)
    throw Error(ErrorCode::bad_data,
                "cannot read " + path_ + ": " + (errno != 0 ? std::strerror(errno) : "out of memory"));
  ::gzbuffer(file_->file, 1 << 18);
}

TextLines::~TextLines() = default;

bool TextLines::refill() {
  buffer_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
  if (buffer_.size() > kLongestLine)
    throw Error(ErrorCode::bad_data, path_ + ", line " + std::to_string(line_number_ + 1) + ": the line is too long",
                "This is not a table of text.");
  const std::size_t have = buffer_.size();
  buffer_.resize(have + kBlockBytes);
  const int got = ::gzread(file_->file, buffer_.data() + have, static_cast<unsigned>(kBlockBytes));
  buffer_.resize(have + static_cast<std::size_t>(std::max(got, 0)));
  int code = Z_OK;
  const char* reason = ::gzerror(file_->file, &code);
  // A stream that ends too early is reported as Z_BUF_ERROR together with the last bytes.
  if (got < 0 || code == Z_BUF_ERROR || code == Z_DATA_ERROR)
    throw Error(ErrorCode::bad_data,
                path_ + " is damaged or cut short after line " + std::to_string(line_number_) + ": " + reason,
                "Copy or download it again.");
  if (std::memchr(buffer_.data() + have, '\0', buffer_.size() - have) != nullptr)
    throw Error(ErrorCode::bad_data, path_ + " is not a text file: it holds zero bytes");
  return got > 0;
}

bool TextLines::next(std::string_view& line) {
  std::size_t end;
  while ((end = buffer_.find('\n', scanned_)) == std::string::npos) {
    scanned_ = buffer_.size();
    if (ended_) break;
    if (!refill()) ended_ = true;
  }
  if (end == std::string::npos) {
    if (begin_ == buffer_.size()) return false;
    end = buffer_.size();  // a last line without a line end
  }
  line = std::string_view(buffer_).substr(begin_, end - begin_);
  begin_ = scanned_ = std::min(end + 1, buffer_.size());
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (line_number_ == 0 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  ++line_number_;
  return true;
}

std::string table_name(const std::filesystem::path& path) {
  std::string name = path.filename().string();
  for (const char* ending : {".gz", ".tsv", ".csv", ".txt"})
    if (lower_case(name).ends_with(ending)) name.resize(name.size() - std::string_view(ending).size());
  return name;
}

}  // namespace geocyte::io
