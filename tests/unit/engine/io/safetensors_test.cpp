// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>

#include "engine/core/atomic_file.h"
#include "engine/core/rng.h"
#include "tests/support/temp_folder.h"

namespace geocyte::io {
namespace {

using test::expect_error;
using test::TempFolder;

std::vector<std::byte> file_of(const std::string& header, std::size_t data_bytes) {
  std::vector<std::byte> content(8 + header.size() + data_bytes);
  const std::uint64_t length = header.size();
  std::memcpy(content.data(), &length, 8);
  std::memcpy(content.data() + 8, header.data(), header.size());
  for (std::size_t i = 0; i < data_bytes; ++i) content[8 + header.size() + i] = static_cast<std::byte>(i);
  return content;
}

void expect_header_refused(const std::string& header, std::size_t data_bytes, std::initializer_list<const char*> parts) {
  expect_error(ErrorCode::bad_data, parts, [&] { SafetensorsFile::parse(file_of(header, data_bytes), "m.safetensors"); });
}

TEST(Safetensors, WhatIsWrittenIsReadBack) {
  const TempFolder folder;
  const std::vector<float> weight{1, 2, 3, 4, 5, 6};
  const std::vector<std::int64_t> steps{7};
  const std::vector<TensorView> tensors{{"encoder.weight", "F32", {2, 3}, std::as_bytes(std::span(weight))},
                                        {"step", "I64", {}, std::as_bytes(std::span(steps))},
                                        {"none", "F64", {0, 4}, {}}};
  write_safetensors(folder / "m.safetensors", tensors, {{"format", "pt"}, {"panel", "1f"}});
  const auto file = SafetensorsFile::open(folder / "m.safetensors");
  EXPECT_EQ(file.tensors().size(), 3u);
  EXPECT_EQ(file.metadata().at("panel"), "1f");
  const TensorView& read = file.at("encoder.weight");
  EXPECT_EQ(read.shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(read.dtype, "F32");
  EXPECT_EQ(std::memcmp(read.data.data(), weight.data(), read.data.size()), 0);
  EXPECT_EQ(file.at("none").size(), 0);
  EXPECT_EQ(file.find("absent"), nullptr);
  expect_error(ErrorCode::bad_data, {"m.safetensors has no tensor absent"}, [&] { file.at("absent"); });
}

TEST(Safetensors, HasTheBytesOfTheFormat) {
  const TempFolder folder;
  const std::vector<std::uint8_t> byte{9};
  const TensorView tensor{"a", "U8", {1}, std::as_bytes(std::span(byte))};
  write_safetensors(folder / "m", {&tensor, 1});
  const std::string header = R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})";
  const std::string padded = header + std::string((8 - header.size() % 8) % 8, ' ');
  std::string expected(8, '\0');
  expected[0] = static_cast<char>(padded.size());
  EXPECT_EQ(read_file(folder / "m"), expected + padded + "\x09");
}

TEST(Safetensors, EveryTypeHasItsSize) {
  for (const auto& [name, bytes] : std::map<std::string, std::size_t>{{"BOOL", 1}, {"U8", 1}, {"I8", 1}, {"I16", 2}, {"U16", 2},
           {"F16", 2}, {"BF16", 2}, {"I32", 4}, {"U32", 4}, {"F32", 4}, {"F64", 8}, {"I64", 8}, {"U64", 8}, {"f32", 0}, {"", 0}})
    EXPECT_EQ(element_size(name), bytes) << name;
}

TEST(Safetensors, MovingAFileKeepsItsViews) {
  auto file = SafetensorsFile::parse(file_of(R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})", 3), "m");
  const SafetensorsFile moved = std::move(file);
  EXPECT_EQ(moved.at("a").data[2], std::byte{2});
}

TEST(Safetensors, WriterRefusesWhatDoesNotFit) {
  const TempFolder folder;
  const std::vector<float> two{1, 2};
  const auto bytes = std::as_bytes(std::span(two));
  const std::vector<TensorView> twice{{"a", "F32", {2}, bytes}, {"a", "F32", {2}, bytes}}, wrong{{"a", "F32", {3}, bytes}},
      unknown{{"a", "F31", {2}, bytes}}, reserved{{"__metadata__", "F32", {2}, bytes}};
  for (const auto& bad : {twice, wrong, unknown, reserved}) EXPECT_THROW(write_safetensors(folder / "m", bad), Error);
  EXPECT_FALSE(std::filesystem::exists(folder / "m"));
  expect_error(ErrorCode::storage, {"cannot write", "no/m"}, [&] { write_safetensors(folder / "no/m", {}); });
}

TEST(SafetensorsHeader, MustBeThereAndBeJson) {
  const TempFolder folder;
  expect_error(ErrorCode::bad_data, {"cannot read"}, [&] { SafetensorsFile::open(folder / "none"); });
  for (const std::string& content : {std::string(), std::string("short"), std::string(8, '\xff'), std::string("\x10\0\0\0\0\0\0\0{}", 10)})
    expect_error(ErrorCode::bad_data, {"is not a safetensors file"}, [&] { SafetensorsFile::open(folder.write("f", content)); });
  expect_header_refused("nonsense", 0, {"header is damaged"});
  expect_header_refused("[1]", 0, {"header is damaged"});
  expect_header_refused(std::string(50000, '['), 0, {"header is damaged"});
  expect_header_refused("{\"a\":" + std::string(5000, '[') + std::string(5000, ']') + "}", 0, {"header is damaged"});
  EXPECT_NO_THROW(SafetensorsFile::parse(file_of("{}", 0), "m"));
}

TEST(SafetensorsHeader, MustDescribeEachTensorOnceAndWholly) {
  expect_header_refused(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1, {"twice"});
  expect_header_refused(R"({"a":{"dtype":"U8","shape":[1]}})", 1, {"tensor a must have"});
  expect_header_refused(R"({"a":{"dtype":"U9","shape":[1],"data_offsets":[0,1]}})", 1, {"unknown dtype"});
  expect_header_refused(R"({"a":{"dtype":3,"shape":[1],"data_offsets":[0,1]}})", 1, {"unknown dtype 3"});
  expect_header_refused(R"({"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}})", 1, {"not a list of sizes"});
  expect_header_refused(R"({"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}})", 1, {"not a list of sizes"});
  expect_header_refused(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}})", 1, {"not two positions"});
  expect_header_refused(R"({"__metadata__":{"a":3}})", 0, {"metadata must be texts"});
}

