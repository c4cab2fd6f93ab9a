// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/array_file.h"

#include <cmath>
#include <limits>
#include <thread>

#include "tests/unit/engine/hdf5/fixture.h"

namespace geocyte::hdf5 {
namespace {

class ArrayFileTest : public FileTest {};

template <class T> NamedArray counting(const std::string& name, std::vector<std::int64_t> shape) {
  std::int64_t n = 1;
  for (const auto extent : shape) n *= extent;
  std::vector<T> values(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) values[static_cast<std::size_t>(i)] = static_cast<T>(i % 100);
  std::vector<std::string> axes(shape.size(), "cell");
  return make_array<T>(name, std::span<const T>(values), std::move(shape), axes, "points", "caption of " + name);
}

ArrayFile sample() {
  ArrayFile file;
  file.kind = "snapshot";
  file.arrays = {counting<float>("embedding", {7, 3}),   counting<double>("align/centroid_distance", {2, 2}),
                 counting<std::int32_t>("labels", {7}),  counting<std::int64_t>("row_index", {7}),
                 counting<std::uint8_t>("mask", {7}),    counting<float>("embedding/umap", {7, 2}),
                 counting<double>("one number", {}),     counting<float>("nothing", {0, 3})};
  file.arrays[0].units = "um";
  file.texts["cell/ids"] = {"a", "", "Grüße", "100 %/x"};
  file.texts["empty"] = {};
  file.attributes = {{"step", 12000}, {"seed", 7}, {"nested", {{"x", Json::array({1, 2})}}}};
  return file;
}

void expect_equal(const ArrayFile& a, const ArrayFile& b) {
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.texts, b.texts);
  EXPECT_EQ(a.attributes, b.attributes);
  ASSERT_EQ(a.arrays.size(), b.arrays.size());
  for (const auto& wanted : a.arrays) {
    const NamedArray* found = b.find(wanted.name);
    ASSERT_NE(found, nullptr) << wanted.name;
    EXPECT_EQ(found->dtype, wanted.dtype);
    EXPECT_EQ(found->shape, wanted.shape);
    EXPECT_EQ(found->axes, wanted.axes);
    EXPECT_EQ(found->role, wanted.role);
    EXPECT_EQ(found->units, wanted.units);
    EXPECT_EQ(found->caption, wanted.caption);
    EXPECT_EQ(*found->bytes, *wanted.bytes) << wanted.name;
  }
}

TEST_F(ArrayFileTest, what_was_written_is_read_whatever_the_type_shape_and_name) {
  write_array_file(path("a.h5"), sample());
  expect_equal(sample(), read_array_file(path("a.h5")));
}

TEST_F(ArrayFileTest, compression_changes_no_byte_and_makes_the_file_smaller) {
  ArrayFile file;
  file.arrays = {counting<float>("big", {3000, 128})};
  write_array_file(path("plain.h5"), file);
  write_array_file(path("small.h5"), file, {.gzip = 4});
  expect_equal(file, read_array_file(path("small.h5")));
  EXPECT_LT(std::filesystem::file_size(path("small.h5")) * 4, std::filesystem::file_size(path("plain.h5")));
}

TEST_F(ArrayFileTest, non_finite_numbers_survive) {
  const std::vector<float> values = {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), -0.0f};
  ArrayFile file;
  file.arrays = {make_array<float>("x", std::span<const float>(values), {3}, {"cell"})};
  write_array_file(path("a.h5"), file);
  const auto read = read_array_file(path("a.h5"));
  EXPECT_TRUE(std::isnan(read.arrays[0].as<float>()[0]));
  EXPECT_TRUE(std::isinf(read.arrays[0].as<float>()[1]));
  EXPECT_TRUE(std::signbit(read.arrays[0].as<float>()[2]));
}

