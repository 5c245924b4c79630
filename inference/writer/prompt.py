"""Chat formats: how turns are marked in the context of the writers we know.

The format comes from the pack's manifest or, for a GGUF of the user's, from the turn markers in its
vocabulary; never from a template program inside the file.
"""

from dataclasses import dataclass

from inference.writer.model import Model


@dataclass(frozen=True)
class ChatFormat:
    """Text around the turns; `start` is put once before all."""

    name: str
    marker: str
    start: str
    system: str
    user: str
    assistant: str
    end: str


FORMATS = (
    ChatFormat(
        "chatml",
        "<|im_start|>",
        "",
        "<|im_start|>system\n",
        "<|im_start|>user\n",
        "<|im_start|>assistant\n",
        "<|im_end|>\n",
    ),
    ChatFormat(
        "llama3",
        "<|start_header_id|>",
        "<|begin_of_text|>",
        "<|start_header_id|>system<|end_header_id|>\n\n",
        "<|start_header_id|>user<|end_header_id|>\n\n",
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
        "<|eot_id|>",
    ),
    ChatFormat(
        "gemma",
        "<start_of_turn>",
        "<bos>",
        "<start_of_turn>user\n",
        "<start_of_turn>user\n",
        "<start_of_turn>model\n",
        "<end_of_turn>\n",
    ),
    # Its template without thinking; but for the date, on which no text may depend. The manifest
    # alone names it, for by its markers it is ChatML. Source: SmolLM3-3B, chat_template.jinja.
    ChatFormat(
        "smollm3",
        "",
        "",
        "<|im_start|>system\n## Metadata\n\nKnowledge Cutoff Date: June 2025\n"
        "Reasoning Mode: /no_think\n\n## Custom Instructions\n\n",
        "<|im_start|>user\n",
        "<|im_start|>assistant\n<think>\n\n</think>\n",
        "<|im_end|>\n",
    ),
    # Any other model: plain headings, which every language model can follow.
    ChatFormat("plain", "", "", "", "Question: ", "Answer:\n", "\n\n"),
)

# Tokens that stock vocabularies have and prompts never use, best first.
SPARE_TOKENS = ("<|vision_start|>", "<file_sep>", "<|reserved_special_token_0|>", "<unused0>")


def chat_format(model: Model, name: str = "") -> ChatFormat:
    """Return the format of this name or, without one, the first whose marker is a token."""
    for known in FORMATS:
        if known.name == name or (not name and known.marker and model.token(known.marker)):
            return known
    return FORMATS[-1]


def begin_of_vision(model: Model, token: str = "") -> int:
    """Return the id of `<BOV>`: the manifest's token, else a spare one, else the end token.

    Source: DuoGen, section 3: generation runs until `<BOV>` or the end.
    """
    for text in (token, *SPARE_TOKENS):
        found = model.token(text) if text else None
        if found is not None and model.is_control(found):
            return found
    return next(token for token in range(model.n_vocab) if model.is_end(token))
