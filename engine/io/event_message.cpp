// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/event_message.h"

#include <cmath>

#include "engine/io/protobuf.h"

namespace geocyte::io {
namespace {

using protobuf::Field;
using protobuf::Fields;
using protobuf::Wire;

enum EventField : std::uint32_t { kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5, kSessionLog = 7 };
enum ValueField : std::uint32_t { kTag = 1, kSimpleValue = 2, kTensor = 8 };
enum TensorField : std::uint32_t {
  kDtype = 1, kShape = 2, kContent = 4, kFloats = 5, kDoubles = 6, kInts = 7, kInt64s = 10, kBools = 11, kHalves = 13
};
/// Values of tensorflow.DataType.
enum TensorType : std::uint64_t {
  kFloat = 1, kDouble = 2, kInt32 = 3, kUint8 = 4, kInt16 = 5, kInt8 = 6, kInt64 = 9, kBool = 10, kBfloat16 = 14,
  kUint16 = 17, kHalf = 19, kUint32 = 22, kUint64 = 23
};

std::string header(std::int64_t step, double wall_time_s) {
  std::string event;
  protobuf::put_key(event, kWallTime, Wire::fixed64);
  protobuf::put_raw(event, wall_time_s);
  if (step != 0) {
    protobuf::put_key(event, kStep, Wire::varint);
    protobuf::put_varint(event, static_cast<std::uint64_t>(step));
  }
  return event;
}

double half_value(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 0x1F, fraction = bits & 0x3FF;
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  if (exponent == 0x1F) return fraction != 0 ? std::nan("") : sign * INFINITY;
  return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25));
}

double bfloat16_value(std::uint16_t bits) {
  Field field;
  field.word = std::uint64_t{bits} << 16;
  return field.as_float();
}

template <class Number>
std::optional<double> raw_value(std::string_view bytes) {
  if (bytes.size() != sizeof(Number)) return std::nullopt;
  Number value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return static_cast<double>(value);
}

/// tensor_content: the raw little-endian element.
std::optional<double> content_value(std::uint64_t dtype, std::string_view bytes) {
  switch (dtype) {
    case kFloat: return raw_value<float>(bytes);
    case kDouble: return raw_value<double>(bytes);
    case kInt32: return raw_value<std::int32_t>(bytes);
    case kUint8: return raw_value<std::uint8_t>(bytes);
    case kInt16: return raw_value<std::int16_t>(bytes);
    case kInt8: return raw_value<std::int8_t>(bytes);
    case kInt64: return raw_value<std::int64_t>(bytes);
    case kBool: return raw_value<std::uint8_t>(bytes);
    case kUint16: return raw_value<std::uint16_t>(bytes);
    case kUint32: return raw_value<std::uint32_t>(bytes);
    case kUint64: return raw_value<std::uint64_t>(bytes);
    case kHalf:
    case kBfloat16: {
      const auto bits = raw_value<std::uint16_t>(bytes);
      if (!bits) return std::nullopt;
      const auto word = static_cast<std::uint16_t>(*bits);
      return dtype == kHalf ? half_value(word) : bfloat16_value(word);
    }
    default: return std::nullopt;
  }
}

/// A typed field (float_val, int_val …) holds its only element packed, that is as bytes, or plainly.
std::optional<double> typed_value(std::uint64_t dtype, const Field& field) {
  std::uint64_t word = field.word;
  const bool is_packed = field.wire == Wire::bytes;
  switch (field.number) {
    case kFloats: return is_packed ? raw_value<float>(field.bytes) : std::optional<double>(field.as_float());
    case kDoubles: return is_packed ? raw_value<double>(field.bytes) : std::optional<double>(field.as_double());
    default: break;
  }
  if (is_packed && !Fields(field.bytes).take_varint(word)) return std::nullopt;
  if (field.number == kHalves) {
    const auto bits = static_cast<std::uint16_t>(word);
    return dtype == kBfloat16 ? bfloat16_value(bits) : half_value(bits);
  }
  return static_cast<double>(static_cast<std::int64_t>(word));
}

/// Number of elements; 1 for a scalar shape, 0 for anything malformed or unknown.
std::uint64_t element_count(std::string_view shape) {
  std::uint64_t count = 1;
  Fields dims(shape);
  for (Field dim; dims.next(dim);) {
    if (dim.number != 2 || dim.wire != Wire::bytes) continue;
    std::uint64_t size = 0;
    Fields parts(dim.bytes);
    for (Field part; parts.next(part);)
      if (part.number == 1 && part.wire == Wire::varint) size = part.word;
    if (size != 1) return 0;  // only a single element interests
    count *= size;
  }
  return dims.ok() ? count : 0;
}

