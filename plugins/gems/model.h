// SPDX-License-Identifier: GPL-3.0-or-later
// The networks of gems and their optimisers: the encoder, and the parts that terms of the objective bring along.
//
//   partner    is trained by the encoder's own loss, in the same backward pass (a decoder)
//   opponent   is trained by losses of its own (a discriminator, a critic)
//
// Each part draws its weights from a stream of its own name, so that switching one on changes no other.
#pragma once

#include <ATen/core/Generator.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/nn/domain_norm.h"
#include "engine/nn/mlp.h"
#include "engine/optim/adamw.h"
#include "engine/train/state_io.h"
#include "engine/train/train_context.h"
#include "plugins/gems/options.h"

namespace geocyte::plugins::gems {

enum class Role { partner, opponent };

struct PartSpec {
  std::string name;                        ///< unique: of its tensors in a checkpoint, lr/<name>, grad/<name>_norm
  std::shared_ptr<torch::nn::Module> module;
  Role role = Role::partner;
  double lr = 1e-3;
  double beta1 = 0.9;                      ///< a critic with a gradient penalty wants 0
};

class Model {
 public:
  /// Encoder genes -> latent. Weights come from the stream "weights".
  Model(std::int64_t genes, std::int64_t sources, const GemsOptions& options, train::TrainContext& ctx);

  /// x (B, genes) of cells of `source` (B) int64 -> (B, latent). With `measured` the normalisation by source, where there is one, uses the
  /// batch and says what it found (training); without it its running statistics.
  at::Tensor embed(const at::Tensor& x, const at::Tensor& source, const std::optional<at::Generator>& noise = std::nullopt,
                   nn::DomainNormImpl::Measured* measured = nullptr) const;
  /// The fixed linear embedding beside the layers, (genes, latent), where the encoder has one (linear_base.h).
  void set_base(const at::Tensor& weight) { encoder_->set_skip(weight); }
  /// Null when there is none.
  nn::DomainNorm source_norm() const { return source_norm_; }

  const nn::Mlp& encoder() const { return encoder_; }
  optim::AdamW& encoder_optimizer() { return *encoder_optimizer_; }

  /// The generator that the weights of a part are drawn from.
  at::Generator weights_generator(const std::string& part, train::TrainContext& ctx) const;
  /// Moves the part to the device and makes its optimiser, which stays where it is while the model lives.
  optim::AdamW& add(PartSpec part, const GemsOptions& options);
  /// Throws Error{internal} when there is no such part.
  const torch::nn::Module& part(const std::string& name) const;
  /// Optimisers that step with the encoder, and their names.
  std::vector<std::pair<std::string, optim::AdamW*>> partners() const;

  void save(train::CheckpointWriter& writer) const;
  /// Parts that the checkpoint does not know (of a term that was switched on later) stay as they are.
  void load(train::CheckpointReader& reader);

 private:
  struct Part {
    PartSpec spec;
    std::unique_ptr<optim::AdamW> optimizer;
  };

  nn::Mlp encoder_{nullptr};
  nn::DomainNorm source_norm_{nullptr};
  std::unique_ptr<optim::AdamW> encoder_optimizer_;
  std::vector<Part> parts_;
  c10::Device device_;
};

}  // namespace geocyte::plugins::gems