TEST(SafetensorsHeader, ShapesMustFitTheirBytesEvenWhenTheProductOverflows) {
  expect_header_refused(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4, {"does not fit"});
  expect_header_refused(R"({"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0, {"does not fit"});
  expect_header_refused(R"({"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}})", 0, {"does not fit"});
  expect_header_refused(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[5,4]}})", 8, {"does not fit"});
}

TEST(SafetensorsHeader, DataMustBeCoveredOnceWithoutGaps) {
  expect_header_refused(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[1,5]}})", 5, {"does not follow"});
  expect_header_refused(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}})", 6, {"does not follow"});
  expect_header_refused(R"({"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}})", 5, {"reaches beyond the file"});
  expect_header_refused(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 5, {"1 bytes that belong to no tensor"});
}

TEST(SafetensorsHeader, AnyDamageIsAnErrorNeverACrash) {
  const auto valid = file_of(R"({"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"U8","shape":[3],"data_offsets":[16,19]}})", 19);
  Rng rng(5);
  for (int round = 0; round < 20000; ++round) {
    auto content = valid;
    for (std::uint64_t changes = 1 + rng.below(3); changes > 0; --changes)
      content[rng.below(content.size())] = static_cast<std::byte>(rng.below(256));
    if (rng.below(4) == 0) content.resize(rng.below(content.size()));
    try {
      const auto file = SafetensorsFile::parse(std::move(content), "m");
      for (const auto& tensor : file.tensors())
        EXPECT_EQ(tensor.data.size(), static_cast<std::size_t>(tensor.size()) * element_size(tensor.dtype));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_data);
    }
  }
}

}  // namespace
}  // namespace geocyte::io
