// SPDX-License-Identifier: GPL-3.0-or-later
// The layouts of AnnData files since 0.5, each made by hand as that version wrote it.
#include <cmath>

#include "engine/hdf5/h5ad_reader.h"
#include "tests/unit/engine/hdf5/fixture.h"

namespace geocyte::hdf5 {
namespace {

class H5adLayoutsTest : public FileTest {};

const std::vector<std::string> kCells = {"c1", "c2", "c3"};
const std::vector<std::string> kGenes = {"A", "B"};
const std::vector<float> kDense = {1, 0, 0, 2, 3, 4};

std::vector<float> dense_values(const data::Dataset& d) { return data::to_dense(d.x).values; }

void put_tables(hid_t file) {
  put_index(file, "obs", kCells);
  put_index(file, "var", kGenes);
}

TEST_F(H5adLayoutsTest, csr_csc_and_dense_hold_the_same_matrix) {
  const auto csr = make("csr.h5ad", [](hid_t f) { put_tables(f); put_sparse(f, "csr_matrix", {3, 2}, {1, 2, 3, 4}, {0, 1, 0, 1}, {0, 1, 2, 4}); });
  const auto csc = make("csc.h5ad", [](hid_t f) { put_tables(f); put_sparse(f, "csc_matrix", {3, 2}, {1, 3, 2, 4}, {0, 2, 1, 2}, {0, 2, 4}); });
  const auto dense = make("dense.h5ad", [](hid_t f) { put_tables(f); put(f, "X", {1, 0, 0, 2, 3, 4}, {3, 2}); });
  for (const auto& file : {csr, csc, dense}) EXPECT_EQ(dense_values(read_h5ad(file)), kDense) << file;
  EXPECT_TRUE(std::holds_alternative<data::CsrMatrix>(read_h5ad(csc).x));
  EXPECT_TRUE(std::holds_alternative<data::DenseMatrix>(read_h5ad(dense).x));
}

TEST_F(H5adLayoutsTest, unsorted_rows_come_out_ascending_and_duplicates_are_added_up) {
  const auto file = make("a.h5ad", [](hid_t f) {
    put_index(f, "obs", {"c1", "c2"});
    put_index(f, "var", {"A", "B", "C"});
    put_sparse(f, "csr_matrix", {2, 3}, {5, 1, 2, 7, 1}, {2, 0, 2, 1, 1}, {0, 3, 5});
  });
  const auto x = std::get<data::CsrMatrix>(read_h5ad(file).x);
  EXPECT_EQ(x.indices, (std::vector<std::int32_t>{0, 2, 1}));
  EXPECT_EQ(x.values, (std::vector<float>{1, 7, 8}));
  EXPECT_EQ(x.indptr, (std::vector<std::int64_t>{0, 2, 3}));
}

TEST_F(H5adLayoutsTest, any_width_and_byte_order_of_numbers_is_read) {
  const Handle half(H5Tcopy(H5T_IEEE_F32BE));
  H5Tset_fields(half.get(), 15, 10, 5, 0, 10);
  H5Tset_size(half.get(), 2);
  H5Tset_ebias(half.get(), 15);
  for (const hid_t stored : {H5T_STD_U8LE, H5T_STD_U16BE, H5T_STD_I64BE, H5T_IEEE_F64BE, half.get()}) {
    const auto file = make("a.h5ad", [&](hid_t f) {
      put_tables(f);
      put<double>(f, "X", stored, H5T_NATIVE_DOUBLE, {1, 0, 0, 2, 3, 4}, {3, 2});
    });
    EXPECT_EQ(dense_values(read_h5ad(file)), kDense);
  }
}

TEST_F(H5adLayoutsTest, nullable_columns_know_what_is_missing) {
  const auto file = make("a.h5ad", [](hid_t f) {
    put_index(f, "obs", kCells, {"n", "s"});
    put_index(f, "var", kGenes);
    put(f, "X", {1, 0, 0, 2, 3, 4}, {3, 2});
    const Handle n = make_group(f, "obs/n"), s = make_group(f, "obs/s");
    encode(n.get(), "nullable-integer");
    put(n.get(), "values", std::vector<std::int32_t>{4, 5, 6});
    write_booleans(n.get(), "mask", std::vector<std::uint8_t>{0, 1, 0}, 0);
    encode(s.get(), "nullable-string-array");
    write_texts(s.get(), "values", {"x", "y", "z"}, 0);
    write_booleans(s.get(), "mask", std::vector<std::uint8_t>{1, 0, 0}, 0);
  });
  const auto d = read_h5ad(file);
  EXPECT_EQ(d.obs.find("n")->numbers[0], 4);
  EXPECT_TRUE(std::isnan(d.obs.find("n")->numbers[1]));
  EXPECT_EQ(d.obs.find("s")->texts, (std::vector<std::string>{"", "y", "z"}));
}

TEST_F(H5adLayoutsTest, columns_of_unknown_types_are_left_out_and_never_fail_the_file) {
  const auto file = make("a.h5ad", [](hid_t f) {
    put_index(f, "obs", kCells, {"odd", "fine"});
    put_index(f, "var", kGenes);
    put(f, "X", {1, 0, 0, 2, 3, 4}, {3, 2});
    encode(make_group(f, "obs/odd").get(), "awkward-array");
    put(f, "obs/fine", std::vector<double>{1, 2, 3});
  });
  EXPECT_EQ(read_h5ad(file).obs.column_names(), std::vector<std::string>{"fine"});
}

TEST_F(H5adLayoutsTest, version_0_7_categories_are_found_through_their_reference) {
  const auto file = make("a.h5ad", [](hid_t f) {
    put(f, "X", {1, 0, 0, 2, 3, 4}, {3, 2});
    for (const char* name : {"obs", "var"}) {
      const Handle table = make_group(f, name);
      write_attribute(table.get(), "_index", std::string("names"));
      write_texts(table.get(), "names", name == std::string("obs") ? kCells : kGenes, 0);
      write_list_attribute(table.get(), "column-order", name == std::string("obs") ? std::vector<std::string>{"type"} : std::vector<std::string>{});
    }
    const Handle store = make_group(f, "obs/__categories");
    const Handle labels = write_texts(store.get(), "type", {"a", "b"}, 0);
    write_boolean_attribute(labels.get(), "ordered", true);
    put<std::int32_t>(f, "obs/type", H5T_STD_I8LE, H5T_NATIVE_INT32, {1, -1, 0});
    const Handle column(H5Dopen2(f, "obs/type", H5P_DEFAULT)), space(H5Screate(H5S_SCALAR));
    hobj_ref_t reference;
    H5Rcreate(&reference, f, "obs/__categories/type", H5R_OBJECT, -1);
    const Handle attribute(H5Acreate2(column.get(), "categories", H5T_STD_REF_OBJ, space.get(), H5P_DEFAULT, H5P_DEFAULT));
    H5Awrite(attribute.get(), H5T_STD_REF_OBJ, &reference);
  });
  const auto d = read_h5ad(file);
  ASSERT_EQ(d.obs.columns.size(), 1u);
  EXPECT_EQ(d.obs.columns[0].codes, (std::vector<std::int32_t>{1, -1, 0}));
  EXPECT_EQ(d.obs.columns[0].categories, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(d.obs.columns[0].ordered);
  EXPECT_EQ(summarize_h5ad(file).layout, "0.7");
}

/// obs of 0.6: {index: S4, n: double, louvain: int8} with labels in uns.
void put_compound_obs(hid_t f) {
  struct Row { char index[4]; double n; std::int8_t louvain; };
  const Row rows[] = {{"c1", 1.5, 0}, {"c2", 2.5, 1}, {"c3", 3.5, 0}};
  const Handle text(H5Tcopy(H5T_C_S1)), type(H5Tcreate(H5T_COMPOUND, sizeof(Row)));
  H5Tset_size(text.get(), 4);
  H5Tinsert(type.get(), "index", HOFFSET(Row, index), text.get());
  H5Tinsert(type.get(), "n", HOFFSET(Row, n), H5T_NATIVE_DOUBLE);
  H5Tinsert(type.get(), "louvain", HOFFSET(Row, louvain), H5T_NATIVE_INT8);
  const std::int64_t shape[] = {3};
  write_numbers(f, "obs", type.get(), type.get(), rows, shape, 0);
}

TEST_F(H5adLayoutsTest, version_0_6_tables_and_embeddings_are_compounds) {
  const auto file = make("a.h5ad", [](hid_t f) {
    put(f, "X", {1, 0, 0, 2, 3, 4}, {3, 2});
    put_compound_obs(f);
    struct Gene { char index[4]; };
    const Gene genes[] = {{"A"}, {"B"}};
    const Handle text(H5Tcopy(H5T_C_S1)), type(H5Tcreate(H5T_COMPOUND, sizeof(Gene)));
    H5Tset_size(text.get(), 4);
    H5Tinsert(type.get(), "index", 0, text.get());
    const std::int64_t two[] = {2}, three[] = {3};
    write_numbers(f, "var", type.get(), type.get(), genes, two, 0);
    const hsize_t width[] = {2};
    const Handle pair(H5Tarray_create2(H5T_NATIVE_DOUBLE, 1, width)), embeddings(H5Tcreate(H5T_COMPOUND, 16));
    H5Tinsert(embeddings.get(), "X_pca", 0, pair.get());
    const double values[] = {1, 2, 3, 4, 5, 6};
    write_numbers(f, "obsm", embeddings.get(), embeddings.get(), values, three, 0);
    const Handle uns = make_group(f, "uns");
    write_fixed_texts(uns.get(), "louvain_categories", {"0", "one"}, 0);
    write_fixed_texts(uns.get(), "method", {"leiden"}, 0);
  });
  const auto d = read_h5ad(file);
  EXPECT_EQ(d.obs.index, kCells);
  EXPECT_EQ(d.var.index, kGenes);
  EXPECT_EQ(d.obs.find("n")->numbers, (std::vector<double>{1.5, 2.5, 3.5}));
  EXPECT_EQ(d.obs.find("louvain")->categories, (std::vector<std::string>{"0", "one"}));
  EXPECT_EQ(d.obs.find("louvain")->codes, (std::vector<std::int32_t>{0, 1, 0}));
  EXPECT_EQ(d.obsm.at("X_pca").values, (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(d.uns.at("method"), "leiden");
  EXPECT_EQ(summarize_h5ad(file).layout, "0.6 or older");
}

TEST_F(H5adLayoutsTest, raw_layers_and_a_missing_x_are_chosen_by_option) {
  const auto file = make("a.h5ad", [](hid_t f) {
    put_tables(f);
    const Handle layers = make_group(f, "layers"), raw = make_group(f, "raw");
    put(layers.get(), "counts", {1, 0, 0, 2, 3, 4}, {3, 2});
    put(raw.get(), "X", {1, 2, 3, 4, 5, 6, 7, 8, 9}, {3, 3});
    put_index(raw.get(), "var", {"A", "B", "C"});
  });
  EXPECT_EQ(dense_values(read_h5ad(file, {.x_layer = "counts"})), kDense);
  EXPECT_EQ(read_h5ad(file, {.use_raw = true}).var.index.size(), 3u);
  EXPECT_EQ(data::cols(read_h5ad(file, {.use_raw = true}).x), 3);
  EXPECT_SENTENCE(read_h5ad(file), ErrorCode::bad_data, "counts");
  EXPECT_SENTENCE(read_h5ad(file, {.x_layer = "count"}), ErrorCode::bad_data, "no layer count");
  EXPECT_EQ(data::rows(read_h5ad(file, {.require_x = false}).x), 3);
}

TEST_F(H5adLayoutsTest, a_summary_knows_shapes_without_the_values) {
  const auto file = make("csr.h5ad", [](hid_t f) { put_tables(f); put_sparse(f, "csr_matrix", {3, 2}, {1, 2, 3, 4}, {0, 1, 0, 1}, {0, 1, 2, 4}); });
  const auto s = summarize_h5ad(file);
  EXPECT_EQ(s.n_obs, 3);
  EXPECT_EQ(s.n_vars, 2);
  EXPECT_EQ(s.x.storage, "csr");
  EXPECT_EQ(s.x.element, "float64");
  EXPECT_EQ(s.x.stored, 4);
  EXPECT_FALSE(s.has_raw);
}

}  // namespace
}  // namespace geocyte::hdf5
