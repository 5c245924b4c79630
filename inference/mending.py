"""Commands that mend this environment: each line reads the same in cmd, PowerShell 5.1 and sh.

So no `&&`, no environment variables, no single quotes, and no quoted program: PowerShell would
only print it. More than one command is more than one line.
"""

import os
import shlex
import sys

CPU, GPU = '"interstep[cpu]"', '"interstep[gpu]"'


def pip(arguments: str) -> str:
    """Return a line by which whichever pip is found works on the engine's own environment.

    That environment needs no pip of its own. arguments: from the action on, such as `install x`.
    """
    return f"pip --python {this_python()} {arguments}"


def this_python() -> str:
    """Return the running interpreter's path, quoted for the shells of this system."""
    return f'"{sys.executable}"' if os.name == "nt" else shlex.quote(sys.executable)


def in_one_sentence(commands: str) -> str:
    """Return the lines of a command as words of one sentence."""
    return ", then: ".join(commands.splitlines())
