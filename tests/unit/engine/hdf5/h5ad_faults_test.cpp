// SPDX-License-Identifier: GPL-3.0-or-later
// Wrong and damaged files: one clear sentence each.
#include <cmath>

#include "engine/hdf5/h5ad_reader.h"
#include "engine/hdf5/h5ad_writer.h"
#include "engine/hdf5/texts.h"
#include "tests/unit/engine/hdf5/fixture.h"

namespace geocyte::hdf5 {
namespace {

class H5adFaultsTest : public FileTest {
 protected:
  std::string sparse(const std::vector<double>& data, const std::vector<std::int32_t>& indices,
                     const std::vector<std::int32_t>& indptr, std::vector<std::int64_t> shape = {2, 3}) const {
    return make("sparse.h5ad", [&](hid_t f) {
      put_index(f, "obs", {"c1", "c2"});
      put_index(f, "var", {"A", "B", "C"});
      put_sparse(f, "csr_matrix", shape, data, indices, indptr);
    });
  }
};

TEST_F(H5adFaultsTest, what_is_no_hdf5_file_is_said) {
  EXPECT_SENTENCE(read_h5ad(path("none.h5ad")), ErrorCode::bad_data, "does not exist");
  EXPECT_SENTENCE(read_h5ad(folder_.string()), ErrorCode::bad_data, "is a folder");
  EXPECT_SENTENCE(read_h5ad(make_text("t.h5ad", "gene\tcell\n")), ErrorCode::bad_data, "is not an HDF5 file");
  EXPECT_SENTENCE(read_h5ad(make_text("e.h5ad", "")), ErrorCode::bad_data, "is empty");
}

TEST_F(H5adFaultsTest, a_truncated_file_is_said_to_be_cut_short) {
  const auto whole = sparse({1, 2}, {0, 1}, {0, 1, 2});
  std::filesystem::resize_file(whole, std::filesystem::file_size(whole) / 2);
  EXPECT_SENTENCE(read_h5ad(whole), ErrorCode::bad_data, "cut short");
}

TEST_F(H5adFaultsTest, other_hdf5_files_are_recognised) {
  EXPECT_SENTENCE(read_h5ad(make("o.h5", [](hid_t) {})), ErrorCode::bad_data, "it has no obs");
  EXPECT_SENTENCE(read_h5ad(make("t.h5", [](hid_t f) { write_texts(make_group(f, "matrix").get(), "barcodes", {"A"}, 0); })),
                  ErrorCode::bad_data, "10x");
  EXPECT_SENTENCE(read_h5ad(make("l.loom", [](hid_t f) { make_group(f, "row_attrs"); make_group(f, "col_attrs"); })),
                  ErrorCode::bad_data, "loom");
  EXPECT_SENTENCE(read_h5ad(make("v.h5ad", [](hid_t f) { put_index(f, "obs", {"c"}); })), ErrorCode::bad_data, "it has no var");
}

TEST_F(H5adFaultsTest, contradicting_sparse_parts_are_named) {
  EXPECT_NO_THROW(read_h5ad(sparse({1, 2}, {0, 1}, {0, 1, 2})));
  EXPECT_SENTENCE(read_h5ad(sparse({1, 2}, {0, 1}, {0, 2})), ErrorCode::bad_data, "indptr has 2 entries");
  EXPECT_SENTENCE(read_h5ad(sparse({1, 2}, {0, 1}, {1, 1, 2})), ErrorCode::bad_data, "start at 0");
  EXPECT_SENTENCE(read_h5ad(sparse({1, 2}, {0, 1}, {0, 3, 2})), ErrorCode::bad_data, "falls");
  EXPECT_SENTENCE(read_h5ad(sparse({1}, {0, 1}, {0, 1, 2})), ErrorCode::bad_data, "2 indices for 1 values");
  EXPECT_SENTENCE(read_h5ad(sparse({1, 2}, {0, 1}, {0, 1, 7})), ErrorCode::bad_data, "ends at 7");
  EXPECT_SENTENCE(read_h5ad(sparse({1, 2}, {0, 3}, {0, 1, 2})), ErrorCode::bad_data, "index 3");
  EXPECT_SENTENCE(read_h5ad(sparse({1, 2}, {0, -1}, {0, 1, 2})), ErrorCode::bad_data, "index -1");
  EXPECT_SENTENCE(read_h5ad(sparse({1, 2}, {0, 1}, {0, 1, 2}, {2, 4})), ErrorCode::bad_data, "obs and var ask for 2 x 3");
}

TEST_F(H5adFaultsTest, tables_that_contradict_themselves_are_named) {
  const auto with_column = [&](const std::function<void(hid_t)>& fill) {
    return make("c.h5ad", [&](hid_t f) {
      put_index(f, "obs", {"c1", "c2"}, {"x"});
      put_index(f, "var", {"A"});
      put(f, "X", {1, 2}, {2, 1});
      fill(f);
    });
  };
  EXPECT_SENTENCE(read_h5ad(with_column([](hid_t) {})), ErrorCode::bad_data, "names a column x");
  EXPECT_SENTENCE(read_h5ad(with_column([](hid_t f) { put(f, "obs/x", std::vector<double>{1, 2, 3}); })), ErrorCode::bad_data,
                  "3 entries for 2 rows");
  EXPECT_SENTENCE(read_h5ad(with_column([](hid_t f) {
                    const Handle x = make_group(f, "obs/x");
                    encode(x.get(), "categorical");
                    put(x.get(), "codes", std::vector<std::int32_t>{0, 5});
                    write_texts(x.get(), "categories", {"a"}, 0);
                  })),
                  ErrorCode::bad_data, "category code 5");
}

TEST_F(H5adFaultsTest, an_embedding_of_the_wrong_length_is_named) {
  const auto file = make("o.h5ad", [](hid_t f) {
    put_index(f, "obs", {"c1", "c2"});
    put_index(f, "var", {"A"});
    put(f, "X", {1, 2}, {2, 1});
    put(make_group(f, "obsm").get(), "spatial", {1, 2, 3, 4, 5, 6}, {3, 2});
  });
  EXPECT_SENTENCE(read_h5ad(file), ErrorCode::bad_data, "obsm/spatial");
}

TEST_F(H5adFaultsTest, a_missing_compression_filter_is_named) {
  const auto pass = [](unsigned, std::size_t, const unsigned[], std::size_t n, std::size_t*, void**) -> std::size_t { return n; };
  const H5Z_class2_t blosc2 = {H5Z_CLASS_T_VERS, 32026, 1, 1, "test", nullptr, nullptr, pass};
  H5Zregister(&blosc2);
  const auto file = make("f.h5ad", [](hid_t f) {
    put_index(f, "obs", {"c1", "c2"});
    put_index(f, "var", {"A"});
    const hsize_t size[] = {2, 1};
    const Handle space(H5Screate_simple(2, size, nullptr)), plist(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_chunk(plist.get(), 2, size);
    H5Pset_filter(plist.get(), 32026, 0, 0, nullptr);
    const Handle x(H5Dcreate2(f, "X", H5T_IEEE_F32LE, space.get(), H5P_DEFAULT, plist.get(), H5P_DEFAULT));
    const float values[] = {1, 2};
    H5Dwrite(x.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  });
  EXPECT_NO_THROW(read_h5ad(file));
  H5Zunregister(32026);
  EXPECT_SENTENCE(read_h5ad(file), ErrorCode::bad_data, "Blosc2");
  EXPECT_NE(summarize_h5ad(file).unreadable.find("32026"), std::string::npos);
}

TEST_F(H5adFaultsTest, own_filters_give_back_what_they_took) {
  for (const unsigned filter : {32000u, 32015u}) {
    const auto file = make("f.h5ad", [&](hid_t f) {
      put_index(f, "obs", std::vector<std::string>(4000, "c"));
      put_index(f, "var", {"A"});
      const hsize_t size[] = {4000, 1}, chunk[] = {1000, 1};
      const Handle space(H5Screate_simple(2, size, nullptr)), plist(H5Pcreate(H5P_DATASET_CREATE));
      H5Pset_chunk(plist.get(), 2, chunk);
      ASSERT_GE(H5Pset_filter(plist.get(), static_cast<H5Z_filter_t>(filter), 0, 0, nullptr), 0);
      const Handle x(H5Dcreate2(f, "X", H5T_IEEE_F32LE, space.get(), H5P_DEFAULT, plist.get(), H5P_DEFAULT));
      std::vector<float> values(4000);
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i / 100);
      H5Dwrite(x.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
      EXPECT_LT(H5Dget_storage_size(x.get()), 8000u);
    });
    const auto x = std::get<data::DenseMatrix>(read_h5ad(file).x);
    for (std::size_t i = 0; i < 4000; ++i) ASSERT_EQ(x.values[i], static_cast<float>(i / 100)) << filter;
  }
}

TEST_F(H5adFaultsTest, errors_do_not_print_and_leave_the_callers_report_alone) {
  H5E_auto2_t before = nullptr, after = nullptr;
  void* data = nullptr;
  H5Eget_auto2(H5E_DEFAULT, &before, &data);
  ::testing::internal::CaptureStderr();
  EXPECT_SENTENCE(read_h5ad(make("o.h5", [](hid_t) {})), ErrorCode::bad_data, "obs");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  H5Eget_auto2(H5E_DEFAULT, &after, &data);
  EXPECT_EQ(before, after);
}

TEST(TextsTest, bytes_that_are_not_utf8_are_taken_as_latin_1) {
  EXPECT_EQ(to_utf8("plain"), "plain");
  EXPECT_EQ(to_utf8("Gr\xc3\xbc\xc3\x9f" "e"), "Grüße");
  EXPECT_EQ(to_utf8("\xb5m"), "µm");
  EXPECT_EQ(to_utf8("\xed\xa0\x80"), "\xc3\xad\xc2\xa0\xc2\x80") << "a surrogate is no character";
  EXPECT_EQ(to_utf8("\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80");
}

TEST(TextsTest, numbers_become_short_texts) {
  EXPECT_EQ(number_text(3), "3");
  EXPECT_EQ(number_text(-0.5), "-0.5");
  EXPECT_EQ(number_text(std::nan("")), "");
}

}  // namespace
}  // namespace geocyte::hdf5
