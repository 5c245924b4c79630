"""The connector: the reader's hidden states of every layer -> what the transformer attends to.

Source: DuoGen, section 4.1 (all layers, concatenated over channels); Cosmos-Predict2.5 (each
layer normalised over its channels, one linear map, GELU).
"""

import torch
from torch import Tensor, nn

EPSILON = 1e-8


def concatenated(states: Tensor) -> Tensor:
    """Return (n_tokens, n_layers, width) states, each layer normalised, laid end to end."""
    states = states.float()
    centred = states - states.mean(-1, keepdim=True)
    # The population's deviation, written out: the exporter of ONNX has no other.
    deviation = (centred * centred).mean(-1, keepdim=True).sqrt()
    return (centred / (deviation + EPSILON)).flatten(1)


class Connector(nn.Module):
    """Linear and GELU over one token's features, (n_tokens, features) -> (n_tokens, width)."""

    def __init__(self, features: int, width: int) -> None:
        super().__init__()
        self.linear = nn.Linear(features, width)

    def forward(self, features: Tensor) -> Tensor:
        """Return (n_tokens, width); token by token, so that prefixes can be cached."""
        return nn.functional.gelu(self.linear(features))


def unfolded(connector: Connector, basis: Tensor, mean: Tensor) -> Connector:
    """Return the connector over full features of one that was trained over `(f - mean) @ basis.T`.

    basis: (n_features, full); mean: (full,).
    """
    full = Connector(basis.shape[1], connector.linear.out_features)
    weight = connector.linear.weight @ basis
    with torch.no_grad():
        full.linear.weight.copy_(weight)
        full.linear.bias.copy_(connector.linear.bias - weight @ mean)
    return full
