"""The commands of `interstep`, one a file: each takes parsed options and returns an exit code."""
