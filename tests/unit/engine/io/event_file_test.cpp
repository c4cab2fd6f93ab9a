// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <fstream>
#include <limits>

#include "engine/core/atomic_file.h"
#include "engine/core/rng.h"
#include "engine/io/crc32c.h"
#include "engine/io/event_message.h"
#include "engine/io/event_reader.h"
#include "engine/io/event_writer.h"
#include "engine/io/protobuf.h"
#include "tests/support/temp_folder.h"

namespace geocyte::io {
namespace {

using test::expect_error;
using test::TempFolder;

struct Seen {
  std::string tag;
  std::int64_t step;
  double value;
  bool operator==(const Seen&) const = default;
};

std::vector<Seen> poll_all(EventReader& reader) {
  std::vector<Seen> seen;
  reader.poll([&](const ScalarEvent& event) {
    seen.push_back({event.kind == ScalarEvent::Kind::session_start ? "START" : std::string(event.tag), event.step, event.value});
  });
  return seen;
}

std::string record(const std::string& event) {
  const auto crc = [](const std::string& text) { return masked(crc32c(std::as_bytes(std::span(text)))); };
  std::string length, out;
  protobuf::put_raw(length, static_cast<std::uint64_t>(event.size()));
  out = length;
  protobuf::put_raw(out, crc(length));
  out += event;
  protobuf::put_raw(out, crc(event));
  return out;
}

std::string scalar_record(const std::string& tag, std::int64_t step, float value) {
  const ScalarValue scalar{tag, value};
  return record(encode_scalars(step, 1.0, {&scalar, 1}));
}

void append(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::app) << bytes;
}

TEST(EventMessage, HasTheBytesThatProtobufWrites) {
  // Event{wall_time: 1.0, file_version: "brain.Event:2"}: key 1 fixed64, key 3 bytes.
  EXPECT_EQ(encode_version(1.0), std::string("\x09\x00\x00\x00\x00\x00\x00\xf0\x3f\x1a\x0d", 11) + "brain.Event:2");
  // Event{wall_time: 1.0, step: 300, summary{value{tag: "a", simple_value: 1.5}}}.
  const ScalarValue value{"a", 1.5F};
  EXPECT_EQ(encode_scalars(300, 1.0, {&value, 1}),
            std::string("\x09\x00\x00\x00\x00\x00\x00\xf0\x3f\x10\xac\x02\x2a\x0a\x0a\x08\x0a\x01\x61\x15\x00\x00\xc0\x3f", 24));
}

TEST(EventFile, WhatIsWrittenIsReadBack) {
  const TempFolder folder;
  const auto path = folder / event_file_name(1764000000, "host", 42, 0);
  EXPECT_EQ(path.filename(), "events.out.tfevents.1764000000.host.42.0");
  EventWriter writer(path, 1764000000.5);
  const std::array<ScalarValue, 2> values{{{"loss/total", 0.25F}, {"lr/encoder", 1e-3F}}};
  writer.add(1, 1764000001.0, values);
  writer.add(std::int64_t{1} << 40, 1764000002.0, std::span(values).first(1));
  writer.flush(true);
  EXPECT_EQ(writer.bytes_written(), std::filesystem::file_size(path));
  EventReader reader(path);
  EXPECT_EQ(poll_all(reader), (std::vector<Seen>{{"loss/total", 1, 0.25}, {"lr/encoder", 1, double(1e-3F)},
                                                 {"loss/total", std::int64_t{1} << 40, 0.25}}));
  EXPECT_EQ(reader.offset(), writer.bytes_written());
  EXPECT_TRUE(poll_all(reader).empty());
  EXPECT_EQ(reader.problem(), "");
}

TEST(EventFile, NonFiniteValuesAndNegativeStepsSurvive) {
  const TempFolder folder;
  const auto path = folder.write("e", record(encode_version(1)) + scalar_record("x", -5, std::numeric_limits<float>::infinity()));
  EventReader reader(path);
  EXPECT_EQ(poll_all(reader), (std::vector<Seen>{{"x", -5, std::numeric_limits<double>::infinity()}}));
}

TEST(EventWriter, RefusesAFileThatExistsAndAFolderThatDoesNot) {
  const TempFolder folder;
  const auto path = folder.write("e", "x");
  expect_error(ErrorCode::storage, {"cannot write", "File exists"}, [&] { EventWriter(path, 1); });
  expect_error(ErrorCode::storage, {"No such file"}, [&] { EventWriter(folder / "no/e", 1); });
}

TEST(EventReader, CutAnywhereItWaitsAndGoesOnWhenTheRestArrives) {
  const std::string whole = record(encode_version(1)) + scalar_record("a", 1, 1) + scalar_record("b", 2, 2);
  const TempFolder folder;
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    const auto path = folder.write("cut" + std::to_string(cut), whole.substr(0, cut));
    EventReader reader(path);
    auto seen = poll_all(reader);
    EXPECT_EQ(reader.problem(), "") << cut;
    append(path, whole.substr(cut));
    for (const auto& later : poll_all(reader)) seen.push_back(later);
    ASSERT_EQ(seen, (std::vector<Seen>{{"a", 1, 1}, {"b", 2, 2}})) << cut;
    EXPECT_EQ(reader.damaged_records(), 0) << cut;
  }
}