TEST_F(ArrayFileTest, rewriting_replaces_the_file_and_leaves_nothing_beside_it) {
  write_array_file(path("a.h5"), sample());
  ArrayFile other;
  other.kind = "axes";
  write_array_file(path("a.h5"), other);
  EXPECT_EQ(read_array_file(path("a.h5")).kind, "axes");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(ArrayFileTest, two_threads_read_and_write_at_once) {
  const auto work = [&](const std::string& name) {
    for (int i = 0; i < 20; ++i) {
      write_array_file(path(name), sample(), {.gzip = 1, .durable = false});
      expect_equal(sample(), read_array_file(path(name)));
    }
  };
  std::jthread other(work, "b.h5");
  work("a.h5");
}

TEST_F(ArrayFileTest, unclean_and_repeated_names_are_not_written) {
  for (const std::string name : {"", "/x", "x/", "a//b", "../x", "a/../b", ".", "a\nb"}) {
    ArrayFile file;
    file.arrays = {counting<float>(name, {1})};
    EXPECT_SENTENCE(write_array_file(path("a.h5"), file), ErrorCode::internal, "clean relative path");
  }
  ArrayFile file;
  file.arrays = {counting<float>("x", {1}), counting<float>("x", {1})};
  EXPECT_SENTENCE(write_array_file(path("a.h5"), file), ErrorCode::internal, "once");
  EXPECT_FALSE(std::filesystem::exists(path("a.h5")));
}

TEST_F(ArrayFileTest, a_buffer_that_is_too_short_is_not_written) {
  ArrayFile file;
  file.arrays = {counting<float>("x", {4})};
  file.arrays[0].shape = {400000};
  EXPECT_SENTENCE(write_array_file(path("a.h5"), file), ErrorCode::internal, "as long as its shape");
}

TEST_F(ArrayFileTest, a_missing_folder_is_a_storage_error) {
  EXPECT_SENTENCE(write_array_file(path("no/such/a.h5"), sample()), ErrorCode::storage, "does not exist");
}

TEST_F(ArrayFileTest, wrong_files_give_one_sentence_each) {
  EXPECT_SENTENCE(read_array_file(path("none.h5")), ErrorCode::bad_data, "does not exist");
  EXPECT_SENTENCE(read_array_file(folder_), ErrorCode::bad_data, "is a folder");
  EXPECT_SENTENCE(read_array_file(make_text("t.h5", "hello, this is a text")), ErrorCode::bad_data, "not an HDF5 file");
  EXPECT_SENTENCE(read_array_file(make_text("e.h5", "")), ErrorCode::bad_data, "is empty");
  EXPECT_SENTENCE(read_array_file(make("o.h5", [](hid_t) {})), ErrorCode::bad_data, "not one of named arrays");
}

TEST_F(ArrayFileTest, a_file_cut_anywhere_is_an_error_and_never_a_crash) {
  write_array_file(path("a.h5"), sample());
  std::ifstream in(path("a.h5"), std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), {});
  for (std::size_t length = 1; length < whole.size(); length += 97) {
    const auto error = error_of([&] { read_array_file(make_text("cut.h5", whole.substr(0, length))); });
    EXPECT_EQ(error.code(), ErrorCode::bad_data) << length;
  }
}

TEST_F(ArrayFileTest, flipped_bytes_are_read_or_refused_but_never_crash) {
  write_array_file(path("a.h5"), sample());
  std::ifstream in(path("a.h5"), std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), {});
  int refused = 0;
  for (std::size_t at = 8; at < whole.size(); at += 7) {
    std::string broken = whole;
    broken[at] = static_cast<char>(~broken[at]);
    try {
      read_array_file(make_text("broken.h5", broken));
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 0);
}

class HostileArrayFileTest : public FileTest {
 protected:
  std::string hostile(const std::function<void(hid_t arrays, hid_t texts)>& fill, std::int64_t version = 1) const {
    return make("hostile.h5", [&](hid_t file) {
      write_fixed_attribute(file, "geocyte_format", "arrays");
      write_attribute(file, "geocyte_version", version);
      const Handle arrays = make_group(file, "arrays"), texts = make_group(file, "texts");
      fill(arrays.get(), texts.get());
    });
  }
};

TEST_F(HostileArrayFileTest, a_newer_format_is_refused_by_number) {
  EXPECT_SENTENCE(read_array_file(hostile([](hid_t, hid_t) {}, 2)), ErrorCode::bad_data, "format 2");
}