bool decode_value(std::string_view message, ScalarEvent event, const ScalarSink& sink) {
  std::optional<double> value;
  Fields fields(message);
  for (Field field; fields.next(field);) {
    if (field.number == kTag && field.wire == Wire::bytes) event.tag = field.bytes;
    if (field.number == kSimpleValue && field.wire == Wire::fixed32) value = field.as_float();
    if (field.number == kTensor && field.wire == Wire::bytes) value = scalar_of_tensor(field.bytes);
  }
  if (!fields.ok()) return false;
  if (!value || event.tag.empty()) return true;  // an image, a histogram, a text
  event.value = *value;
  sink(event);
  return true;
}

bool is_session_start(std::string_view message) {
  bool starts = false;
  Fields fields(message);
  for (Field field; fields.next(field);)
    if (field.number == 1 && field.wire == Wire::varint) starts = field.word == 1;
  return starts && fields.ok();
}

}  // namespace

std::string encode_version(double wall_time_s) {
  std::string event = header(0, wall_time_s);
  protobuf::put_bytes(event, kFileVersion, "brain.Event:2");
  return event;
}

std::string encode_scalars(std::int64_t step, double wall_time_s, std::span<const ScalarValue> values) {
  std::string summary, value;
  for (const auto& scalar : values) {
    value.clear();
    protobuf::put_bytes(value, kTag, scalar.tag);
    protobuf::put_key(value, kSimpleValue, Wire::fixed32);
    protobuf::put_raw(value, scalar.value);
    protobuf::put_bytes(summary, 1, value);
  }
  std::string event = header(step, wall_time_s);
  protobuf::put_bytes(event, kSummary, summary);
  return event;
}

std::string encode_session_start(std::int64_t step, double wall_time_s) {
  std::string log;
  protobuf::put_key(log, 1, Wire::varint);
  protobuf::put_varint(log, 1);
  std::string event = header(step, wall_time_s);
  protobuf::put_bytes(event, kSessionLog, log);
  return event;
}

std::optional<double> scalar_of_tensor(std::string_view tensor) {
  std::uint64_t dtype = 0, elements = 1;
  std::string_view content;
  std::optional<Field> typed;
  Fields fields(tensor);
  for (Field field; fields.next(field);) {
    if (field.number == kDtype && field.wire == Wire::varint) dtype = field.word;
    else if (field.number == kShape && field.wire == Wire::bytes) elements = element_count(field.bytes);
    else if (field.number == kContent && field.wire == Wire::bytes) content = field.bytes;
    else if ((field.number >= kFloats && field.number <= kInts) || field.number == kInt64s || field.number == kBools ||
             field.number == kHalves)
      typed = field;
  }
  if (!fields.ok() || elements != 1) return std::nullopt;
  if (!content.empty()) return content_value(dtype, content);
  return typed ? typed_value(dtype, *typed) : std::nullopt;
}

bool decode_event(std::string_view message, const ScalarSink& sink) {
  // The step may follow the values in the message, so the values are decoded in a second pass.
  ScalarEvent event;
  bool has_summary = false, restarts = false;
  Fields fields(message);
  for (Field field; fields.next(field);) {
    if (field.number == kWallTime && field.wire == Wire::fixed64) event.wall_time_s = field.as_double();
    if (field.number == kStep && field.wire == Wire::varint) event.step = static_cast<std::int64_t>(field.word);
    if (field.number == kSummary) has_summary = true;
    if (field.number == kSessionLog && field.wire == Wire::bytes) restarts = is_session_start(field.bytes);
  }
  if (!fields.ok()) return false;
  if (restarts) {
    event.kind = ScalarEvent::Kind::session_start;
    sink(event);
    event.kind = ScalarEvent::Kind::scalar;
  }
  if (!has_summary) return true;
  Fields again(message);
  for (Field field; again.next(field);) {
    if (field.number != kSummary || field.wire != Wire::bytes) continue;
    Fields values(field.bytes);
    for (Field value; values.next(value);)
      if (value.number == 1 && value.wire == Wire::bytes && !decode_value(value.bytes, event, sink)) return false;
    if (!values.ok()) return false;
  }
  return true;
}

}  // namespace geocyte::io
