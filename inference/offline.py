"""What libraries read before they ask a hub for files or for code: shut while the engine runs."""

from collections.abc import MutableMapping
from typing import Final

# By name, with the value that shuts it: huggingface_hub, transformers, diffusers (twice: code that
# nobody vouches for, and attention whose kernels the hub gives, or a cache of them).
SHUT: Final = {
    "HF_HUB_OFFLINE": "1",
    "USE_HUB_KERNELS": "NO",
    "DIFFUSERS_TRUST_REMOTE_KERNELS": "false",
    "DIFFUSERS_ATTN_BACKEND": "native",
}
OWN = "INTERSTEP_OWN_"  # begins the name under which the person's own value is kept


def shut(environment: MutableMapping[str, str]) -> None:
    """Shut the way to the hub for all libraries that are imported after this."""
    for name, value in SHUT.items():
        environment.setdefault(OWN + name, environment.get(name, ""))
        environment[name] = value


def own(environment: MutableMapping[str, str]) -> dict[str, str]:
    """Return the person's own environment, for a child that is to fetch something."""
    opened = dict(environment)
    for name in SHUT:
        value = opened.pop(OWN + name, None)
        if value:
            opened[name] = value
        elif value is not None:
            del opened[name]
    return opened