TEST(EventReader, AFileThatIsNotThereYetReadsAsEmpty) {
  const TempFolder folder;
  EventReader reader(folder / "later");
  EXPECT_TRUE(poll_all(reader).empty());
  folder.write("later", scalar_record("a", 1, 1));
  EXPECT_EQ(poll_all(reader).size(), 1u);
  std::filesystem::remove(folder / "later");
  EXPECT_TRUE(poll_all(reader).empty());
}

TEST(EventReader, PassesOverADamagedRecordAndCountsIt) {
  std::string damaged = scalar_record("bad", 1, 1);
  damaged[14] ^= 1;  // in the data: the length stays right
  const TempFolder folder;
  EventReader reader(folder.write("e", scalar_record("a", 1, 1) + damaged + scalar_record("b", 2, 2)));
  EXPECT_EQ(poll_all(reader), (std::vector<Seen>{{"a", 1, 1}, {"b", 2, 2}}));
  EXPECT_EQ(reader.damaged_records(), 1);
}

TEST(EventReader, ALastRecordWithoutItsContentIsLookedAtAgain) {
  const std::string good = scalar_record("a", 1, 1);
  std::string zeros = good;
  std::fill(zeros.begin() + 12, zeros.end(), '\0');
  const TempFolder folder;
  const auto path = folder.write("e", zeros);
  EventReader reader(path);
  EXPECT_TRUE(poll_all(reader).empty());
  folder.write("e", good);  // the same size
  EXPECT_EQ(poll_all(reader).size(), 1u);
  EXPECT_EQ(reader.damaged_records(), 0);
}

TEST(EventReader, StopsAtADamagedOrHugeLengthAndSaysWhere) {
  const TempFolder folder;
  const std::string good = scalar_record("a", 1, 1);
  std::string damaged = good;
  damaged[0] ^= 1;
  EventReader reader(folder.write("e", good + damaged + good));
  EXPECT_EQ(poll_all(reader).size(), 1u);
  EXPECT_NE(reader.problem().find("e at byte " + std::to_string(good.size()) + " is damaged"), std::string::npos) << reader.problem();

  std::string length;
  protobuf::put_raw(length, ~std::uint64_t{0} / 2);
  std::string huge = length;
  protobuf::put_raw(huge, masked(crc32c(std::as_bytes(std::span(length)))));
  EventReader other(folder.write("huge", huge + good));
  EXPECT_TRUE(poll_all(other).empty());
  EXPECT_NE(other.problem().find("longer than any that is read"), std::string::npos);
}

TEST(EventReader, AShortenedFileIsAProblemNotACrash) {
  const TempFolder folder;
  const auto path = folder.write("e", scalar_record("a", 1, 1) + scalar_record("b", 2, 2));
  EventReader reader(path);
  poll_all(reader);
  std::filesystem::resize_file(path, 10);
  EXPECT_TRUE(poll_all(reader).empty());
  EXPECT_NE(reader.problem().find("became shorter"), std::string::npos);
}

TEST(EventReader, ReadsRecordsLongerThanABlockAndStopsAtTheLimit) {
  // An image of three megabytes lies between two scalars.
  std::string image, value, summary, event;
  protobuf::put_bytes(image, 4, std::string(3'000'000, 'p'));
  protobuf::put_bytes(value, 1, "picture");
  protobuf::put_bytes(value, 4, image);
  protobuf::put_bytes(summary, 1, value);
  protobuf::put_bytes(event, 5, summary);
  const TempFolder folder;
  EventReader reader(folder.write("e", scalar_record("a", 1, 1) + record(event) + scalar_record("b", 2, 2)));
  EXPECT_TRUE(reader.poll([](const ScalarEvent&) {}, 10)) << "more is left";
  EXPECT_GT(reader.offset(), 0u);
  EXPECT_EQ(poll_all(reader), (std::vector<Seen>{{"b", 2, 2}}));
  EXPECT_EQ(reader.problem(), "");
}

TEST(EventReader, UnknownFieldsOfEveryWireTypeAreSkipped) {
  std::string event;
  protobuf::put_key(event, 99, protobuf::Wire::varint);
  protobuf::put_varint(event, ~std::uint64_t{0});
  protobuf::put_key(event, 98, protobuf::Wire::fixed64);
  protobuf::put_raw(event, 1.0);
  protobuf::put_key(event, 97, protobuf::Wire::fixed32);
  protobuf::put_raw(event, 1.0F);
  protobuf::put_bytes(event, 96, "text");
  const ScalarValue value{"a", 1.0F};
  event += encode_scalars(3, 1.0, {&value, 1});
  const TempFolder folder;
  EventReader reader(folder.write("e", record(event)));
  EXPECT_EQ(poll_all(reader), (std::vector<Seen>{{"a", 3, 1}}));
}

