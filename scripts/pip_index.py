"""Print, for the shell, the index settings uv needs where pip has been configured: uv does not read them itself.

Run by `scripts/setup` with the environment's own pip. Prints nothing on an unconfigured machine, and what it
prints goes into that one process only: no address is ever written to a file of the project.
"""

from __future__ import annotations

import ast
import os
import shlex
import subprocess
import sys

# pip's setting -> uv's variable, and what stands between several values there
VARIABLES = {
    "index-url": ("UV_DEFAULT_INDEX", ""),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", ""),
}


def main() -> None:
    """Translate ``pip config list``; the environment's word counts before a file's."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout
    found: dict[str, str] = {}
    for line in sorted(listed.splitlines(), key=lambda line: not line.startswith(":env:")):
        name, _, value = line.partition("=")
        found.setdefault(name.rpartition(".")[2], str(ast.literal_eval(value)))
    for setting, (variable, between) in VARIABLES.items():
        if setting in found and variable not in os.environ:
            print(f"export {variable}={shlex.quote(between.join(found[setting].split()) or '')}")
    if "extra-index-url" in found:
        # pip looks in all of them alike; uv would stop at the first that knows the name.
        print("export UV_INDEX_STRATEGY=unsafe-best-match")


if __name__ == "__main__":
    main()
