// SPDX-License-Identifier: GPL-3.0-or-later
#include <yaml-cpp/yaml.h>

#include <unordered_set>

#include <fmt/format.h>

#include "engine/config/presets.h"
#include "engine/config/yaml_scalar.h"
#include "engine/core/error.h"
#include "engine/core/text.h"

namespace geocyte::config {
namespace {

// A configuration has some hundred values. The limits stop a file whose aliases unfold into billions of nodes.
constexpr std::size_t kLongestText = 1'000'000;
constexpr int kMostNodes = 20'000;
constexpr int kDeepest = 32;

class Converter {
 public:
  explicit Converter(const std::string& name) : name_(name) {}

  Json convert(const YAML::Node& node, int depth) {
    if (++nodes_ > kMostNodes) fail(node.Mark(), fmt::format("more than {} values", grouped(kMostNodes)));
    if (depth > kDeepest) fail(node.Mark(), fmt::format("groups within groups, more than {} deep", kDeepest));
    switch (node.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null: return nullptr;
      case YAML::NodeType::Scalar: return scalar(node);
      case YAML::NodeType::Sequence: {
        Json list = Json::array();
        for (const auto& item : node) list.push_back(convert(item, depth + 1));
        return list;
      }
      case YAML::NodeType::Map: return group(node, depth);
    }
    return nullptr;
  }

  [[noreturn]] void fail(const YAML::Mark& mark, const std::string& what) const {
    std::string place;
    if (!mark.is_null()) place = fmt::format(", line {}, column {}", mark.line + 1, mark.column + 1);
    throw Error(ErrorCode::bad_config, fmt::format("{}{}: {}", name_, place, what));
  }

 private:
  Json group(const YAML::Node& node, int depth) {
    Json values = Json::object();
    std::unordered_set<std::string> seen;
    for (const auto& member : node) {
      if (!member.first.IsScalar()) fail(member.first.Mark(), "a name must be plain text");
      const std::string& key = member.first.Scalar();
      if (!seen.insert(key).second) fail(member.first.Mark(), fmt::format("\"{}\" is given twice", quoted(key)));
      values[key] = convert(member.second, depth + 1);
    }
    return values;
  }

  Json scalar(const YAML::Node& node) const {
    const std::string& tag = node.Tag();
    if (tag == "!" || tag == "tag:yaml.org,2002:str") return node.Scalar();
    for (const char* plain : {"", "?", "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int",
                              "tag:yaml.org,2002:float"})
      if (tag == plain) return plain_scalar(node.Scalar());
    fail(node.Mark(), "the tag " + quoted(tag) + " is not supported");
  }

  const std::string& name_;
  int nodes_ = 0;
};

}  // namespace

Json parse_yaml(std::string_view text, const std::string& name) {
  Converter converter(name);
  if (text.size() > kLongestText)
    throw Error(ErrorCode::bad_config,
                name + " has " + bytes_text(static_cast<double>(text.size())) + ", too much for a configuration");
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    if (documents.empty()) return nullptr;
    if (documents.size() > 1) converter.fail(documents[1].Mark(), "only one document is expected");
    return converter.convert(documents.front(), 0);
  } catch (const YAML::Exception& problem) {
    converter.fail(problem.mark, problem.msg);
  }
}

}  // namespace geocyte::config