TEST(EventReader, TheStepMayFollowTheValues) {
  const ScalarValue value{"a", 1.0F};
  std::string event = encode_scalars(0, 1.0, {&value, 1});
  protobuf::put_key(event, 2, protobuf::Wire::varint);
  protobuf::put_varint(event, 77);
  const TempFolder folder;
  EventReader reader(folder.write("e", record(event)));
  EXPECT_EQ(poll_all(reader), (std::vector<Seen>{{"a", 77, 1}}));
}

TEST(EventReader, AnyBytesWithinARecordNeverCrashIt) {
  Rng rng(11);
  const ScalarValue value{"loss/total", 1.0F};
  const std::string valid = encode_scalars(3, 1.0, {&value, 1});
  for (int round = 0; round < 20000; ++round) {
    std::string event = valid;
    for (std::uint64_t changes = 1 + rng.below(4); changes > 0; --changes)
      event[rng.below(event.size())] = static_cast<char>(rng.below(256));
    event.resize(rng.below(event.size() + 1));
    decode_event(event, [](const ScalarEvent& seen) { ASSERT_LE(seen.tag.size(), 40u); });
  }
}

std::string tensor(std::uint64_t dtype, const std::string& rest, int dims = 0) {
  std::string out, shape, dim;
  protobuf::put_key(out, 1, protobuf::Wire::varint);
  protobuf::put_varint(out, dtype);
  protobuf::put_key(dim, 1, protobuf::Wire::varint);
  protobuf::put_varint(dim, 1);
  for (int i = 0; i < dims; ++i) protobuf::put_bytes(shape, 2, dim);
  protobuf::put_bytes(out, 2, shape);
  return out + rest;
}

template <class Number>
std::string content(Number value) {
  std::string raw, out;
  protobuf::put_raw(raw, value);
  protobuf::put_bytes(out, 4, raw);
  return out;
}

TEST(TensorScalar, IsReadFromRawContentOfEveryType) {
  EXPECT_EQ(scalar_of_tensor(tensor(1, content(1.5F))), 1.5);
  EXPECT_EQ(scalar_of_tensor(tensor(2, content(0.1), 2)), 0.1) << "shape 1 x 1";
  EXPECT_EQ(scalar_of_tensor(tensor(3, content<std::int32_t>(-7))), -7);
  EXPECT_EQ(scalar_of_tensor(tensor(9, content<std::int64_t>(1) )), 1);
  EXPECT_EQ(scalar_of_tensor(tensor(19, content<std::uint16_t>(0x3E00))), 1.5) << "half";
  EXPECT_EQ(scalar_of_tensor(tensor(19, content<std::uint16_t>(0x0001))), std::ldexp(1, -24)) << "subnormal half";
  EXPECT_EQ(scalar_of_tensor(tensor(14, content<std::uint16_t>(0x3FC0))), 1.5) << "bfloat16";
}

TEST(TensorScalar, IsReadFromTypedFieldsPackedOrNot) {
  std::string packed, raw, plain, integers;
  protobuf::put_raw(raw, 2.5F);
  protobuf::put_bytes(packed, 5, raw);
  protobuf::put_key(plain, 6, protobuf::Wire::fixed64);
  protobuf::put_raw(plain, 2.25);
  std::string varint;
  protobuf::put_varint(varint, static_cast<std::uint64_t>(std::int64_t{-3}));
  protobuf::put_bytes(integers, 7, varint);
  EXPECT_EQ(scalar_of_tensor(tensor(1, packed)), 2.5);
  EXPECT_EQ(scalar_of_tensor(tensor(2, plain)), 2.25);
  EXPECT_EQ(scalar_of_tensor(tensor(3, integers)), -3);
}

TEST(TensorScalar, ManyElementsTextsAndDamageAreNoScalar) {
  std::string shape, dim, out;
  protobuf::put_key(dim, 1, protobuf::Wire::varint);
  protobuf::put_varint(dim, 2);
  protobuf::put_bytes(shape, 2, dim);
  protobuf::put_bytes(out, 2, shape);
  EXPECT_FALSE(scalar_of_tensor(out + content(1.5F)));
  EXPECT_FALSE(scalar_of_tensor(tensor(7, content(1.5F))));
  EXPECT_FALSE(scalar_of_tensor(tensor(1, content(1.5))));
  EXPECT_FALSE(scalar_of_tensor(tensor(1, "")));
  EXPECT_FALSE(scalar_of_tensor("\xff"));
}

}  // namespace
}  // namespace geocyte::io