TEST_F(HostileArrayFileTest, a_huge_claim_without_bytes_is_refused_before_memory_is_taken) {
  const auto file = hostile([](hid_t arrays, hid_t) {
    const hsize_t huge[] = {hsize_t{1} << 40}, chunk[] = {1 << 20};
    const Handle space(H5Screate_simple(1, huge, nullptr)), plist(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_chunk(plist.get(), 1, chunk);
    Handle(H5Dcreate2(arrays, "x", H5T_IEEE_F32LE, space.get(), H5P_DEFAULT, plist.get(), H5P_DEFAULT));
  });
  EXPECT_SENTENCE(read_array_file(file), ErrorCode::bad_data, "too large");
  ArrayFileLimits generous;
  generous.max_total_bytes = std::int64_t{1} << 50;
  EXPECT_SENTENCE(read_array_file(file, generous), ErrorCode::bad_data, "stores only");
}

TEST_F(HostileArrayFileTest, the_limit_holds_for_the_sum_of_all_arrays) {
  ArrayFile file;
  for (const std::string name : {"a", "b", "c"}) file.arrays.push_back(counting<double>(name, {1000}));
  write_array_file(path("a.h5"), file);
  EXPECT_NO_THROW(read_array_file(path("a.h5"), {.max_total_bytes = 24000}));
  EXPECT_SENTENCE(read_array_file(path("a.h5"), {.max_total_bytes = 23999}), ErrorCode::bad_data, "limit");
  EXPECT_SENTENCE(read_array_file(path("a.h5"), {.max_entries = 2}), ErrorCode::bad_data, "limit");
}

TEST_F(HostileArrayFileTest, the_limit_holds_for_texts_before_they_are_read) {
  ArrayFile file;
  file.texts["x"] = std::vector<std::string>(50, std::string(10000, 'x'));
  write_array_file(path("a.h5"), file);
  EXPECT_NO_THROW(read_array_file(path("a.h5")));
  EXPECT_SENTENCE(read_array_file(path("a.h5"), {.max_total_bytes = 100000}), ErrorCode::bad_data, "limit");
}

TEST_F(HostileArrayFileTest, unknown_element_types_are_named) {
  const auto file = hostile([](hid_t arrays, hid_t) {
    put<std::int32_t>(arrays, "x", H5T_STD_U16LE, H5T_NATIVE_INT32, {1, 2});
  });
  EXPECT_SENTENCE(read_array_file(file), ErrorCode::bad_data, "uint16");
}

TEST_F(HostileArrayFileTest, unclean_names_links_out_and_outside_storage_are_refused) {
  EXPECT_SENTENCE(read_array_file(hostile([](hid_t arrays, hid_t) { put(arrays, "..%2Fx", std::vector<double>{1}); })),
                  ErrorCode::bad_data, "unclean name");
  EXPECT_SENTENCE(read_array_file(hostile([](hid_t arrays, hid_t) { put(arrays, "a%zz", std::vector<double>{1}); })),
                  ErrorCode::bad_data, "unclean name");
  EXPECT_SENTENCE(read_array_file(hostile([](hid_t arrays, hid_t) {
                    H5Lcreate_external("/etc/passwd", "x", arrays, "x", H5P_DEFAULT, H5P_DEFAULT);
                  })),
                  ErrorCode::bad_data, "missing");
  EXPECT_SENTENCE(read_array_file(hostile([](hid_t arrays, hid_t) {
                    const hsize_t size[] = {4};
                    const Handle space(H5Screate_simple(1, size, nullptr)), plist(H5Pcreate(H5P_DATASET_CREATE));
                    H5Pset_external(plist.get(), "/etc/passwd", 0, 4);
                    Handle(H5Dcreate2(arrays, "x", H5T_STD_U8LE, space.get(), H5P_DEFAULT, plist.get(), H5P_DEFAULT));
                  })),
                  ErrorCode::bad_data, "another file");
}

TEST_F(HostileArrayFileTest, texts_of_variable_length_are_refused) {
  EXPECT_SENTENCE(read_array_file(hostile([](hid_t, hid_t texts) { write_texts(texts, "x", {"a", "b"}, 0); })),
                  ErrorCode::bad_data, "variable length");
}

TEST_F(HostileArrayFileTest, attributes_must_be_a_json_object) {
  for (const std::string text : {"[1, 2]", "{", "", "7"}) {
    const auto file = make("j.h5", [&](hid_t f) {
      write_fixed_attribute(f, "geocyte_format", "arrays");
      write_attribute(f, "geocyte_version", std::int64_t{1});
      write_fixed_text(f, "attributes", text);
    });
    EXPECT_SENTENCE(read_array_file(file), ErrorCode::bad_data, "JSON object");
  }
}

}  // namespace
}  // namespace geocyte::hdf5
