// SPDX-License-Identifier: GPL-3.0-or-later
// The protobuf message Event of TensorBoard (tensorflow/core/util/event.proto, summary.proto, tensor.proto), as far as
// scalars go. Field numbers:
//   Event           1 wall_time (double)  2 step (int64)  3 file_version  5 summary  7 session_log
//   Summary         1 value (repeated)        Value  1 tag  2 simple_value (float)  8 tensor
//   SessionLog      1 status (1 = START)
//   TensorProto     1 dtype  2 shape  4 content  5 float  6 double  7 int  10 int64  11 bool   (packed or not)
//   TensorShape     2 dim (repeated)          Dim    1 size
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/io/event_reader.h"
#include "engine/io/event_writer.h"

namespace geocyte::io {

std::string encode_version(double wall_time_s);
std::string encode_scalars(std::int64_t step, double wall_time_s, std::span<const ScalarValue> values);
std::string encode_session_start(std::int64_t step, double wall_time_s);

/// Hands the scalars and session starts of one event to `sink`; false when the message is malformed (then what came
/// before the fault was handed over).
bool decode_event(std::string_view message, const ScalarSink& sink);

/// The value of a TensorProto of one element (float, double, half, bfloat16, integers, bool); nothing for any other.
std::optional<double> scalar_of_tensor(std::string_view tensor);

}  // namespace geocyte::io
